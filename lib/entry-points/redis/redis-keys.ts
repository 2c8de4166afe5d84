/** A hash tag: Redis Cluster hashes only this part of a key, so that keys with one tag are on one node. */
const HASH_TAG = /^[^{]*\{[^}]+\}/;
/** UTF-8 has no lone surrogates: drivers replace each by U+FFFD, so that different strings become one. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Last segments of the other keys. */
const TENANTS = 'tenants';
const APPLICATION = 'application';

/**
 * The names of the keys. The last segment is an escaped tenant or the name of another kind of key, which no tenant can have:
 * two pairs of prefix and tenant never share a key.
 */
export class RedisKeys {
  /** Set of the tenants that have a set. */
  readonly tenants: string;
  /** The name of the application that the keys belong to. */
  readonly application: string;
  /** Channel of changes. */
  readonly channel: string;

  constructor(
    readonly prefix: string,
    channel: string | undefined,
  ) {
    this.tenants = `${prefix}:${TENANTS}`;
    this.application = `${prefix}:${APPLICATION}`;
    this.channel = channel ?? `${prefix}:changes`;
  }

  /** Set of a tenant's origins and patterns; the tenant `''` stands for every tenant. */
  origins(tenant: string): string {
    return `${this.prefix}:origins:${segment(tenant)}`;
  }

  /** Whether all keys are on one node of a cluster, so that one script can write two of them. */
  get haveOneSlot(): boolean {
    return HASH_TAG.test(this.prefix);
  }
}

/** Whether Redis can store the string, so that a lookup finds no other string. */
export function isStorable(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** The tenant as the last segment of a key, with `%` and `:` escaped, and the first letter of a name of another key. */
function segment(tenant: string): string {
  if (tenant === TENANTS || tenant === APPLICATION) {
    return `%${tenant.charCodeAt(0).toString(16)}${tenant.slice(1)}`;
  }
  return tenant.replaceAll('%', '%25').replaceAll(':', '%3A');
}
