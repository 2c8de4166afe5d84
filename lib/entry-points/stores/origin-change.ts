import type { OriginChange } from '../../options/index.js';

/** Everything may have changed. */
export const ANY_CHANGE: OriginChange = {};

/**
 * Longest payload that is read or written, in bytes. An origin has at most 327, and the rest is the tenant's; PostgreSQL
 * sends less than 8000: https://www.postgresql.org/docs/current/sql-notify.html
 */
const MAX_PAYLOAD = 8192;

/** The change of a row. No origin is empty, and a row without a tenant is for every tenant: both stand for "any". */
export function originChange(origin: string | null | undefined, tenant: string | null | undefined): OriginChange {
  return { ...(origin && { origin }), ...(tenant && { tenant }) };
}

/** What is sent over a channel for a change. One that would be too long to read says "everything". */
export function writeChange(change: OriginChange): string {
  const payload = JSON.stringify(change);
  return Buffer.byteLength(payload) > MAX_PAYLOAD ? '{}' : payload;
}

/**
 * Reads what somebody sent. Whoever may send decides what is in it and how long it is. Never throws.
 *
 * @returns `undefined` for what is no change
 */
export function readChange(payload: string | Uint8Array): OriginChange | undefined {
  // As typed by a person: NOTIFY cors_origins;
  if (payload.length === 0) {
    return ANY_CHANGE;
  }
  const change = Buffer.byteLength(payload) > MAX_PAYLOAD ? undefined : parseJson(payload);
  if (typeof change !== 'object' || change === null || Array.isArray(change)) {
    return undefined;
  }
  const { origin, tenant } = change as { origin?: unknown; tenant?: unknown };
  return isTextOrAbsent(origin) && isTextOrAbsent(tenant) ? originChange(origin, tenant) : undefined;
}

function parseJson(payload: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof payload === 'string' ? payload : new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}

function isTextOrAbsent(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}
