import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LookupFailureLog } from '../../lib/logging/lookup-failure-log.js';
import { CACHE_SETTINGS, StagedLookup, cacheOf } from './staged-lookup.js';

const KNOWN = 'https://known.example';
const isGood = (origin: string) => origin === KNOWN || origin.startsWith('https://good-');
const invented = (number: number) => `https://evil-${number}.example`;

describe('a flood of invented origins', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('displaces no allowed result, and is bounded in memory: 100,000 of them', async () => {
    const lookup = new StagedLookup((origin) => Promise.resolve(isGood(origin)));
    const cache = cacheOf(lookup, { maxOrigins: 10, maxRefusals: 20, missesPerSecond: 1_000_000, ttl: 1e6 });
    for (let i = 0; i < 10; i++) {
      await cache.lookUp(`https://good-${i}.example`, undefined);
    }
    for (let i = 0; i < 100_000; i++) {
      await cache.lookUp(invented(i), undefined);
    }
    expect(cache.sizes).toEqual({ origins: 10, refusals: 20, pending: 0 });
    for (let i = 0; i < 10; i++) {
      expect(cache.lookUp(`https://good-${i}.example`, undefined)).toBe('allowed');
    }
  });

  it('more allowed origins than maxOrigins: displaces the least recently used results', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { maxOrigins: 2 });
    await cache.lookUp('https://good-1.example', undefined);
    await cache.lookUp('https://good-2.example', undefined);
    cache.lookUp('https://good-1.example', undefined);
    await cache.lookUp('https://good-3.example', undefined);
    expect(cache.lookUp('https://good-1.example', undefined)).toBe('allowed');
    expect(cache.lookUp('https://good-2.example', undefined)).toBeInstanceOf(Promise);
  });

  it('beyond the budget: is refused without a call, with one line in the log', async () => {
    const lines: string[] = [];
    const log = new LookupFailureLog({ warn: (line) => lines.push(line), error: (line) => lines.push(line) });
    const lookup = new StagedLookup((origin) => Promise.resolve(isGood(origin)));
    const cache = cacheOf(lookup, { missesPerSecond: 5 }, log.report);
    for (let i = 0; i < 1_000; i++) {
      await cache.lookUp(invented(i), undefined);
    }
    expect(lookup.calls).toHaveLength(50);
    expect(cache.lookUp(invented(1_000), undefined)).toBe('not-asked');
    expect(cache.counts).toEqual({ hits: 0, stale: 0, calls: 50, failures: 0, notAsked: 951 });
    expect(lines).toEqual([
      'Requests from unknown origins needed more than 5 calls a second of Origins (cache.missesPerSecond), so the other unknown origins were refused without a call',
    ]);
    jest.advanceTimersByTime(1_000);
    for (let i = 2_000; i < 2_100; i++) {
      await cache.lookUp(invented(i), undefined);
    }
    expect(lookup.calls).toHaveLength(55);
  });

  it('known origins: have a budget of their own, and are served', async () => {
    const lookup = new StagedLookup((origin) => Promise.resolve(isGood(origin)));
    const cache = cacheOf(lookup, { missesPerSecond: 1 });
    await cache.lookUp(KNOWN, undefined);
    for (let second = 0; second < 120; second++) {
      for (let i = 0; i < 20; i++) {
        await cache.lookUp(invented(second * 20 + i), undefined);
      }
      await expect(Promise.resolve(cache.lookUp(KNOWN, undefined))).resolves.toBe('allowed');
      jest.advanceTimersByTime(1_000);
    }
    const about = lookup.calls.filter(({ origin }) => origin === KNOWN);
    expect(about.length).toBeGreaterThan(5);
  });

  it('origin that was allowed long ago and is still cached: is served', async () => {
    const lookup = new StagedLookup((origin) => Promise.resolve(isGood(origin)));
    const cache = cacheOf(lookup, { missesPerSecond: 1 });
    await cache.lookUp(KNOWN, undefined);
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl + CACHE_SETTINGS.staleIfError);
    for (let i = 0; i < 20; i++) {
      await cache.lookUp(invented(i), undefined);
    }
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('allowed');
  });

  it('does not cache a refusal for lack of budget: the origin is looked up as soon as there is some', async () => {
    const lookup = new StagedLookup((origin) => Promise.resolve(isGood(origin)));
    const cache = cacheOf(lookup, { missesPerSecond: 1 });
    for (let i = 0; i < 20; i++) {
      await cache.lookUp(invented(i), undefined);
    }
    expect(cache.lookUp(KNOWN, undefined)).toBe('not-asked');
    jest.advanceTimersByTime(1_000);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('allowed');
  });
});

describe('ordinary traffic', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('first calls: ten seconds worth are made at once', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { missesPerSecond: 100 });
    for (let i = 0; i < 1_000; i++) {
      await expect(cache.lookUp(`https://good-${i}.example`, undefined)).resolves.toBe('allowed');
    }
    expect(cache.counts.notAsked).toBe(0);
  });

  it('many calls that are taken back at once: leave the budget of known origins', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { missesPerSecond: 1, staleIfError: 200_000 });
    for (let i = 0; i < 100; i++) {
      await cache.lookUp(`https://good-${i}.example`, undefined);
      jest.advanceTimersByTime(1_000);
    }
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl + CACHE_SETTINGS.staleWhileRevalidate);
    lookup.answer = () => Promise.resolve(false);
    for (let i = 0; i < 100; i++) {
      await expect(cache.lookUp(`https://good-${i}.example`, undefined)).resolves.toBe('refused');
    }
  });
});

describe('a lookup that returns synchronously', () => {
  it('each request: is a call, and no result is cached', () => {
    const lookup = new StagedLookup(isGood);
    const cache = cacheOf(lookup);
    for (let i = 0; i < 10; i++) {
      expect(cache.lookUp(KNOWN, undefined)).toBe('allowed');
      expect(cache.lookUp(invented(1), undefined)).toBe('refused');
    }
    expect(lookup.calls).toHaveLength(20);
    expect(cache.sizes).toEqual({ origins: 0, refusals: 0, pending: 0 });
    expect(cache.cached(KNOWN, undefined)).toBeUndefined();
  });

  it('has no budget: a flood of invented origins reaches no database, and does not cost a good one its access', () => {
    const lookup = new StagedLookup(isGood);
    const cache = cacheOf(lookup, { missesPerSecond: 1 });
    for (let i = 0; i < 1_000; i++) {
      expect(cache.lookUp(invented(i), undefined)).toBe('refused');
      expect(cache.lookUp(KNOWN, undefined)).toBe('allowed');
    }
  });

  it('result that an earlier promise left in the cache: is removed', async () => {
    jest.useFakeTimers();
    try {
      const lookup = new StagedLookup((origin) => Promise.resolve(isGood(origin)));
      const cache = cacheOf(lookup);
      await cache.lookUp(KNOWN, undefined);
      jest.advanceTimersByTime(CACHE_SETTINGS.ttl + CACHE_SETTINGS.staleWhileRevalidate);
      lookup.answer = () => false;
      expect(cache.lookUp(KNOWN, undefined)).toBe('refused');
      lookup.answer = () => Promise.reject(new Error('no'));
      await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('failed');
    } finally {
      jest.useRealTimers();
    }
  });
});
