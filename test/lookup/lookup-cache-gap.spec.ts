import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LookupCache } from '../../lib/lookup/lookup-cache.js';
import { CACHE_SETTINGS, StagedLookup, TIMEOUT, cacheOf } from './staged-lookup.js';

const KNOWN = 'https://known.example';

/** What a reconnected store says: changes may have gone unheard. */
describe('a cache after a gap', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('fresh results: are looked up again before they are used', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    await cache.lookUp(KNOWN, undefined);
    jest.advanceTimersByTime(1);
    cache.changes.addGap();
    lookup.answer = () => Promise.resolve(false);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('refused');
    expect(cache.lookUp(KNOWN, undefined)).toBe('refused');
  });

  it('lookup that fails: known origins keep their access, and only the first request waits', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    await cache.lookUp(KNOWN, undefined);
    jest.advanceTimersByTime(1);
    cache.changes.addGap();
    lookup.answer = () => Promise.reject(new Error('down'));
    jest.advanceTimersByTime(1);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('allowed');
    expect(cache.lookUp(KNOWN, undefined)).toBe('allowed');
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl + CACHE_SETTINGS.staleIfError);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('failed');
  });

  it('failure from before the gap: is not used', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    await cache.lookUp(KNOWN, undefined);
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl + CACHE_SETTINGS.staleWhileRevalidate);
    lookup.answer = () => Promise.reject(new Error('down'));
    await cache.lookUp(KNOWN, undefined);
    expect(cache.lookUp(KNOWN, undefined)).toBe('allowed');
    jest.advanceTimersByTime(1);
    cache.changes.addGap();
    lookup.answer = () => Promise.resolve(false);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('refused');
  });

  it('refusals: are removed', async () => {
    const lookup = new StagedLookup(() => Promise.resolve(false));
    const cache = cacheOf(lookup);
    await cache.lookUp(KNOWN, undefined);
    cache.changes.addGap();
    lookup.answer = () => Promise.resolve(true);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('allowed');
  });

  it('call under way when the gap came: is made again', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    const asked = cache.lookUp(KNOWN, undefined);
    cache.changes.addGap();
    await expect(asked).resolves.toBe('allowed');
    lookup.answer = () => Promise.resolve(false);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('refused');
  });

  it('keeps a result that was under way as a stale one: its origin is known when the lookup fails', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    const asked = cache.lookUp(KNOWN, undefined);
    cache.changes.addGap();
    await expect(asked).resolves.toBe('allowed');
    lookup.answer = () => Promise.reject(new Error('down'));
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('allowed');
    expect(cache.lookUp(KNOWN, undefined)).toBe('allowed');
    jest.advanceTimersByTime(CACHE_SETTINGS.ttl + CACHE_SETTINGS.staleIfError);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('failed');
  });

  it.each<[string, (cache: LookupCache) => void]>([
    ['its tenant and origin', (cache) => cache.changes.add({ origin: KNOWN, tenant: 'acme' })],
    ['its origin', (cache) => cache.changes.add({ origin: KNOWN })],
    ['everything', (cache) => cache.changes.add({})],
  ])('call under way when the gap and a change of %s came: its result is not cached', async (_name, change) => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    const asked = cache.lookUp(KNOWN, 'acme');
    cache.changes.addGap();
    change(cache);
    await expect(asked).resolves.toBe('allowed');
    lookup.answer = () => Promise.reject(new Error('down'));
    await expect(cache.lookUp(KNOWN, 'acme')).resolves.toBe('failed');
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a refusal', () => Promise.resolve(false), 'refused'],
    ['a failure', () => Promise.reject(new Error('down')), 'failed'],
  ])('older allowed result that arrives after %s: allows nothing', async (_name, answer, outcome) => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    lookup.answer = () => new Promise((resolve) => setTimeout(() => resolve(true), 500));
    const older = cache.lookUp(KNOWN, undefined);
    cache.changes.addGap();
    lookup.answer = answer;
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe(outcome);
    await jest.advanceTimersByTimeAsync(500);
    await expect(older).resolves.toBe('allowed');
    lookup.answer = () => Promise.reject(new Error('down'));
    jest.advanceTimersByTime(CACHE_SETTINGS.refusalTtl);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('failed');
  });

  it.each<[string, unknown]>([
    ['a refusal', false],
    ['a result that is no boolean', 'yes'],
  ])('%s that another gap came before: ends the access, also when the store fails afterwards', async (_name, said) => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    await cache.lookUp(KNOWN, undefined);
    cache.changes.addGap();
    lookup.answer = () => new Promise((resolve) => setTimeout(() => resolve(said), 500));
    const asked = cache.lookUp(KNOWN, undefined);
    cache.changes.addGap();
    await jest.advanceTimersByTimeAsync(500);
    await expect(asked).resolves.toBe(said === false ? 'refused' : 'not-boolean');
    lookup.answer = () => Promise.reject(new Error('down'));
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('failed');
    jest.advanceTimersByTime(CACHE_SETTINGS.retryInterval * 2);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('failed');
  });

  it('refusal that comes after the deadline: ends the access', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    await cache.lookUp(KNOWN, undefined);
    cache.changes.addGap();
    lookup.answer = () => new Promise((resolve) => setTimeout(() => resolve(false), TIMEOUT + 500));
    const asked = cache.lookUp(KNOWN, undefined);
    await jest.advanceTimersByTimeAsync(TIMEOUT);
    await expect(asked).resolves.toBe('allowed');
    await jest.advanceTimersByTimeAsync(500);
    lookup.answer = () => Promise.reject(new Error('down'));
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('failed');
  });

  it('older refusal that arrives after a newer allowed result: changes nothing', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    lookup.answer = () => new Promise((resolve) => setTimeout(() => resolve(false), 500));
    const older = cache.lookUp(KNOWN, undefined);
    cache.changes.addGap();
    lookup.answer = () => Promise.resolve(true);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('allowed');
    await jest.advanceTimersByTimeAsync(500);
    await expect(older).resolves.toBe('refused');
    expect(cache.lookUp(KNOWN, undefined)).toBe('allowed');
  });
});
