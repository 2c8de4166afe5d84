import { canonicalOrigin } from './canonical-origin.js';

/** An origin or pattern with its scheme replaced by `https`. */
export function encryptedOrigin(origin: string): string | undefined {
  return canonicalOrigin(origin.replace(/^[a-z]+/, 'https'));
}
