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

  it('looks fresh results up again before they are used', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    await cache.lookUp(KNOWN, undefined);
    jest.advanceTimersByTime(1);
    cache.changes.addGap();
    lookup.answer = () => Promise.resolve(false);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('refused');
    expect(cache.lookUp(KNOWN, undefined)).toBe('refused');
  });

  it('keeps the access of known origins when the lookup fails, without having everybody wait', async () => {
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

  it('does not use a result because of a failure from before the gap', async () => {
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

  it('forgets refusals', async () => {
    const lookup = new StagedLookup(() => Promise.resolve(false));
    const cache = cacheOf(lookup);
    await cache.lookUp(KNOWN, undefined);
    cache.changes.addGap();
    lookup.answer = () => Promise.resolve(true);
    await expect(cache.lookUp(KNOWN, undefined)).resolves.toBe('allowed');
  });

  it('looks up again what was under way when the gap came', async () => {
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
  ])('keeps no result that was under way when a change of %s came, too', async (_name, change) => {
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
  ])('is not allowed by an older result that arrives after %s', async (_name, answer, outcome) => {
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
  ])('ends access with %s that another gap came before, also when the store fails after it', async (_name, said) => {
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

  it('ends access with a refusal that comes after the deadline', async () => {
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

  it('keeps a newer result that allows when an older refusal arrives after it', async () => {
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
