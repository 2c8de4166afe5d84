import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LookupCache } from '../../lib/lookup/lookup-cache.js';
import { CACHE_SETTINGS, StagedLookup, TIMEOUT, cacheOf } from './staged-lookup.js';

const ORIGIN = 'https://a.example';
const { ttl, staleWhileRevalidate, staleIfError, retryInterval } = CACHE_SETTINGS;

/** Ways in which a lookup is out of order. */
const OUTAGES: readonly (readonly [string, () => unknown])[] = [
  ['rejects', () => Promise.reject(new Error('database is down'))],
  [
    'throws',
    () => {
      throw new Error('no connection');
    },
  ],
  ['is silent', () => new Promise(() => {})],
];

describe('an allowed result beyond its ttl', () => {
  let lookup: StagedLookup;
  let cache: LookupCache;

  /** The answer, after as long as it may take. */
  async function answer(): Promise<string> {
    const given = Promise.resolve(cache.lookUp(ORIGIN, undefined));
    await jest.advanceTimersByTimeAsync(TIMEOUT);
    return given;
  }

  beforeEach(async () => {
    jest.useFakeTimers();
    lookup = new StagedLookup();
    cache = cacheOf(lookup);
    await cache.lookUp(ORIGIN, undefined);
    lookup.calls.length = 0;
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('within staleWhileRevalidate: is used at once while one call renews it, and is fresh afterwards', async () => {
    let settle: (allowed: boolean) => void = () => {};
    lookup.answer = () => new Promise((resolve) => (settle = resolve));
    jest.advanceTimersByTime(ttl);
    for (let i = 0; i < 100; i++) {
      expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    }
    expect(lookup.calls).toHaveLength(1);
    expect(cache.counts).toMatchObject({ stale: 100, calls: 2 });
    settle(true);
    await jest.advanceTimersByTimeAsync(0);
    jest.advanceTimersByTime(ttl - 1);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    expect(cache.counts).toMatchObject({ hits: 1, stale: 100, calls: 2 });
  });

  it.each([
    ['allows', () => Promise.resolve(true), 'allowed', ttl],
    ['refuses', () => Promise.resolve(false), 'refused', ttl + staleWhileRevalidate],
    ['rejects', () => Promise.reject(new Error('database is down')), 'failed', ttl],
    ['rejects later', () => Promise.reject(new Error('database is down')), 'failed', ttl + staleWhileRevalidate],
  ])('request that needs a fresh result: is not used, and the lookup %s', async (_how, result, expected, age) => {
    lookup.answer = result;
    expect(cache.lookUp(ORIGIN, undefined, true)).toBe('allowed');
    jest.advanceTimersByTime(age);
    await expect(cache.lookUp(ORIGIN, undefined, true)).resolves.toBe(expected);
    expect(lookup.calls).toHaveLength(1);
  });

  it('refusal in the background: ends the access', async () => {
    lookup.answer = () => Promise.resolve(false);
    jest.advanceTimersByTime(ttl);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    await jest.advanceTimersByTimeAsync(0);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('refused');
    expect(cache.sizes).toEqual({ origins: 0, refusals: 1, pending: 0 });
  });

  it('machine that has slept: is older by that time, though the monotonic clock stood still', async () => {
    await cache.lookUp('https://slept.example', undefined);
    jest.setSystemTime(Date.now() + CACHE_SETTINGS.ttl + CACHE_SETTINGS.staleWhileRevalidate);
    lookup.answer = () => Promise.resolve(false);
    await expect(Promise.resolve(cache.lookUp('https://slept.example', undefined))).resolves.toBe('refused');
  });

  it('unused for longer than staleWhileRevalidate: the next request waits for the call', async () => {
    lookup.answer = () => Promise.resolve(false);
    jest.advanceTimersByTime(ttl + staleWhileRevalidate);
    await expect(cache.lookUp(ORIGIN, undefined)).resolves.toBe('refused');
  });

  it.each(OUTAGES)('lookup %s: the origin keeps its access for staleIfError, and no longer', async (_, fail) => {
    lookup.answer = fail;
    jest.advanceTimersByTime(ttl + staleWhileRevalidate);
    await expect(answer()).resolves.toBe('allowed');
    jest.advanceTimersByTime(staleIfError - staleWhileRevalidate - 2 * TIMEOUT - 1);
    await expect(answer()).resolves.toBe('allowed');
    jest.advanceTimersByTime(TIMEOUT + 1);
    await expect(answer()).resolves.toMatch(/^(?:failed|timed-out)$/);
    await expect(answer()).resolves.toMatch(/^(?:failed|timed-out)$/);
  });

  it('staleIfError over when the lookup call failed: allows nothing', async () => {
    lookup.answer = () => new Promise(() => {});
    jest.advanceTimersByTime(ttl + staleIfError - 1);
    await expect(answer()).resolves.toBe('timed-out');
  });

  it.each(OUTAGES)('lookup that %s: is not called for retryInterval, and once after that', async (_, fail) => {
    lookup.answer = fail;
    jest.advanceTimersByTime(ttl);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    await jest.advanceTimersByTimeAsync(TIMEOUT);
    for (let round = 2; round < 6; round++) {
      // From the end of silence, half as long again at most.
      await jest.advanceTimersByTimeAsync(retryInterval * 1.5);
      expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
      expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
      expect(lookup.calls).toHaveLength(round);
      await jest.advanceTimersByTimeAsync(TIMEOUT);
    }
  });

  it('failed call: is not repeated before retryInterval is over', async () => {
    lookup.answer = () => Promise.reject(new Error('no'));
    jest.advanceTimersByTime(ttl);
    cache.lookUp(ORIGIN, undefined);
    await jest.advanceTimersByTimeAsync(0);
    jest.advanceTimersByTime(retryInterval - 1);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    expect(lookup.calls).toHaveLength(1);
  });

  it('end of the outage: is fresh for a whole ttl', async () => {
    lookup.answer = () => Promise.reject(new Error('no'));
    jest.advanceTimersByTime(ttl + staleWhileRevalidate);
    await expect(answer()).resolves.toBe('allowed');
    jest.advanceTimersByTime(30_000);
    lookup.answer = () => Promise.resolve(true);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    await jest.advanceTimersByTimeAsync(0);
    lookup.calls.length = 0;
    jest.advanceTimersByTime(ttl - 1);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    expect(lookup.calls).toEqual([]);
  });

  it.each([
    ['a refusal', () => Promise.resolve(false), 'refused'],
    ['an answer that is no boolean', () => Promise.resolve('yes'), 'not-boolean'],
    ['a refusal without a promise', () => false, 'refused'],
  ])('%s in the middle of an outage: ends the access', async (_name, said, expected) => {
    lookup.answer = () => Promise.reject(new Error('no'));
    jest.advanceTimersByTime(ttl + staleWhileRevalidate);
    await expect(answer()).resolves.toBe('allowed');
    jest.advanceTimersByTime(2 * retryInterval);
    lookup.answer = said;
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    await jest.advanceTimersByTimeAsync(0);
    await expect(answer()).resolves.toBe(expected);
    lookup.answer = () => Promise.reject(new Error('no'));
    jest.advanceTimersByTime(CACHE_SETTINGS.refusalTtl);
    await expect(answer()).resolves.toBe('failed');
  });
});

describe('an unknown origin that the lookup fails for', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('retryInterval: is refused without another call until it is over, and allowed then', async () => {
    jest.useFakeTimers();
    const lookup = new StagedLookup(() => Promise.reject(new Error('no')));
    const cache = cacheOf(lookup);
    await expect(cache.lookUp(ORIGIN, undefined)).resolves.toBe('failed');
    lookup.answer = () => Promise.resolve(true);
    jest.advanceTimersByTime(retryInterval - 1);
    expect(cache.lookUp(ORIGIN, undefined)).toBe('failed');
    jest.advanceTimersByTime(1);
    await expect(cache.lookUp(ORIGIN, undefined)).resolves.toBe('allowed');
    expect(cache.lookUp(ORIGIN, undefined)).toBe('allowed');
    expect(cache.counts.failures).toBe(1);
    expect(cache.sizes).toEqual({ origins: 1, refusals: 0, pending: 0 });
  });
});

describe.each(OUTAGES)('a report of a lookup that %s', (_how, outage) => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('known or unknown origin: says whether the origin keeps its access', async () => {
    const reports: unknown[] = [];
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, {}, (_subject, failure) => {
      reports.push('keepsAccess' in failure && failure.keepsAccess === true);
    });
    const askAt = async (origin: string): Promise<string> => {
      const given = Promise.resolve(cache.lookUp(origin, undefined));
      await jest.advanceTimersByTimeAsync(TIMEOUT);
      return given;
    };
    await askAt(ORIGIN);
    lookup.answer = outage;
    expect(await askAt('https://unknown.example')).not.toBe('allowed');
    await jest.advanceTimersByTimeAsync(ttl + staleWhileRevalidate);
    expect(await askAt(ORIGIN)).toBe('allowed');
    await jest.advanceTimersByTimeAsync(staleIfError);
    expect(await askAt(ORIGIN)).not.toBe('allowed');
    expect(reports).toEqual([false, true, false]);
  });
});
