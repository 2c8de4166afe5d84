import { nearestName } from '../support/nearest-name.js';
import { CORS_PROBLEM_CODES, type CorsConfigurationProblem, TOLERABLE_PROBLEM_CODES } from '../options/problem.js';
import { quoted } from '../support/quoted.js';

/** A value of the wrong type; `wanted` completes "Write …". */
export function invalidValue(path: string, value: unknown, wanted: string): CorsConfigurationProblem {
  return {
    code: 'invalid-value',
    path,
    value,
    message: `${quoted(value)} is no value for this option.`,
    hint: `Write ${wanted}.`,
  };
}

/** `'*'` and `'all'` are whole values; inside a list they are a name that no browser sends. */
export function wildcardInList(path: string, value: string, instead: string): CorsConfigurationProblem {
  return {
    code: 'wildcard-in-list',
    path,
    value,
    message: `${quoted(value)} has no meaning inside a list.`,
    hint: `Write ${instead} in place of the list, or remove it from the list.`,
  };
}

/** https://fetch.spec.whatwg.org/#concept-method: compared byte for byte */
export function methodCase(path: string, value: string): CorsConfigurationProblem {
  return {
    code: 'method-case',
    path,
    value,
    message: `Methods are case-sensitive, and no request has the method ${quoted(value)}.`,
    hint: `Write ${quoted(value.toUpperCase())}.`,
  };
}

/** https://fetch.spec.whatwg.org/#forbidden-method */
export function forbiddenMethod(path: string, value: string): CorsConfigurationProblem {
  return {
    code: 'forbidden-method',
    path,
    value,
    message: `Browsers let no script send a ${quoted(value)} request.`,
    hint: 'Remove it from the list.',
  };
}

/** https://fetch.spec.whatwg.org/#forbidden-request-header, https://fetch.spec.whatwg.org/#forbidden-response-header-name */
export function forbiddenHeader(
  path: string,
  value: string,
  direction: 'request' | 'response',
): CorsConfigurationProblem {
  return {
    code: 'forbidden-header',
    path,
    value,
    message:
      direction === 'request'
        ? `Browsers let no script set the request header ${quoted(value)}.`
        : `Browsers let no script read the response header ${quoted(value)}.`,
    hint:
      direction === 'request'
        ? 'Remove it from the list: browsers set it themselves and ask for no permission. Cookies are governed by `credentials`.'
        : 'Remove it from the list. Cookies are governed by `credentials`.',
  };
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
export function invalidToken(path: string, value: string, noun: 'method' | 'header'): CorsConfigurationProblem {
  return {
    code: 'invalid-token',
    path,
    value,
    message: `${quoted(value)} can't be the name of a ${noun}.`,
    hint: "Write one name per entry, of letters, digits and !#$%&'*+-.^_`|~ only.",
  };
}

export function maxAgeOutOfRange(path: string, value: number): CorsConfigurationProblem {
  return {
    code: 'max-age-out-of-range',
    path,
    value,
    message: `${quoted(value)} is no number of seconds that browsers keep a preflight's answer for.`,
    hint: 'Write whole seconds from 0 (never keep it) to 86400 (a day, the most that any browser uses).',
  };
}

export function successStatusOutOfRange(path: string, value: number): CorsConfigurationProblem {
  return {
    code: 'success-status-out-of-range',
    path,
    value,
    message: `With the status ${quoted(value)} browsers take a granted preflight for a refused one.`,
    hint: 'Write a status from 200 to 299, or leave it out for 204.',
  };
}

export function lookupTimeoutOutOfRange(path: string, value: number): CorsConfigurationProblem {
  return {
    code: 'lookup-timeout-out-of-range',
    path,
    value,
    message: `${quoted(value)} is no deadline that a lookup could keep.`,
    hint: 'Write whole milliseconds from 1 to 60000, or leave it out for 2000.',
  };
}

/** A figure of the cache or of the lists. */
export function figureOutOfRange(
  path: string,
  value: unknown,
  { least, most, standard, unit }: { least: number; most: number; standard: number; unit: string },
): CorsConfigurationProblem {
  const wanted = unit === 'share' ? 'a share' : `a whole number of ${unit}`;
  return {
    code: 'figure-out-of-range',
    path,
    value,
    message: `${quoted(value)} is no ${unit === 'share' ? 'share' : `number of ${unit}`} that is of use here.`,
    hint: `Write ${wanted} from ${least} to ${most}, or leave it out for ${standard}.`,
  };
}

export function notTolerable(path: string, value: string): CorsConfigurationProblem {
  const tolerable = TOLERABLE_PROBLEM_CODES.map((code) => `'${code}'`).join(', ');
  const nearest = nearestName(value, TOLERABLE_PROBLEM_CODES);
  const known = (CORS_PROBLEM_CODES as readonly string[]).includes(value);
  return {
    code: 'not-tolerable',
    path,
    value,
    message: known
      ? `The problem ${quoted(value)} can't be tolerated.`
      : `There is no problem with the code ${quoted(value)}.`,
    hint:
      known || nearest === undefined
        ? `Remove it: only ${tolerable} can be tolerated.`
        : `Write '${nearest}', or remove it: only ${tolerable} can be tolerated.`,
  };
}
