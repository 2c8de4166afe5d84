import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { OriginProvider } from '../policy/origin-responder.js';

/** The common facts of a group of open connections, which are all that a lookup call needs. */
export interface ConnectionKey {
  readonly policy: CompiledPolicy;
  /** Value of the `Origin` header of the request that opened the connection. */
  readonly origin: string;
  /** The result of the policy's `tenant` function for that request. */
  readonly tenant: string | undefined;
}

/** Closes one open connection. */
export type CloseConnection = () => void;

/** The open connections of one origin and tenant under one policy. */
export class ConnectionGroup implements ConnectionKey {
  readonly policy: CompiledPolicy;
  readonly origin: string;
  readonly tenant: string | undefined;
  readonly connections = new Set<{ readonly close: CloseConnection }>();
  /** The lookups, lists and functions that the access depends on; empty where the policy lists the origin, or has no lookup. */
  readonly providers: readonly OriginProvider[];

  constructor({ policy, origin, tenant }: ConnectionKey) {
    this.policy = policy;
    this.origin = origin;
    this.tenant = tenant;
    this.providers = providersOf(policy, origin);
  }

  /** Whether a change of these origins and tenants may concern the group. An absent tenant means any. */
  isOf(provider: OriginProvider | undefined, tenant: string | undefined): boolean {
    return (
      (provider === undefined ? this.providers.length > 0 : this.providers.includes(provider)) &&
      (tenant === undefined || tenant === '' || this.tenant === undefined || this.tenant === tenant)
    );
  }
}

/** All groups with open connections. A group goes with its last connection. */
export class ConnectionGroups {
  private readonly groups = new Map<string, Map<CompiledPolicy, Map<string | undefined, ConnectionGroup>>>();

  get isEmpty(): boolean {
    return this.groups.size === 0;
  }

  find({ policy, origin, tenant }: ConnectionKey): ConnectionGroup | undefined {
    return this.groups.get(origin)?.get(policy)?.get(tenant);
  }

  add(group: ConnectionGroup): void {
    const { policy, origin, tenant } = group;
    const ofOrigin = this.groups.get(origin) ?? new Map<CompiledPolicy, Map<string | undefined, ConnectionGroup>>();
    const ofPolicy = ofOrigin.get(policy) ?? new Map<string | undefined, ConnectionGroup>();
    this.groups.set(origin, ofOrigin.set(policy, ofPolicy.set(tenant, group)));
  }

  delete({ policy, origin, tenant }: ConnectionKey): void {
    const ofOrigin = this.groups.get(origin);
    const ofPolicy = ofOrigin?.get(policy);
    ofPolicy?.delete(tenant);
    if (ofPolicy?.size === 0) {
      ofOrigin?.delete(policy);
    }
    if (ofOrigin?.size === 0) {
      this.groups.delete(origin);
    }
  }

  *ofOrigin(origin: string): Generator<ConnectionGroup> {
    for (const ofPolicy of this.groups.get(origin)?.values() ?? []) {
      yield* ofPolicy.values();
    }
  }

  *all(): Generator<ConnectionGroup> {
    for (const origin of this.groups.keys()) {
      yield* this.ofOrigin(origin);
    }
  }
}

function providersOf({ origin: allowed, lookup }: CompiledPolicy, origin: string): readonly OriginProvider[] {
  const lookups = lookup === undefined ? [] : [lookup];
  switch (allowed.kind) {
    case 'any':
    case 'ambiguous':
      return [];
    case 'list':
      return allowed.matcher.allows(origin) ? [] : lookups;
    case 'none':
      return lookups;
    case 'predicate':
      return [allowed.predicate, ...lookups];
  }
}
