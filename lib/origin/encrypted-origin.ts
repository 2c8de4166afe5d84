import { canonicalOrigin } from './canonical-origin.js';

/** The same origin or pattern over TLS. */
export function encryptedOrigin(origin: string): string | undefined {
  return canonicalOrigin(origin.replace(/^[a-z]+/, 'https'));
}
