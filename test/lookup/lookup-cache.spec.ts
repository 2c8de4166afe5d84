import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OriginSources } from '../../lib/lookup/origin-sources.js';
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

  it('runs on a clock that these tests can turn', () => {
    const before = performance.now();
    jest.advanceTimersByTime(1_234);
    expect(performance.now() - before).toBe(1_234);
  });

  it.each([
    ['a grant', true, 'allowed'],
    ['a refusal', false, 'refused'],
    ['an answer that is no boolean', 'yes', 'not-boolean'],
  ])('keeps %s, and gives it synchronously', async (_name, said, expected) => {
    const lookup = new StagedLookup(() => Promise.resolve(said));
    const cache = cacheOf(lookup);
    const first = cache.ask(ORIGIN, undefined);
    expect(first).toBeInstanceOf(Promise);
    await expect(first).resolves.toBe(expected);
    expect(cache.ask(ORIGIN, undefined)).toBe(expected);
    expect(cache.ask(ORIGIN, undefined)).toBe(expected);
    expect(lookup.questions).toHaveLength(1);
    expect(cache.counts).toEqual({ hits: 2, stale: 0, questions: 1, failures: 0, notAsked: 0 });
  });

  it('keeps grants for ttl, and refusals for refusalTtl', async () => {
    const lookup = new StagedLookup((origin) => Promise.resolve(origin === ORIGIN));
    const cache = cacheOf(lookup, { staleWhileRevalidate: 0 });
    await cache.ask(ORIGIN, undefined);
    await cache.ask('https://evil.example', undefined);
    jest.advanceTimersByTime(CACHE_SETTINGS.refusalTtl - 1);
    expect(cache.ask('https://evil.example', undefined)).toBe('refused');
    jest.advanceTimersByTime(1);
    await expect(cache.ask('https://evil.example', undefined)).resolves.toBe('refused');
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl - CACHE_SETTINGS.refusalTtl - 1);
    expect(cache.ask(ORIGIN, undefined)).toBe('allowed');
    jest.advanceTimersByTime(1);
    expect(cache.ask(ORIGIN, undefined)).toBeInstanceOf(Promise);
    expect(lookup.questions.map(({ origin }) => origin)).toEqual([
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
  ])('shortens ttl by a share of jitter, and never lengthens it: %d', async (random, share) => {
    jest.spyOn(Math, 'random').mockReturnValue(random);
    const cache = cacheOf(new StagedLookup(), { jitter: 0.2, staleWhileRevalidate: 0 });
    await cache.ask(ORIGIN, undefined);
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl * share - 1);
    expect(cache.ask(ORIGIN, undefined)).toBe('allowed');
    jest.advanceTimersByTime(2);
    expect(cache.ask(ORIGIN, undefined)).toBeInstanceOf(Promise);
  });

  it('counts the age of a grant from its question, as the row may have gone while the answer was on its way', async () => {
    const lookup = new StagedLookup(() => new Promise((resolve) => setTimeout(() => resolve(true), 900)));
    const cache = cacheOf(lookup, { staleWhileRevalidate: 0 });
    const first = cache.ask(ORIGIN, undefined);
    await jest.advanceTimersByTimeAsync(900);
    await expect(first).resolves.toBe('allowed');
    expect(cache.kept(ORIGIN, undefined)).toEqual({ from: 'cache', age: 900 });
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl - 901);
    expect(cache.ask(ORIGIN, undefined)).toBe('allowed');
    jest.advanceTimersByTime(1);
    expect(cache.ask(ORIGIN, undefined)).toBeInstanceOf(Promise);
  });

  it('puts one question for a thousand who have it at the same time', async () => {
    const lookup = new StagedLookup(() => Promise.resolve(true));
    const cache = cacheOf(lookup, { missesPerSecond: 1 });
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => cache.ask(ORIGIN, 'acme')));
    expect(new Set(answers)).toEqual(new Set(['allowed']));
    expect(lookup.questions).toEqual([{ origin: ORIGIN, tenant: 'acme' }]);
    expect(cache.sizes).toEqual({ origins: 1, refusals: 0, pending: 0 });
  });

  it('tells origins and tenants apart, having none and having an empty name included', async () => {
    const lookup = new StagedLookup(() => Promise.resolve(true));
    const cache = cacheOf(lookup);
    for (const tenant of [undefined, '', 'a', 'b', 'a'.repeat(500), 'b'.repeat(500)]) {
      await cache.ask(ORIGIN, tenant);
      await cache.ask('https://b.example', tenant);
    }
    expect(lookup.questions).toHaveLength(12);
    expect(cache.sizes.origins).toBe(12);
  });

  it('holds no timer for what it keeps', async () => {
    const cache = cacheOf(new StagedLookup((origin) => Promise.resolve(origin === ORIGIN)));
    await cache.ask(ORIGIN, undefined);
    await cache.ask('https://evil.example', undefined);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('says what it has kept, and how old that is, without asking', async () => {
    const lookup = new StagedLookup((origin) => Promise.resolve(origin === ORIGIN));
    const cache = cacheOf(lookup);
    expect(cache.kept(ORIGIN, undefined)).toBeUndefined();
    await cache.ask(ORIGIN, undefined);
    await cache.ask('https://evil.example', undefined);
    jest.advanceTimersByTime(1_500);
    expect(cache.kept(ORIGIN, undefined)).toEqual({ from: 'cache', age: 1_500 });
    expect(cache.kept('https://evil.example', undefined)).toEqual({ from: 'cache', age: 1_500 });
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl + CACHE_SETTINGS.staleWhileRevalidate - 1_500);
    expect(cache.kept(ORIGIN, undefined)).toBeUndefined();
    expect(cache.kept('https://evil.example', undefined)).toBeUndefined();
    expect(lookup.questions).toHaveLength(2);
  });

  it('asks outside the AsyncLocalStorage of the request that comes first, and of all that follow', async () => {
    const requests = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const lookup = new StagedLookup(async () => {
      seen.push(requests.getStore());
      await Promise.resolve();
      seen.push(requests.getStore());
      return true;
    });
    const sources = new OriginSources({ ...LOOKUP_SETTINGS, cache: CACHE_SETTINGS }, () => {});
    await requests.run('first request', () => sources.ask(lookup, policy(), ORIGIN, undefined));
    await requests.run('second request', () => sources.ask(lookup, policy(), 'https://b.example', undefined));
    expect(seen).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('leaves those who wait in their own AsyncLocalStorage', async () => {
    const requests = new AsyncLocalStorage<string>();
    const cache = cacheOf(new StagedLookup());
    const inRequest = (name: string) =>
      requests.run(name, async () => {
        await cache.ask(ORIGIN, undefined);
        return requests.getStore();
      });
    await expect(Promise.all([inRequest('one'), inRequest('two')])).resolves.toEqual(['one', 'two']);
  });
});
