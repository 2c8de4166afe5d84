import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OriginResponders } from '../../lib/lookup/origin-responders.js';
import { policy } from '../decision/policies.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { CACHE_SETTINGS, StagedLookup, cacheOf } from './staged-lookup.js';

const ORIGIN = 'https://a.example';

describe('the cache of a lookup', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('test clock: can be moved by the tests', () => {
    const before = performance.now();
    jest.advanceTimersByTime(1_234);
    expect(performance.now() - before).toBe(1_234);
  });

  it.each([
    ['a grant', true, 'allowed'],
    ['a refusal', false, 'refused'],
    ['an answer that is no boolean', 'yes', 'not-boolean'],
  ])('%s: is cached, and returned synchronously', async (_name, said, expected) => {
    const lookup = new StagedLookup(() => Promise.resolve(said));
    const cache = cacheOf(lookup);
    const first = cache.lookUp(ORIGIN, undefined);
    expect(first).toBeInstanceOf(Promise);
    await expect(first).resolves.toBe(expected);
    expect(cache.lookUp(ORIGIN, undefined)).toBe(expected);
    expect(cache.lookUp(ORIGIN, undefined)).toBe(expected);
    expect(lookup.calls).toHaveLength(1);
    expect(cache.counts).toEqual({ hits: 2, stale: 0, calls: 1, failures: 0, notAsked: 0 });
  });

  it('allowed results and refusals: are cached for ttl and refusalTtl', async () => {
    const lookup = new StagedLookup((origin) => Promise.resolve(origin === ORIGIN));
    const cache = cacheOf(lookup, { staleWhileRevalidate: 0 });
    await cache.lookUp(ORIGIN, undefined);
    await cache.lookUp('https://evil.example', undefined);
    jest.advanceTimersByTime(CACHE_SETTINGS.refusalTtl - 1);
    expect(cache.lookUp('https://evil.example', undefined)).toBe('refused');
    jest.advanceTimersByTime(1);
    await expect(cache.lookUp('https://evil.example', undefined)).resolves.toBe('refused');
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl - CACHE_SETTINGS.refusalTtl - 1);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    jest.advanceTimersByTime(1);
    expect(cache.lookUp(ORIGIN, undefined)).toBeInstanceOf(Promise);
    expect(lookup.calls.map(({ origin }) => origin)).toEqual([
      ORIGIN,
      'https://evil.example',
      'https://evil.example',
      ORIGIN,
    ]);
  });

  it.each([
    [0, 1],
    [0.5, 0.9],
    [0.999_999, 0.8],
  ])('jitter: shortens ttl by a fraction, and never lengthens it: %d', async (random, share) => {
    jest.spyOn(Math, 'random').mockReturnValue(random);
    const cache = cacheOf(new StagedLookup(), { jitter: 0.2, staleWhileRevalidate: 0 });
    await cache.lookUp(ORIGIN, undefined);
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl * share - 1);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    jest.advanceTimersByTime(2);
    expect(cache.lookUp(ORIGIN, undefined)).toBeInstanceOf(Promise);
  });

  it('slow call: the age of its result counts from its start, because the row may go meanwhile', async () => {
    const lookup = new StagedLookup(() => new Promise((resolve) => setTimeout(() => resolve(true), 900)));
    const cache = cacheOf(lookup, { staleWhileRevalidate: 0 });
    const first = cache.lookUp(ORIGIN, undefined);
    await jest.advanceTimersByTimeAsync(900);
    await expect(first).resolves.toBe('allowed');
    expect(cache.cached(ORIGIN, undefined)).toEqual({ from: 'cache', age: 900 });
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl - 901);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    jest.advanceTimersByTime(1);
    expect(cache.lookUp(ORIGIN, undefined)).toBeInstanceOf(Promise);
  });

  it('a thousand requests at the same time: cause one call', async () => {
    const lookup = new StagedLookup(() => Promise.resolve(true));
    const cache = cacheOf(lookup, { missesPerSecond: 1 });
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => cache.lookUp(ORIGIN, 'acme')));
    expect(new Set(answers)).toEqual(new Set(['allowed']));
    expect(lookup.calls).toEqual([{ origin: ORIGIN, tenant: 'acme' }]);
    expect(cache.sizes).toEqual({ origins: 1, refusals: 0, pending: 0 });
  });

  it('origins and tenants, none and an empty name included: are told apart', async () => {
    const lookup = new StagedLookup(() => Promise.resolve(true));
    const cache = cacheOf(lookup);
    for (const tenant of [undefined, '', 'a', 'b', 'a'.repeat(500), 'b'.repeat(500)]) {
      await cache.lookUp(ORIGIN, tenant);
      await cache.lookUp('https://b.example', tenant);
    }
    expect(lookup.calls).toHaveLength(12);
    expect(cache.sizes.origins).toBe(12);
  });

  it('cached results: hold no timer', async () => {
    const cache = cacheOf(new StagedLookup((origin) => Promise.resolve(origin === ORIGIN)));
    await cache.lookUp(ORIGIN, undefined);
    await cache.lookUp('https://evil.example', undefined);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('query of the cache: says what is cached, and how old, without a call', async () => {
    const lookup = new StagedLookup((origin) => Promise.resolve(origin === ORIGIN));
    const cache = cacheOf(lookup);
    expect(cache.cached(ORIGIN, undefined)).toBeUndefined();
    await cache.lookUp(ORIGIN, undefined);
    await cache.lookUp('https://evil.example', undefined);
    jest.advanceTimersByTime(1_500);
    expect(cache.cached(ORIGIN, undefined)).toEqual({ from: 'cache', age: 1_500 });
    expect(cache.cached('https://evil.example', undefined)).toEqual({ from: 'cache', age: 1_500 });
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl + CACHE_SETTINGS.staleWhileRevalidate - 1_500);
    expect(cache.cached(ORIGIN, undefined)).toBeUndefined();
    expect(cache.cached('https://evil.example', undefined)).toBeUndefined();
    expect(lookup.calls).toHaveLength(2);
  });

  it('lookup call: runs outside the AsyncLocalStorage of any request', async () => {
    const requests = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const lookup = new StagedLookup(async () => {
      seen.push(requests.getStore());
      await Promise.resolve();
      seen.push(requests.getStore());
      return true;
    });
    const responders = new OriginResponders({ ...LOOKUP_SETTINGS, cache: CACHE_SETTINGS }, () => {});
    await requests.run('first request', () => responders.bind(lookup, policy()).lookUp(ORIGIN, undefined));
    await requests.run('second request', () =>
      responders.bind(lookup, policy()).lookUp('https://b.example', undefined),
    );
    expect(seen).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('waiting requests: stay in their own AsyncLocalStorage', async () => {
    const requests = new AsyncLocalStorage<string>();
    const cache = cacheOf(new StagedLookup());
    const inRequest = (name: string) =>
      requests.run(name, async () => {
        await cache.lookUp(ORIGIN, undefined);
        return requests.getStore();
      });
    await expect(Promise.all([inRequest('one'), inRequest('two')])).resolves.toEqual(['one', 'two']);
  });
});
