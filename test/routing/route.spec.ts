import { describe, expect, it } from '@jest/globals';
import { type Destination, type Route, distinctDestinations } from '../../lib/routing/route.js';
import { policy } from '../decision/policies.js';

const shared = policy({ name: 'shared' });
const byTenant = policy({ name: 'by tenant', tenant: () => 'acme' });

function routed(governedBy: Destination['policy']): Destination {
  const route = { policy: governedBy } as Route;
  return { policy: governedBy, match: { route, params: {} } };
}

const unrouted = (governedBy: Destination['policy']): Destination => ({ policy: governedBy, match: undefined });

describe('distinct destinations', () => {
  it('routes that share a policy: keeps the first of them', () => {
    const [first, second] = [routed(shared), routed(shared)] as const;
    expect(distinctDestinations([first, second, unrouted(shared)])).toEqual([first]);
  });

  it('policy with a tenant: keeps each route, since parameters can differ', () => {
    const [first, second] = [routed(byTenant), routed(byTenant)] as const;
    expect(distinctDestinations([first, second, first])).toEqual([first, second]);
  });

  it('policy with a tenant, also on an unrouted destination: that one stays beside those of routes', () => {
    const [route, none] = [routed(byTenant), unrouted(byTenant)] as const;
    expect(distinctDestinations([route, none, unrouted(byTenant)])).toEqual([route, none]);
  });
});
