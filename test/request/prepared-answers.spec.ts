import { describe, expect, it } from '@jest/globals';
import { evaluatePreflight } from '../../lib/decision/preflight-decision.js';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import { PreparedAnswers } from '../../lib/request/prepared-answers.js';
import type { RouteMatch } from '../../lib/routing/route.js';
import { listOf, policy as policyOf } from '../decision/policies.js';

const APP = 'https://app.example';
const ADMIN = 'https://admin.example';
const STRANGER = 'https://stranger.example';

describe('prepared answers', () => {
  const listed = policyOf({ origin: listOf(APP, ADMIN) });

  /** Every URL that begins with `/items` has the same routes, until the revision changes. */
  function setUp(policy: CompiledPolicy = listed) {
    const router = { revision: 1 as number | undefined, searches: 0, key: 'items' };
    const prepared = new PreparedAnswers({
      get revision() {
        return router.revision;
      },
      keyOf: (_method: string, url: string) => {
        router.searches++;
        return url.startsWith('/items') ? router.key : undefined;
      },
    });
    const match = { route: {}, params: { id: '7' } } as unknown as RouteMatch;
    const factsOf = (requestHeaders: string | undefined, origin = APP, requestMethod = 'PUT') => ({
      ...{ origin, requestMethod, requestHeaders },
    });
    return {
      router,
      answer: (facts: ReturnType<typeof factsOf>, url = '/items/7') => prepared.find(facts, url),
      find: (...facts: Parameters<typeof factsOf>) => prepared.find(factsOf(...facts), '/items/7')?.decision.reason,
      findAt: (url: string) => prepared.find(factsOf('x-a'), url)?.decision.reason,
      remember: (...facts: Parameters<typeof factsOf>) => {
        const decision = evaluatePreflight(policy, factsOf(...facts), () => 'allowed');
        prepared.remember(factsOf(...facts), router.key, { decision: decision as never, match });
      },
      rememberRefusal: (...facts: Parameters<typeof factsOf>) =>
        prepared.remember(factsOf(...facts), router.key, {
          decision: { kind: 'refused', policy: undefined, reason: 'method-not-routed' },
          match: undefined,
        }),
    };
  }

  it('origin of the list, or any other: hold for every origin of the list alone', () => {
    const { find, remember } = setUp();
    remember('x-a');
    expect([find('x-a'), find('x-a', ADMIN), find('x-a', STRANGER)]).toEqual([
      'origin-listed',
      'origin-listed',
      undefined,
    ]);
  });

  it('malformed method, such as one that reads as another key: hold for none', () => {
    const { find, remember } = setUp();
    remember('items x-a');
    expect([find('items x-a'), find('x-a', APP, 'PUT items')]).toEqual(['origin-listed', undefined]);
  });

  it('origin and URL of the first preflight: are not in them', () => {
    const { answer, remember } = setUp();
    remember('x-a');
    expect(answer({ origin: ADMIN, requestMethod: 'PUT', requestHeaders: 'x-a' })).toMatchObject({
      decision: { allowOrigin: '' },
      match: { params: {} },
    });
  });

  it('origin that is not listed: is refused, unless it is refused for its form', () => {
    const { find, remember } = setUp();
    remember('x-a', STRANGER);
    expect([find('x-a', STRANGER), find('x-a', 'https://other.example')]).toEqual(Array(2).fill('origin-not-listed'));
    expect([find('x-a'), find('x-a', 'null'), find('x-a', 'HTTPS://A'), find('x-a', 'file://')]).toEqual(
      Array(4).fill(undefined),
    );
    remember('x-a', 'null');
    expect(find('x-a', 'null')).toBeUndefined();
  });

  it('any origin allowed, or method without a route: hold for any origin', () => {
    const { find, remember } = setUp(policyOf({ origin: { kind: 'any' } }));
    remember('x-a');
    expect([find('x-a'), find('x-a', STRANGER)]).toEqual(['any-origin', 'any-origin']);
    const other = setUp();
    other.rememberRefusal('x-a');
    expect([other.find('x-a'), other.find('x-a', 'null')]).toEqual(Array(2).fill('method-not-routed'));
  });

  it('listed origin, with a refused header or method: is refused as by the policy', () => {
    const { find, remember } = setUp(policyOf({ origin: listOf(APP), allowedHeaders: new Set(['x-a']) }));
    remember('x-b');
    remember('x-b', STRANGER);
    expect([find('x-b'), find('x-b', STRANGER)]).toEqual(['header-not-allowed', 'origin-not-listed']);
  });

  it('other method, list of headers, routes or revision: do not hold', () => {
    const { find, findAt, remember, router } = setUp();
    remember('x-a');
    expect([find('x-b'), find('X-A'), find(undefined), find('x-a', APP, 'POST')]).toEqual(Array(4).fill(undefined));
    expect([findAt('/items/7'), findAt('/items/8'), findAt('/other')]).toEqual([
      'origin-listed',
      'origin-listed',
      undefined,
    ]);
    remember(undefined);
    expect([find(undefined), find('')]).toEqual(['origin-listed', 'origin-listed']);
    router.key = 'others';
    router.revision = 2;
    expect(findAt('/items/7')).toBeUndefined();
  });

  it('same URL: its routes are searched for again only after another preflight or revision', () => {
    const { find, findAt, remember, router } = setUp();
    remember('x-a');
    remember('x-b');
    const searched = (...asked: (() => unknown)[]) => {
      router.searches = 0;
      asked.forEach((ask) => ask());
      return router.searches;
    };
    const ask = () => find('x-a');
    expect(searched(ask, ask, () => find('x-a', ADMIN))).toBe(1);
    expect(searched(() => find('x-b'), ask, ask)).toBe(2);
    router.revision = 2;
    expect(searched(ask, ask)).toBe(1);
    router.revision = undefined;
    expect(searched(ask, ask)).toBe(2);
    router.revision = 3;
    const long = `/items/${'7'.repeat(300)}`;
    expect(
      searched(
        () => findAt(long),
        () => findAt(long),
      ),
    ).toBe(2);
    // More URLs than are remembered.
    expect(searched(ask, ...Array.from({ length: 1000 }, (_, i) => () => findAt(`/items/x${i}`)), ask)).toBe(1002);
  });

  it('origin that needs a lookup call, long list or invented method: are not stored', () => {
    const { find, remember } = setUp(policyOf({ origin: listOf(APP), lookup: {} as never }));
    const long = `x-${'a'.repeat(260)}`;
    remember('x-a', STRANGER);
    remember(long);
    remember('x-a', APP, 'MADE-UP');
    expect([find('x-a'), find('x-a', STRANGER), find(long), find('x-a', APP, 'MADE-UP')]).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('origin function or ambiguous policy: are not stored', () => {
    for (const origin of [{ kind: 'predicate', predicate: () => true }, { kind: 'ambiguous' }] as const) {
      const { find, remember } = setUp(policyOf({ origin }));
      remember('x-a');
      expect(find('x-a')).toBeUndefined();
    }
  });

  it('policy with a shadow: are not stored, because the shadow sees every preflight', () => {
    const { find, remember } = setUp(policyOf({ origin: listOf(APP), shadow: listed }));
    remember('x-a');
    expect(find('x-a')).toBeUndefined();
  });

  it('client that makes up lists of headers: are bounded, and those in use stay', () => {
    const { find, remember } = setUp();
    remember('in-use');
    remember('once');
    find('in-use');
    for (let i = 0; i < 10_000; i++) {
      remember(`x-${i}`);
    }
    expect([find('in-use'), find('once'), find('x-9999')]).toEqual(['origin-listed', undefined, 'origin-listed']);
  });
});
