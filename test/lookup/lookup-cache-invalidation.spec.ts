import { describe, expect, it } from '@jest/globals';
import type { OriginChange } from '../../lib/options/index.js';
import { StagedLookup, cacheOf } from './staged-lookup.js';

const A = 'https://a.example';
const B = 'https://b.example';
const LONG = 't'.repeat(5_000);

describe('a change', () => {
  it.each<[string, OriginChange, readonly (readonly [string, string | undefined])[]]>([
    [
      'of an origin of a tenant',
      { origin: A, tenant: 'acme' },
      [
        [A, undefined],
        [A, 'acme'],
      ],
    ],
    [
      'of an origin of a tenant with a long name',
      { origin: A, tenant: LONG },
      [
        [A, undefined],
        [A, LONG],
      ],
    ],
    [
      'of an origin, whatever the tenant',
      { origin: A },
      [
        [A, undefined],
        [A, 'acme'],
        [A, 'umbrella'],
        [A, LONG],
      ],
    ],
    [
      'of an origin of every tenant',
      { origin: A, tenant: '' },
      [
        [A, undefined],
        [A, 'acme'],
        [A, 'umbrella'],
        [A, LONG],
      ],
    ],
    [
      'of a tenant',
      { tenant: 'acme' },
      [
        [A, undefined],
        [A, 'acme'],
        [B, undefined],
        [B, 'acme'],
      ],
    ],
    [
      'of a pattern of a tenant',
      { origin: 'https://*.example', tenant: 'umbrella' },
      [
        [A, undefined],
        [A, 'umbrella'],
        [B, undefined],
        [B, 'umbrella'],
      ],
    ],
    ...(
      [
        ['of a pattern of every tenant', { origin: 'https://*.example', tenant: '' }],
        ['of a text that is no origin', { origin: 'HTTPS://A.example' }],
        ['of anything', {}],
      ] as const
    ).map(([name, change]): [string, OriginChange, [string, string | undefined][]] => [
      name,
      change,
      [A, B].flatMap((origin) =>
        [undefined, 'acme', 'umbrella', LONG].map((tenant): [string, string | undefined] => [origin, tenant]),
      ),
    ]),
  ])('%s: removes the cached results of that, and no others', async (_name, change, forgotten) => {
    const keys = [A, B].flatMap((origin) =>
      [undefined, 'acme', 'umbrella', LONG].map((tenant) => [origin, tenant] as const),
    );
    for (const said of [true, false]) {
      const cache = cacheOf(new StagedLookup(() => Promise.resolve(said)));
      await Promise.all(keys.map(([origin, tenant]) => cache.lookUp(origin, tenant)));
      cache.changes.add(change);
      expect(keys.filter(([origin, tenant]) => cache.cached(origin, tenant) === undefined)).toEqual(forgotten);
    }
  });

  it('next request: sees the change', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    await cache.lookUp(A, undefined);
    lookup.answer = () => Promise.resolve(false);
    cache.changes.add({ origin: A });
    await expect(cache.lookUp(A, undefined)).resolves.toBe('refused');
  });

  it.each<OriginChange>([{ origin: A }, { tenant: 'acme' }, {}])(
    'call under way: its result is neither cached nor given to later requests: %j',
    async (change) => {
      const settle: ((allowed: boolean) => void)[] = [];
      const lookup = new StagedLookup(() => new Promise((resolve) => void settle.push(resolve)));
      const cache = cacheOf(lookup);
      const before = cache.lookUp(A, 'acme');
      cache.changes.add(change);
      const after = cache.lookUp(A, 'acme');
      expect(lookup.calls).toHaveLength(2);
      settle[1]?.(false);
      await expect(after).resolves.toBe('refused');
      settle[0]?.(true);
      await expect(before).resolves.toBe('allowed');
      expect(cache.lookUp(A, 'acme')).toBe('refused');
      expect(cache.sizes).toEqual({ origins: 0, refusals: 1, pending: 0 });
    },
  );

  it('calls about other origins: are not affected', async () => {
    const cache = cacheOf(new StagedLookup());
    const answer = cache.lookUp(B, undefined);
    cache.changes.add({ origin: A });
    await answer;
    expect(cache.lookUp(B, undefined)).toBe('allowed');
  });

  it('access that an outage has extended: ends', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { ttl: 1, staleWhileRevalidate: 0 });
    await cache.lookUp(A, undefined);
    lookup.answer = () => Promise.reject(new Error('no'));
    cache.changes.add({ origin: A });
    await expect(cache.lookUp(A, undefined)).resolves.toBe('failed');
    expect(cache.lookUp(A, undefined)).toBe('failed');
  });
});
