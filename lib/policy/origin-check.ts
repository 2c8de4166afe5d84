import { encryptedOrigin } from '../origin/encrypted-origin.js';
import { inspectOrigin, type OriginInspection } from '../origin/origin-entry.js';
import { wildcardInList } from './field-problems.js';
import { malformedOrigin } from './malformed-origin.js';
import { describeRisk } from './origin-problems.js';
import { risksOfOrigin } from './origin-risks.js';
import type { CorsConfigurationProblem, TolerableProblemCode } from '../options/problem.js';
import { quoted } from '../support/quoted.js';

/** What an origin that somebody wants to store is judged by. */
export interface OriginCheckOptions {
  /** Whether patterns (`https://*.example.com`, `https://app.example.com:*`) may be stored. Default: `false`. */
  patterns?: boolean | undefined;
  /** Whether the policy that reads the store sends credentials, so that plain http is a problem. Default: `true`. */
  credentials?: boolean | undefined;
  /** Codes of problems to tolerate, as in the policy's own `dangerouslyAllow`. Default: none. */
  dangerouslyAllow?: readonly TolerableProblemCode[] | undefined;
  /** The `path` of the problems. Default: `'origin'`. */
  path?: string | undefined;
}

/**
 * What keeps a value from being stored as an allowed origin: the judgement that the entries of an `origin` list get at
 * boot, under the same codes, for the moment at which somebody writes one. None: it can be stored as it is.
 *
 * Takes a value of any type and never throws. Message and hint are for the person who filled in the form: of bounded
 * length, with the value in quotes and escaped. The form that a hint gives for a malformed text is accepted.
 *
 * @example
 * ```ts
 * originProblems('https://Example.com/');
 * // [{ code: 'malformed-origin', path: 'origin', value: 'https://Example.com/',
 * //    message: '"https://Example.com/" ends in a slash, so no browser ever sends it as an origin.',
 * //    hint: 'Write "https://example.com".' }]
 * originProblems('https://example.com'); // []
 * ```
 */
export function originProblems(value: unknown, options: OriginCheckOptions = {}): readonly CorsConfigurationProblem[] {
  return typeof value === 'string'
    ? inspectionProblems(value, inspectOrigin(value), options)
    : [noText(value, options.path ?? 'origin')];
}

/** {@link originProblems} of a text that has been inspected already. */
export function inspectionProblems(
  value: string,
  inspection: OriginInspection,
  options: OriginCheckOptions,
): readonly CorsConfigurationProblem[] {
  const { patterns = false, credentials = true, dangerouslyAllow = [], path = 'origin' } = options;
  if (!patterns && isMeantAsPattern(inspection)) {
    return [patternNotAllowed(path, value)];
  }
  switch (inspection.kind) {
    case 'wildcard':
      return [{ ...wildcardInList(path, value, "'*'"), hint: 'Write each origin in full: "https://app.example.com".' }];
    case 'malformed': {
      const canonical = acceptableForm(inspection.canonical, options);
      return [malformedOrigin(path, value, { reason: inspection.reason, canonical })];
    }
    default:
      return risksOfOrigin(inspection)
        .filter((risk) => (credentials || risk !== 'insecure-origin') && !dangerouslyAllow.includes(risk))
        .map((risk) => unsafeOrigin(risk, path, value, credentials));
  }
}

/** What to write in the place of a malformed text, so that the next attempt is not refused for another reason. */
function acceptableForm(canonical: string | undefined, options: OriginCheckOptions): string | undefined {
  const forms = canonical === undefined ? [] : [canonical, encryptedOrigin(canonical)];
  return forms.find((form) => originProblems(form, options).length === 0);
}

function isMeantAsPattern(inspection: OriginInspection): boolean {
  return (
    inspection.kind === 'pattern' ||
    (inspection.kind === 'malformed' &&
      (inspection.reason === 'misplaced-wildcard' || inspection.canonical?.includes('*') === true))
  );
}

function patternNotAllowed(path: string, value: string): CorsConfigurationProblem {
  return {
    code: 'pattern-not-allowed',
    path,
    value,
    message: `${quoted(value)} stands for several origins, and only single ones are taken here.`,
    hint: 'Write each origin in full: "https://app.example.com".',
  };
}

function unsafeOrigin(
  code: TolerableProblemCode,
  path: string,
  value: string,
  credentials: boolean,
): CorsConfigurationProblem {
  const { fact, remedy } = describeRisk(code, value, { expressions: false, credentials });
  return { code, path, value, message: `${quoted(value)} ${fact}.`, hint: remedy };
}

/** Told by its type alone: a value of which nothing is known may throw when it is looked at. */
function noText(value: unknown, path: string): CorsConfigurationProblem {
  return {
    code: 'invalid-value',
    path,
    value,
    message: `An origin is a text, and this is ${typeInWords(value)}.`,
    hint: 'Write an origin such as "https://app.example.com".',
  };
}

/** The type of a value, as it reads in a sentence. */
export function typeInWords(value: unknown): string {
  if (value === undefined || value === null) {
    return 'nothing';
  }
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
