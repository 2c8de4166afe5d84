import { describe, expect, it } from '@jest/globals';
import { catalogOf, hintsOf, problemsOf } from './catalog.js';

describe('the cache option', () => {
  it('left out: has the documented defaults', () => {
    const defaults = {
      ttl: 30_000,
      refusalTtl: 5_000,
      jitter: 0.1,
      staleWhileRevalidate: 30_000,
      staleIfError: 600_000,
      retryInterval: 1_000,
      maxOrigins: 50_000,
      maxRefusals: 10_000,
      missesPerSecond: 100,
    };
    for (const options of [{}, { cache: undefined }, { cache: {} }, { cache: { ttl: undefined } }]) {
      expect(problemsOf(options)).toEqual([]);
      expect(catalogOf(options).lookups.cache).toEqual(defaults);
    }
  });

  it('some options: are taken, and the defaults complete them', () => {
    const { cache } = catalogOf({ cache: { ttl: 1, jitter: 0, staleIfError: 0, maxOrigins: 10_000_000 } }).lookups;
    expect(cache).toMatchObject({ ttl: 1, jitter: 0, staleIfError: 0, maxOrigins: 10_000_000, refusalTtl: 5_000 });
  });

  it('fraction and string: a fraction is accepted where no integer is needed, a string is not', () => {
    expect(problemsOf({ cache: { jitter: 0.25 } })).toEqual([]);
    expect(catalogOf({ cache: { jitter: 0.25 } }).lookups.cache).toMatchObject({ jitter: 0.25 });
    expect(problemsOf({ cache: { jitter: '0.25' } }).map(({ code, value }) => [code, value])).toEqual([
      ['out-of-range', '0.25'],
    ]);
  });

  it('false: turns the cache off', () => {
    expect(catalogOf({ cache: false }).lookups.cache).toBeUndefined();
    expect(problemsOf({ cache: false })).toEqual([]);
  });

  it.each([true, null, 30_000, 'off', []])('%j: is reported', (cache) => {
    expect(hintsOf({ cache })).toEqual([
      ['invalid-value', 'cache', expect.stringContaining('false, or an object such as { ttl: 30000 }')],
    ]);
  });

  it.each<[string, unknown, string]>([
    ['ttl', 0, 'Write 30000, or leave it out.'],
    ['ttl', 86_400_001, 'Write 30000, or leave it out.'],
    ['ttl', '30s', 'Write 30000, or leave it out.'],
    ['ttl', null, 'Write 30000, or leave it out.'],
    ['refusalTtl', Number.NaN, 'Write 5000, or leave it out.'],
    ['staleWhileRevalidate', -1, 'Write 30000, or leave it out.'],
    ['staleIfError', Infinity, 'Write 600000, or leave it out.'],
    ['retryInterval', 0.5, 'Write 1000, or leave it out.'],
    ['jitter', 1.01, 'Write 0.1, or leave it out.'],
    ['jitter', -0.1, 'Write 0.1, or leave it out.'],
    ['maxOrigins', 0, 'Write 50000, or leave it out.'],
    ['maxRefusals', 1.5, 'Write 10000, or leave it out.'],
    ['missesPerSecond', 0, 'Write 100, or leave it out.'],
  ])('%s of %p: is reported, and the default counts', (name, value, hint) => {
    const options = { cache: { [name]: value } };
    expect(hintsOf(options)).toEqual([['out-of-range', `cache.${name}`, hint]]);
    expect(catalogOf(options).lookups.cache).toEqual(catalogOf({}).lookups.cache);
  });

  it('unknown option: is named, with the nearest known one', () => {
    expect(hintsOf({ cache: { tttl: 1 } })).toEqual([['unknown-option', 'cache.tttl', expect.stringContaining('ttl')]]);
  });
});

describe('the lists option', () => {
  it('left out: has the documented defaults', () => {
    const defaults = { refreshInterval: 60_000, jitter: 0.1, loadTimeout: 30_000, onBootFailure: 'fail' };
    expect(catalogOf({}).lookups.lists).toEqual(defaults);
    expect(catalogOf({ lists: {} }).lookups.lists).toEqual(defaults);
  });

  it('options: are taken', () => {
    const lists = { refreshInterval: 100, jitter: 1, loadTimeout: 1, onBootFailure: 'start-closed' };
    expect(catalogOf({ lists }).lookups.lists).toEqual(lists);
    expect(problemsOf({ lists })).toEqual([]);
  });

  it('several mistakes: are all reported', () => {
    expect(
      hintsOf({ lists: { refreshInterval: 99, loadTimeout: '30s', onBootFailure: 'ignore', interval: 1 } }).map(
        ([code, path]) => [code, path],
      ),
    ).toEqual(
      expect.arrayContaining([
        ['out-of-range', 'lists.refreshInterval'],
        ['out-of-range', 'lists.loadTimeout'],
        ['invalid-value', 'lists.onBootFailure'],
        ['unknown-option', 'lists.interval'],
      ]),
    );
  });

  it.each([false, null, 'off'])('%j: is reported, because lists are always read', (lists) => {
    expect(hintsOf({ lists })).toEqual([
      ['invalid-value', 'lists', expect.stringContaining('an object such as { refreshInterval: 60000 }')],
    ]);
    expect(catalogOf({ lists }).lookups.lists.onBootFailure).toBe('fail');
  });
});

describe('the lookupConcurrency option', () => {
  it('left out or set: is 100 calls, or the given number', () => {
    expect(catalogOf({}).lookups.concurrency).toBe(100);
    expect(catalogOf({ lookupConcurrency: 7 }).lookups.concurrency).toBe(7);
  });

  it.each([0, 10_001, 1.5, '10', null])('%j: is reported', (lookupConcurrency) => {
    expect(hintsOf({ lookupConcurrency })).toEqual([
      ['out-of-range', 'lookupConcurrency', 'Write 100, or leave it out.'],
    ]);
  });
});

describe('the number of calls about unknown origins', () => {
  it("with and without a cache: is the cache's number, or its default", () => {
    expect(catalogOf({ cache: { missesPerSecond: 7 } }).lookups.missesPerSecond).toBe(7);
    expect(catalogOf({ cache: false }).lookups.missesPerSecond).toBe(100);
  });
});
