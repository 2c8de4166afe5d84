/** A hash tag: of a key, Redis Cluster hashes only this, so that keys that share it are on one node. */
const HASH_TAG = /^[^{]*\{[^}]+\}/;

/**
 * The names under which everything is stored. The tenant comes last, so that no two tenants, whatever their names, have one
 * key, and behind the prefix, so that a `{` of its own is no hash tag.
 */
export class RedisKeys {
  /** Set of the tenants that have a set. */
  readonly tenants: string;
  /** Channel of changes. */
  readonly channel: string;

  constructor(
    private readonly prefix: string,
    channel: string | undefined,
  ) {
    this.tenants = `${prefix}:tenants`;
    this.channel = channel ?? `${prefix}:changes`;
  }

  /** Set of a tenant's origins and patterns; that of `''` is for every tenant. */
  origins(tenant: string): string {
    return `${this.prefix}:origins:${tenant}`;
  }

  /** Whether all keys are on one node of a cluster, so that one script can write two of them. */
  get haveOneSlot(): boolean {
    return HASH_TAG.test(this.prefix);
  }
}
