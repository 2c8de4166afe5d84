import { RETURN_INSTEAD } from './problems.js';

/** Comments and strings in the source of a function. */
const NO_CODE = /\/\*[^]*?\*\/|\/\/.*|'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`/g;
/** The beginning of a function, a method or an arrow function. Default values with parentheses are not supported. */
const PARAMETERS = /^(?:async\b\s*)?(?:function\b\s*)?[*]?\s*[\w$]*\s*\(([^)]*)\)/;

/**
 * Whether a function is written for the `cors` package: `(origin, callback) => callback(null, true)`. Its source decides, because a
 * function that reads the context of a lookup has two parameters, too. If the source is unclear, the result is `false`.
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
  // A function that checks the type first works without a callback.
  return calls.test(body) && !new RegExp(`\\btypeof\\s+${escaped}(?![\\w$])`).test(body);
}

/** Whether a function failed because it called its second parameter. */
export function failedAtCallback(written: unknown, error: unknown): boolean {
  return hasSecondParameter(written) && error instanceof TypeError && / is not a function/.test(error.message);
}

/** Whether a function has enough parameters to be written for a callback. */
export function hasSecondParameter(written: unknown): boolean {
  return typeof written === 'function' && written.length > 1;
}

/** The hint of a log line about a function that seems to take a callback. */
export const CALLBACK_HINT = `It seems to be written for the \`cors\` package. ${RETURN_INSTEAD}.`;
