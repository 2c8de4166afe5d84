import type { OriginChange } from '../interfaces/index.js';

/** No payload of PostgreSQL is longer: https://www.postgresql.org/docs/current/sql-notify.html */
const MAX_PAYLOAD_LENGTH = 8000;

/** What a notification says, and whether it said it the way the triggers do. */
export interface ReadPayload {
  readonly change: OriginChange;
  readonly understood: boolean;
}

/**
 * Reads the payload of a notification. Whoever may connect to the database may send one, so anything may be in it: what is
 * not understood stands for "everything may have changed", which costs a reading and no more. Never throws.
 */
export function readOriginChange(payload: string): ReadPayload {
  // As typed by a person: NOTIFY cors_origins;
  if (payload === '') {
    return { change: {}, understood: true };
  }
  const parsed = payload.length > MAX_PAYLOAD_LENGTH ? undefined : parseJson(payload);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { change: {}, understood: false };
  }
  const { origin, tenant } = parsed as { origin?: unknown; tenant?: unknown };
  if (!isOptionalText(origin) || !isOptionalText(tenant)) {
    return { change: {}, understood: false };
  }
  return {
    change: {
      ...(typeof origin === 'string' && { origin }),
      // A row without a tenant is for every tenant, and so is its change.
      ...(typeof tenant === 'string' && tenant !== '' && { tenant }),
    },
    understood: true,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}
