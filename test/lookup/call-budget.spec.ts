import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LookupFailure } from '../../lib/logging/lookup-failure.js';
import { OriginResponders } from '../../lib/lookup/origin-responders.js';
import type { OriginCacheSettings } from '../../lib/policy/lookup-options.js';
import { policy } from '../decision/policies.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { CACHE_SETTINGS, StagedLookup, TIMEOUT, cacheOf } from './staged-lookup.js';

const PER_SECOND = 10;
/** What may be asked in so many seconds: ten seconds' worth at once, and what comes back. */
const within = (seconds: number) => PER_SECOND * (10 + seconds);
const invented = (index: number) => `https://invented-${index}.example`;
const fresh = (index: number) => `https://fresh-${index}.example`;

function sourcesWith(cache: OriginCacheSettings | undefined, report: (failure: LookupFailure) => void = () => {}) {
  return new OriginResponders(
    { ...LOOKUP_SETTINGS, timeout: TIMEOUT, missesPerSecond: PER_SECOND, cache },
    (_subject, failure) => report(failure),
  );
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('invented origins', () => {
  it.each<[string, (index: number) => readonly [origin: string, tenant: string | undefined]]>([
    ['that a pattern allows', (index) => [`https://x${index}.partner.example`, undefined]],
    ['of invented tenants', (index) => ['https://known.example', `tenant-${index}`]],
    ['of domains of their own', (index) => [invented(index), undefined]],
  ])('sent %s: reach the store no more often than others', async (_name, questionAt) => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { missesPerSecond: PER_SECOND });
    let index = 0;
    for (let second = 0; second < 10; second++) {
      for (let i = 0; i < 45 * PER_SECOND; i++) {
        await cache.lookUp(...questionAt(index++));
      }
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(lookup.calls.length).toBeLessThanOrEqual(within(10));
  });

  it.each([
    ['lookup', (lookup: StagedLookup) => lookup, CACHE_SETTINGS],
    ['lookup without a cache', (lookup: StagedLookup) => lookup, undefined],
    ['function', (lookup: StagedLookup) => lookup.isOriginAllowed.bind(lookup), CACHE_SETTINGS],
    ['function, without a cache,', (lookup: StagedLookup) => lookup.isOriginAllowed.bind(lookup), undefined],
  ])('%s that ten policies name: is called no more often', async (_name, sourceOf, cache) => {
    for (const result of [true, false]) {
      const lookup = new StagedLookup(() => Promise.resolve(result));
      const source = sourceOf(lookup);
      const responders = sourcesWith(cache && { ...cache, missesPerSecond: PER_SECOND });
      const policies = Array.from({ length: 10 }, (_, i) => policy({ name: `policy-${i}` }));
      for (let second = 0; second < 5; second++) {
        for (let i = 0; i < 450; i++) {
          await responders.bind(source, policies[i % 10] as never).lookUp(invented(second * 450 + i), undefined);
        }
        await jest.advanceTimersByTimeAsync(1_000);
      }
      expect(lookup.calls.length).toBeLessThanOrEqual(within(5));
    }
  });

  it('allowed origin that was looked up twice: stays cached, though all invented origins are allowed', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { missesPerSecond: 1_000_000, maxOrigins: 100 });
    for (let i = 0; i < 50; i++) {
      await cache.lookUp(fresh(i), undefined);
      expect(cache.lookUp(fresh(i), undefined)).toBe('allowed');
    }
    for (let i = 0; i < 10_000; i++) {
      await cache.lookUp(invented(i), undefined);
    }
    for (let i = 0; i < 50; i++) {
      expect(cache.lookUp(fresh(i), undefined)).toBe('allowed');
    }
    expect(cache.sizes.origins).toBe(100);
  });

  /** Which invented origin is sent `index`th, when each is sent `times` times. */
  const FLOODS = {
    'at once': (index: number, times: number) => Math.floor(index / times),
    'once a second': (index: number, times: number, perSecond: number) =>
      Math.floor(index / (perSecond * times)) * perSecond + (index % perSecond),
    'round and round': (index: number, times: number, perSecond: number) => index % Math.ceil((perSecond * 20) / times),
  };

  /** How many of 100 fresh origins are served while 45 times the budget is sent; each tries again after a second or two. */
  async function served(kind: keyof typeof FLOODS, times: number, missesPerSecond: number): Promise<number> {
    const perSecond = 45 * missesPerSecond;
    const lookup = new StagedLookup((origin) => Promise.resolve(origin.startsWith('https://fresh-')));
    const cache = cacheOf(lookup, { missesPerSecond });
    const waiting = new Set(Array.from({ length: 100 }, (_, i) => i));
    let index = 0;
    // The burst is used up when they come.
    for (let tenth = 0; tenth < 200; tenth++) {
      for (let i = 0; i < perSecond / 10; i++) {
        void cache.lookUp(invented(FLOODS[kind](index++, times, perSecond)), undefined);
      }
      for (const origin of waiting) {
        if (tenth >= 20 + origin && (tenth - origin) % 15 === 0) {
          void Promise.resolve(cache.lookUp(fresh(origin), undefined)).then((given) => {
            if (given === 'allowed') {
              waiting.delete(origin);
            }
          });
        }
      }
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(lookup.calls.length).toBeLessThanOrEqual(missesPerSecond * (10 + 20 + 5));
    return 100 - waiting.size;
  }

  it.each(
    (Object.keys(FLOODS) as (keyof typeof FLOODS)[]).flatMap((kind) =>
      [1, 2, 5, 10, 20].map((times) => [times, kind] as const),
    ),
  )(
    '45 times the budget, each origin sent %d times %s: half of the fresh allowed origins are served',
    async (times, kind) => {
      jest.spyOn(Math, 'random').mockReturnValue(0.25);
      expect(await served(kind, times, PER_SECOND)).toBeGreaterThanOrEqual(50);
    },
  );

  it('45 times the default budget: half of the fresh allowed origins are served', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.25);
    expect(await served('at once', 10, 100)).toBeGreaterThanOrEqual(50);
  });

  it('flood of new origins: leaves the reserve to an origin that comes again', async () => {
    const lookup = new StagedLookup((origin) => Promise.resolve(origin === fresh(1)));
    const cache = cacheOf(lookup, { missesPerSecond: PER_SECOND });
    for (let i = 0; i < 5_000; i++) {
      await cache.lookUp(invented(i), undefined);
    }
    expect(cache.lookUp(fresh(1), undefined)).toBe('not-asked');
    await expect(cache.lookUp(fresh(1), undefined)).resolves.toBe('allowed');
  });

  it('origin that is sent again: waits for the budget, and is refused at the deadline', async () => {
    const lookup = new StagedLookup(() => Promise.resolve(false));
    const cache = cacheOf(lookup, { missesPerSecond: 1 });
    const ask = () => Promise.all(Array.from({ length: 30 }, (_, i) => cache.lookUp(invented(i), undefined)));
    await ask();
    const again = ask();
    await jest.advanceTimersByTimeAsync(TIMEOUT);
    const results = await again;
    // Ten at once, five that are reserved, one that came back meanwhile.
    expect(lookup.calls).toHaveLength(16);
    expect(results.filter((result) => result === 'not-asked')).toHaveLength(14);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('an origin function', () => {
  it('synchronous result: uses no budget and no memory', () => {
    const responders = sourcesWith(CACHE_SETTINGS, ({ kind }) => {
      throw new Error(kind);
    });
    for (let i = 0; i < 1_000; i++) {
      expect(responders.bind(() => i % 2 === 0, policy()).lookUp(invented(i), undefined)).toBe(
        i % 2 === 0 ? 'allowed' : 'refused',
      );
    }
    const same = () => false;
    for (let i = 0; i < 1_000; i++) {
      expect(responders.bind(same, policy()).lookUp(invented(i), undefined)).toBe('refused');
    }
  });

  it('origin that it has allowed: is called for every request, without a limit', async () => {
    const responders = sourcesWith(CACHE_SETTINGS);
    const ask = jest.fn(() => Promise.resolve(true));
    for (let i = 0; i < 5_000; i++) {
      await expect(responders.bind(ask, policy()).lookUp(fresh(1), 'acme')).resolves.toBe('allowed');
    }
    expect(ask).toHaveBeenCalledTimes(5_000);
  });

  it('origin that it allowed once and refuses now: has the budget of unknown origins', async () => {
    const reported: string[] = [];
    const responders = sourcesWith(CACHE_SETTINGS, ({ kind }) => reported.push(kind));
    let isAllowed = true;
    const ask = jest.fn(() => Promise.resolve(isAllowed));
    await responders.bind(ask, policy()).lookUp(fresh(1), undefined);
    isAllowed = false;
    for (let i = 0; i < 1_000; i++) {
      void responders.bind(ask, policy()).lookUp(fresh(1), undefined);
      await jest.advanceTimersByTimeAsync(0);
    }
    expect(ask.mock.calls.length).toBeLessThanOrEqual(within(5) + 1);
    expect(new Set(reported)).toEqual(new Set(['not-asked']));
  });

  it('failing function: is not called for a second, and the last failure is the result', async () => {
    const responders = sourcesWith(CACHE_SETTINGS);
    let isDown = false;
    const ask = jest.fn(() => (isDown ? Promise.reject(new Error('down')) : Promise.resolve(true)));
    await responders.bind(ask, policy()).lookUp(fresh(1), undefined);
    isDown = true;
    for (let i = 0; i < 1_000; i++) {
      await expect(Promise.resolve(responders.bind(ask, policy()).lookUp(fresh(1), undefined))).resolves.toBe('failed');
    }
    expect(ask.mock.calls.length).toBeLessThanOrEqual(within(1));
    isDown = false;
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(responders.bind(ask, policy()).lookUp(fresh(1), undefined)).resolves.toBe('allowed');
  });

  it('call that had to wait: runs in the AsyncLocalStorage of its own request', async () => {
    const requests = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const responders = new OriginResponders({ ...LOOKUP_SETTINGS, concurrency: 1 }, () => {});
    const ask = () => {
      seen.push(requests.getStore());
      return new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 10));
    };
    const results = ['one', 'two', 'three'].map((name) =>
      requests.run(name, () => responders.bind(ask, policy()).lookUp(fresh(1), undefined)),
    );
    await jest.advanceTimersByTimeAsync(100);
    await Promise.all(results);
    expect(seen).toEqual(['one', 'two', 'three']);
  });
});
