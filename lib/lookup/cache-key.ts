import { createHash } from 'node:crypto';

/** Longer names of tenants are hashed, since they may come from a request. */
const MAX_TENANT_LENGTH = 128;

/** The key of a cached result. A canonical origin is of bounded length and holds no space, so the first space ends it. */
export function cacheKey(origin: string, tenant: string | undefined): string {
  return tenant === undefined ? origin : `${origin} ${tenantKey(tenant)}`;
}

/** Prefixed, so that a tenant's name cannot equal a hash. */
export function tenantKey(tenant: string): string {
  return tenant.length <= MAX_TENANT_LENGTH
    ? `=${tenant}`
    : // As UTF-16, because UTF-8 replaces every unpaired surrogate by the same character.
      `#${createHash('sha256').update(tenant, 'utf16le').digest('base64url')}`;
}

/** The parts of a {@link cacheKey}: the origin, and the {@link tenantKey} if there is a tenant. */
export function partsOf(key: string): { readonly origin: string; readonly tenant: string | undefined } {
  const space = key.indexOf(' ');
  return space === -1
    ? { origin: key, tenant: undefined }
    : { origin: key.slice(0, space), tenant: key.slice(space + 1) };
}
