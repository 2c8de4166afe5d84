import type { OriginChange } from '../interfaces/index.js';

/** Longest payload that is read, in bytes: an origin has at most 327, and the rest is the tenant's. */
export const MAX_PAYLOAD = 8192;

/** What is published for a change. One that would be too long to read says "everything". */
export function writeChange(origin: string, tenant: string): string {
  // A row for every tenant concerns any tenant.
  const payload = JSON.stringify(tenant === '' ? { origin } : { origin, tenant });
  return Buffer.byteLength(payload) > MAX_PAYLOAD ? '{}' : payload;
}

/**
 * Reads what somebody published. Anyone who may publish decides what is in it, and how long it is.
 *
 * @returns `undefined` for what is no change
 */
export function readChange(payload: Uint8Array): OriginChange | undefined {
  if (payload.byteLength > MAX_PAYLOAD) {
    return undefined;
  }
  let change: unknown;
  try {
    change = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString());
  } catch {
    return undefined;
  }
  if (typeof change !== 'object' || change === null || Array.isArray(change)) {
    return undefined;
  }
  const { origin, tenant } = change as { origin?: unknown; tenant?: unknown };
  if (!isTextOrAbsent(origin) || !isTextOrAbsent(tenant)) {
    return undefined;
  }
  // No origin is empty, and the empty tenant is every tenant: both stand for any.
  return { ...(origin && { origin }), ...(tenant && { tenant }) };
}

function isTextOrAbsent(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}
