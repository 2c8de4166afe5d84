import type { OriginChange } from '../../options/index.js';

/** Says that everything may have changed. */
export const ANY_CHANGE: OriginChange = {};

/**
 * Longest payload that is read or written, in bytes. An origin has at most 327, and the rest is the tenant's; PostgreSQL
 * sends less than 8000: https://www.postgresql.org/docs/current/sql-notify.html
 */
const MAX_PAYLOAD = 8192;

/** The change of a row. An empty origin or tenant stands for "any". */
export function originChange(origin: string | null | undefined, tenant: string | null | undefined): OriginChange {
  return { ...(origin && { origin }), ...(tenant && { tenant }) };
}

/** The payload for a change; `{}` for one that would be too long. */
export function writePayload(change: OriginChange): string {
  const payload = JSON.stringify(change);
  return Buffer.byteLength(payload) > MAX_PAYLOAD ? '{}' : payload;
}

/**
 * Reads a payload, whose content and length any sender decides. Never throws.
 *
 * @returns `undefined` for a payload that is not a change
 */
export function readPayload(payload: string | Uint8Array): OriginChange | undefined {
  // `NOTIFY cors_origins;` has an empty payload.
  if (payload.length === 0) {
    return ANY_CHANGE;
  }
  const change = Buffer.byteLength(payload) > MAX_PAYLOAD ? undefined : parseJson(payload);
  if (typeof change !== 'object' || change === null || Array.isArray(change)) {
    return undefined;
  }
  const { origin, tenant } = change as { origin?: unknown; tenant?: unknown };
  return isStringOrAbsent(origin) && isStringOrAbsent(tenant) ? originChange(origin, tenant) : undefined;
}

function parseJson(payload: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof payload === 'string' ? payload : new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}

function isStringOrAbsent(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}
