import { METHODS } from 'node:http';
import { isToken } from './token.js';

/** QUERY is younger than some of the supported versions of Node.js. */
const KNOWN: ReadonlySet<string> = new Set([...METHODS, 'QUERY']);

/** @see https://fetch.spec.whatwg.org/#forbidden-method */
const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

const SENDABLE: ReadonlySet<string> = new Set([...KNOWN].filter((method) => !FORBIDDEN_METHODS.has(method)));

/** @see https://fetch.spec.whatwg.org/#concept-method-normalize */
const NORMALIZED_METHODS: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

// The longest method in IANA's registry has 17 letters.
const MAX_METHOD_LENGTH = 64;

/** Whether `value` is one method of a reasonable length. */
export function isMethod(value: string): boolean {
  return value.length <= MAX_METHOD_LENGTH && isToken(value);
}

/** Whether a script cannot send this method. */
export function isForbiddenMethod(method: string): boolean {
  return FORBIDDEN_METHODS.has(method.toUpperCase());
}

/** Whether HTTP has a method of this spelling that scripts can send. */
export function isKnownSendable(method: string): boolean {
  return SENDABLE.has(method);
}

/** `get` becomes `GET`; `patch` stays what it is. */
export function normalizeMethod(method: string): string {
  const upper = method.toUpperCase();
  return NORMALIZED_METHODS.has(upper) ? upper : method;
}

/** Whether HTTP has a method of this spelling. */
export function isKnownMethod(method: string): boolean {
  return KNOWN.has(method);
}

/**
 * The known method that `method` is in another letter case. Browsers change only six methods to upper case, and no server has a
 * method `patch`.
 * @see https://fetch.spec.whatwg.org/#concept-method-normalize
 */
export function misspelledMethod(method: string): string | undefined {
  const upper = method.toUpperCase();
  return method !== upper && isKnownMethod(upper) ? upper : undefined;
}
