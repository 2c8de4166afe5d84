import { jest } from '@jest/globals';
import { OpenConnections } from '../../lib/gateways/open-connections.js';
import type { CorsLookups } from '../../lib/lookup/lookups.js';
import { OriginResponders } from '../../lib/lookup/origin-responders.js';
import type { CorsModuleOptions } from '../../lib/options/index.js';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import type { OriginProvider } from '../../lib/policy/origin-responder.js';
import { PolicyCatalog } from '../../lib/policy/policy-catalog.js';
import type { CorsPolicyRegistry } from '../../lib/routing/policy-registry.js';
import { policy } from '../decision/policies.js';

/** The open connections of an application without NestJS. */
export function connectionsWith(options: CorsModuleOptions = {}) {
  const catalog = new PolicyCatalog({ logging: 'off', ...options });
  const failures: unknown[] = [];
  const responders = new OriginResponders(catalog.lookups, (_subject, failure) => failures.push(failure));
  const connections = new OpenConnections(
    { responders } as CorsLookups,
    { catalog } as CorsPolicyRegistry,
    catalog.sockets.closeRevoked,
  );

  /** A policy whose origins a lookup or list allows. */
  const policyWith = (lookup: OriginProvider, fields: Partial<CompiledPolicy> = {}): CompiledPolicy => {
    const named = policy({ name: 'partners', label: 'policy "partners"', ...fields });
    return {
      ...named,
      lookup: lookup as NonNullable<CompiledPolicy['lookup']>,
      responders: { ...fields.responders, lookup: responders.bind(lookup, named) },
    };
  };

  /** A policy with an origin function. */
  const policyWithFunction = (
    predicate: (origin: string) => Promise<boolean>,
    fields: Partial<CompiledPolicy> = {},
  ): CompiledPolicy => {
    const named = policy({ ...fields, origin: { kind: 'predicate', predicate } });
    return { ...named, responders: { ...named.responders, origin: responders.bind(predicate, named) } };
  };

  /** Opens a connection as a handshake does that the policy has allowed. */
  const open = async (under: CompiledPolicy, origin: string, tenant?: string) => {
    await under.responders.lookup?.lookUp(origin, tenant);
    return add(under, origin, tenant);
  };

  const add = (under: CompiledPolicy, origin: string, tenant?: string) => {
    const close = jest.fn();
    return { close, remove: connections.add({ policy: under, origin, tenant, close }) };
  };

  return { connections, responders, failures, policyWith, policyWithFunction, open, add };
}

/** Lets twenty turns of the event loop pass: a fake turn that another one has caused takes a millisecond. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await jest.advanceTimersByTimeAsync(1);
  }
}
