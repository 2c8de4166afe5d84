/** A hash tag: of a key, Redis Cluster hashes only this, so that keys that share it are on one node. */
const HASH_TAG = /^[^{]*\{[^}]+\}/;
/** Redis keeps UTF-8, which has no lone surrogates: drivers write U+FFFD for each, so that different strings become one. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Last segments of the keys that are no sets of origins. */
const TENANTS = 'tenants';
const APPLICATION = 'application';

/**
 * The names under which everything is stored. The last segment of a key is a tenant without `:`, or the name of another
 * kind of key, which no tenant has: two pairs of prefix and tenant never share a key, whatever their names.
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

  /** Set of a tenant's origins and patterns; that of `''` is for every tenant. */
  origins(tenant: string): string {
    return `${this.prefix}:origins:${segment(tenant)}`;
  }

  /** Whether all keys are on one node of a cluster, so that one script can write two of them. */
  get haveOneSlot(): boolean {
    return HASH_TAG.test(this.prefix);
  }
}

/** Whether Redis can hold the string, so that looking for it finds this string and no other. */
export function isStorable(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** The tenant as the last segment of a key: `%` and `:` escaped, and the first letter where another kind of key has the name. */
function segment(tenant: string): string {
  if (tenant === TENANTS || tenant === APPLICATION) {
    return `%${tenant.charCodeAt(0).toString(16)}${tenant.slice(1)}`;
  }
  return tenant.replaceAll('%', '%25').replaceAll(':', '%3A');
}
