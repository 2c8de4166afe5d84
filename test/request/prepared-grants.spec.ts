import { describe, expect, it } from '@jest/globals';
import type { GrantedPreflight } from '../../lib/decision/preflight-decision.js';
import { evaluatePreflight } from '../../lib/decision/preflight-decision.js';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import { PreparedGrants } from '../../lib/request/prepared-grants.js';
import type { PreflightDestinations, RouteMatch } from '../../lib/routing/route.js';
import { listOf, policy as policyOf } from '../decision/policies.js';

const APP = 'https://app.example';
const ADMIN = 'https://admin.example';
const STRANGER = 'https://stranger.example';

describe('prepared grants', () => {
  const listed = policyOf({ origin: listOf(APP, ADMIN) });

  function setUp(policy: CompiledPolicy = listed) {
    const prepared = new PreparedGrants();
    const match = { route: {}, params: { id: '7' } } as unknown as RouteMatch;
    const destinations = { key: '1:1' } as PreflightDestinations;
    const factsOf = (requestHeaders: string | undefined, origin = APP, requestMethod = 'PUT') => ({
      ...{ origin, requestMethod, requestHeaders },
    });
    return {
      match,
      find: (...facts: Parameters<typeof factsOf>) =>
        prepared.find(factsOf(...facts), destinations, { policy, match })?.decision.allowOrigin,
      findAt: (key: string | undefined, at = match, under = policy) =>
        prepared.find(factsOf('x-a'), { ...destinations, key }, { policy: under, match: at })?.decision.allowOrigin,
      remember: (...facts: Parameters<typeof factsOf>) => {
        const decision = evaluatePreflight(policy, factsOf(...facts), () => 'allowed') as GrantedPreflight;
        prepared.remember(factsOf(...facts), destinations, { decision, match });
      },
    };
  }

  it('hold for every origin of the list, and for no other one', () => {
    const { find, remember } = setUp();
    remember('x-a');
    expect([find('x-a'), find('x-a', ADMIN), find('x-a', STRANGER)]).toEqual([APP, ADMIN, undefined]);
  });

  it('hold for any origin where the policy allows any', () => {
    const { find, remember } = setUp(policyOf({ origin: { kind: 'any' } }));
    remember('x-a');
    expect([find('x-a'), find('x-a', STRANGER)]).toEqual(['*', '*']);
  });

  it('hold for the method, the list as it is written, the routes and the policy', () => {
    const { find, findAt, remember } = setUp();
    remember('x-a');
    expect([find('x-b'), find('X-A'), find(undefined), find('x-a', APP, 'POST')]).toEqual(Array(4).fill(undefined));
    expect([findAt('1:1'), findAt('1:2'), findAt(undefined)]).toEqual([APP, undefined, undefined]);
    expect(findAt('1:1', { route: {}, params: {} } as never)).toBeUndefined();
    expect(findAt('1:1', undefined, policyOf({ origin: listOf(APP) }))).toBeUndefined();
    remember(undefined);
    expect([find(undefined), find('')]).toEqual([APP, APP]);
  });

  it('are not remembered for an origin that a lookup allowed, for long lists and for methods that clients make up', () => {
    const { find, remember } = setUp(policyOf({ origin: listOf(APP), lookup: {} as never }));
    const long = `x-${'a'.repeat(260)}`;
    remember('x-a', STRANGER);
    remember(long);
    remember('x-a', APP, 'MADE-UP');
    expect([find('x-a'), find('x-a', STRANGER), find(long), find('x-a', APP, 'MADE-UP')]).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('are not remembered under a policy with a shadow, which is to see every preflight', () => {
    const { find, remember } = setUp(policyOf({ origin: listOf(APP), shadow: listed }));
    remember('x-a');
    expect(find('x-a')).toBeUndefined();
  });

  it('are bounded, and those in use stay while a client makes up lists', () => {
    const { find, remember } = setUp();
    remember('in-use');
    remember('once');
    find('in-use');
    for (let i = 0; i < 10_000; i++) {
      remember(`x-${i}`);
    }
    expect([find('in-use'), find('once'), find('x-9999')]).toEqual([APP, undefined, APP]);
  });
});
