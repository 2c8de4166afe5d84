import { METHODS } from 'node:http';

/** QUERY is younger than some of the supported versions of Node.js. */
const KNOWN: ReadonlySet<string> = new Set([...METHODS, 'QUERY']);

/** Whether HTTP knows the method by this spelling. Every other token is one that a client thought of. */
export function isKnownMethod(method: string): boolean {
  return KNOWN.has(method);
}

/**
 * The known method that `method` spells in another letter case; `undefined` where it spells none. Browsers put six methods
 * into upper case and send every other one as the page wrote it; nothing serves `patch`.
 * @see https://fetch.spec.whatwg.org/#concept-method-normalize
 */
export function misspelledMethod(method: string): string | undefined {
  const upper = method.toUpperCase();
  return method !== upper && isKnownMethod(upper) ? upper : undefined;
}
