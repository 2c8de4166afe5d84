import { createHash } from 'node:crypto';

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
export function tenantKey(tenant: string): string {
  return tenant.length <= MAX_TENANT_LENGTH
    ? `=${tenant}`
    : // As it is in memory: UTF-8 has one replacement for all that is no text.
      `#${createHash('sha256').update(tenant, 'utf16le').digest('base64url')}`;
}

/** What {@link cacheKey} was made of: the origin, and {@link tenantKey} of the tenant if there was one. */
export function partsOf(key: string): { readonly origin: string; readonly tenant: string | undefined } {
  const space = key.indexOf(' ');
  return space === -1
    ? { origin: key, tenant: undefined }
    : { origin: key.slice(0, space), tenant: key.slice(space + 1) };
}
