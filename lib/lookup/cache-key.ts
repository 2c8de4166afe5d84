import { createHash } from 'node:crypto';
import type { OriginChange } from '../interfaces/index.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';

/** Longer names of tenants, which may be taken from a request, are not kept as they are. */
const MAX_TENANT_LENGTH = 128;

/**
 * What an answer is kept under. An origin is canonical and bounded by the time that it gets here; it holds no space, so
 * the first one ends it.
 */
export function cacheKey(origin: string, tenant: string | undefined): string {
  return tenant === undefined ? origin : `${origin} ${tenantKey(tenant)}`;
}

/** Marked, so that nobody can be called like another one's hash. */
function tenantKey(tenant: string): string {
  return tenant.length <= MAX_TENANT_LENGTH
    ? `=${tenant}`
    : // As it is in memory: UTF-8 has one replacement for all that is no text.
      `#${createHash('sha256').update(tenant, 'utf16le').digest('base64url')}`;
}

/** Which answers a change concerns: two keys where it is that precise, else whatever the test says. */
export type ConcernedKeys =
  | { readonly kind: 'exact'; readonly keys: readonly string[] }
  | { readonly kind: 'matching'; readonly matches: (key: string) => boolean };

/**
 * What is to be forgotten when a row has changed. In doubt, more: a pattern concerns every origin of its tenant, a row of
 * every tenant all of them, and an answer that was given without a tenant may rest on the rows of any.
 *
 * @param tenants whether answers for tenants are kept at all
 */
export function concernedKeys({ origin, tenant }: OriginChange, tenants: boolean): ConcernedKeys {
  const exact = origin !== undefined && parseSerializedOrigin(origin) !== undefined ? origin : undefined;
  const ofTenant = tenant === undefined || tenant === '' ? undefined : tenantKey(tenant);
  if (exact !== undefined && (ofTenant !== undefined || !tenants)) {
    return { kind: 'exact', keys: ofTenant === undefined ? [exact] : [exact, `${exact} ${ofTenant}`] };
  }
  return {
    kind: 'matching',
    matches: (key) => {
      const space = key.indexOf(' ');
      const keyOrigin = space === -1 ? key : key.slice(0, space);
      return (
        (exact === undefined || keyOrigin === exact) &&
        (ofTenant === undefined || space === -1 || key.slice(space + 1) === ofTenant)
      );
    },
  };
}
