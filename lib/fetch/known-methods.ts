import { METHODS } from 'node:http';

/** QUERY is younger than some of the supported versions of Node.js. */
const KNOWN: ReadonlySet<string> = new Set([...METHODS, 'QUERY']);

/** Whether HTTP has a method of this spelling. */
export function isKnownMethod(method: string): boolean {
  return KNOWN.has(method);
}

/**
 * The known method that `method` spells in another letter case. Browsers put only six methods into upper case, and no server
 * has a method `patch`.
 * @see https://fetch.spec.whatwg.org/#concept-method-normalize
 */
export function misspelledMethod(method: string): string | undefined {
  const upper = method.toUpperCase();
  return method !== upper && isKnownMethod(upper) ? upper : undefined;
}
