import type { CorsConfigurationProblem } from '../options/problem.js';

/** What stands in the place of a callback; begins a sentence. */
const INSTEAD = 'Return true or false, or a promise of it, in place of calling a callback';

/** Text in a function's source that is no code: comments, and strings. */
const NO_CODE = /\/\*[^]*?\*\/|\/\/.*|'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`/g;
/** Begins a function, a method or an arrow function with a list of parameters; none of them has a default value with parentheses. */
const PARAMETERS = /^(?:async\b\s*)?(?:function\b\s*)?[*]?\s*[\w$]*\s*\(([^)]*)\)/;

/**
 * Whether a function is written for the `cors` package: `(origin, callback) => callback(null, true)`. Told by its source,
 * since a function that reads the context of a lookup has two parameters as well; what cannot be told by it is none.
 */
export function takesCallback(written: unknown): boolean {
  if (typeof written !== 'function') {
    return false;
  }
  if (written.length > 2) {
    return true;
  }
  const code = Function.prototype.toString
    .call(written)
    .replace(NO_CODE, (text) => (text.startsWith('/') ? ' ' : '""'));
  const parameters = PARAMETERS.exec(code);
  const name = /^[\w$]+/.exec(parameters?.[1]?.split(',')[1]?.trim() ?? '')?.[0];
  if (parameters === null || name === undefined) {
    return false;
  }
  const body = code.slice(parameters[0].length);
  const escaped = name.replaceAll('$', '\\$');
  const calls = new RegExp(`(?<![\\w$.])${escaped}\\s*(?:\\?\\.\\s*)?\\(`);
  // One that asks for the type first can do without.
  return calls.test(body) && !new RegExp(`\\btypeof\\s+${escaped}(?![\\w$])`).test(body);
}

/** Whether a function failed as one does that calls its second parameter. */
export function failedAtCallback(written: unknown, error: unknown): boolean {
  return hasSecondParameter(written) && error instanceof TypeError && / is not a function/.test(error.message);
}

/** Whether a function may be written for a callback, as far as its parameters tell. */
export function hasSecondParameter(written: unknown): boolean {
  return typeof written === 'function' && written.length > 1;
}

/** What a line of the log adds where a function seems to take a callback. */
export const CALLBACK_HINT = `It seems to be written for the \`cors\` package. ${INSTEAD}.`;

/** A function that answers through a callback. */
export function callbackForm(path: string, value: unknown): CorsConfigurationProblem {
  return {
    code: 'invalid-value',
    path,
    value,
    message: 'The function answers through a callback, as the `cors` package has it, and no callback is passed here.',
    hint: `${INSTEAD}: \`(origin) => origins.has(origin)\`.`,
  };
}

/** A function where options have to be: what the `cors` package calls a delegate. */
export function optionsDelegate(path: string, value: unknown, wanted: string): CorsConfigurationProblem {
  return {
    code: 'invalid-value',
    path,
    value,
    message:
      'A function that is given the request and answers with options, as the `cors` package has it, is not called here.',
    hint: `Write ${wanted}; @CorsPolicy() on the routes that differ, and a function as \`origin\` where the origin decides.`,
  };
}
