import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LookupFailureLog } from '../../lib/logging/lookup-failure-log.js';
import { OriginResponders } from '../../lib/lookup/origin-responders.js';
import { policy } from '../decision/policies.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { CACHE_SETTINGS, StagedLookup, TIMEOUT, cacheOf } from './staged-lookup.js';

const { ttl, staleWhileRevalidate, staleIfError, retryInterval } = CACHE_SETTINGS;
const HORIZON = ttl + staleWhileRevalidate;
const known = (index: number) => `https://known-${index}.example`;
const after = (ms: number, result: unknown) => new Promise((resolve) => setTimeout(() => resolve(result), ms));
const silence = () => new Promise(() => {});

/** A lookup that counts how many of its calls are under way. */
class BusyLookup extends StagedLookup {
  underWay = 0;
  most = 0;

  override isOriginAllowed(origin: string, context: Parameters<StagedLookup['isOriginAllowed']>[1]): boolean {
    this.most = Math.max(this.most, ++this.underWay);
    const result = super.isOriginAllowed(origin, context) as unknown as Promise<boolean>;
    return result.finally(() => this.underWay--) as unknown as boolean;
  }
}

async function learn(cache: ReturnType<typeof cacheOf>, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await cache.lookUp(known(i), undefined);
  }
}

function useFakeTimers(): void {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
}

describe('calls of one lookup', () => {
  useFakeTimers();

  it('more calls than `concurrency`: wait for their turn', async () => {
    const lookup = new BusyLookup(() => after(10, true));
    const cache = cacheOf(lookup, {}, undefined, { concurrency: 4 });
    const results = Promise.all(Array.from({ length: 90 }, (_, i) => cache.lookUp(known(i), undefined)));
    await jest.advanceTimersByTimeAsync(300);
    expect(new Set(await results)).toEqual(new Set(['allowed']));
    // One place in four is kept for known origins.
    expect(lookup.most).toBe(3);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waiting calls: are made for known origins first, the oldest first', async () => {
    const lookup = new StagedLookup(() => Promise.resolve(true));
    const cache = cacheOf(lookup, {}, undefined, { concurrency: 1 });
    await learn(cache, 3);
    await jest.advanceTimersByTimeAsync(HORIZON);
    lookup.calls.length = 0;
    lookup.answer = () => after(10, true);
    const order = [
      'https://first.example',
      'https://new-1.example',
      known(2),
      'https://new-2.example',
      known(0),
      known(1),
    ];
    const results = Promise.all(order.map((origin) => cache.lookUp(origin, undefined)));
    await jest.advanceTimersByTimeAsync(100);
    expect(new Set(await results)).toEqual(new Set(['allowed']));
    expect(lookup.calls.map(({ origin }) => origin)).toEqual([
      'https://first.example',
      known(2),
      known(0),
      known(1),
      'https://new-1.example',
      'https://new-2.example',
    ]);
  });

  it('lookup object that many policies name: has one limit', async () => {
    const lookup = new BusyLookup(() => after(10, true));
    const responders = new OriginResponders({ ...LOOKUP_SETTINGS, concurrency: 2 }, () => {});
    const results = Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        responders.bind(lookup, policy({ name: `p${i}` })).lookUp(known(i), undefined),
      ),
    );
    await jest.advanceTimersByTimeAsync(200);
    expect(new Set(await results)).toEqual(new Set(['allowed']));
    expect(lookup.most).toBe(2);
  });

  it('lookup with a `concurrency` of its own: has that limit', async () => {
    const lookup = Object.assign(new BusyLookup(() => after(10, true)), { concurrency: 3 });
    const responders = new OriginResponders(LOOKUP_SETTINGS, () => {});
    void Promise.all(
      Array.from({ length: 20 }, (_, i) => responders.bind(lookup, policy()).lookUp(known(i), undefined)),
    );
    await jest.advanceTimersByTimeAsync(200);
    expect(lookup.most).toBe(3);
  });

  it('call beyond the deadline: keeps its place until it has settled', async () => {
    const lookup = new BusyLookup(() => after(3 * TIMEOUT, true));
    const cache = cacheOf(lookup, {}, undefined, { concurrency: 2 });
    for (let second = 0; second < 20; second++) {
      void cache.lookUp(known(second), undefined);
      await jest.advanceTimersByTimeAsync(TIMEOUT);
    }
    expect(lookup.most).toBe(2);
  });

  it('calls that never settle: do not stop the lookup for ever', async () => {
    const lookup = new StagedLookup(silence);
    const cache = cacheOf(lookup, {}, undefined, { concurrency: 1 });
    void cache.lookUp(known(0), undefined);
    await jest.advanceTimersByTimeAsync(9 * TIMEOUT);
    lookup.answer = () => Promise.resolve(true);
    const early = cache.lookUp(known(1), undefined);
    await jest.advanceTimersByTimeAsync(TIMEOUT);
    await expect(early).resolves.toBe('timed-out');
    await expect(cache.lookUp(known(2), undefined)).resolves.toBe('allowed');
  });

  it('waiting request: waits no longer than the deadline, its own call included', async () => {
    const lookup = new StagedLookup(() => after(TIMEOUT * 0.7, true));
    const cache = cacheOf(lookup, {}, undefined, { concurrency: 1 });
    const first = cache.lookUp(known(0), undefined);
    const second = cache.lookUp(known(1), undefined);
    await jest.advanceTimersByTimeAsync(TIMEOUT);
    await expect(Promise.race([second, Promise.resolve('still waiting')])).resolves.toBe('not-asked');
    await expect(first).resolves.toBe('allowed');
    // Its call was under way: the result is there for the next request.
    await jest.advanceTimersByTimeAsync(TIMEOUT);
    expect(cache.lookUp(known(1), undefined)).toBe('allowed');
  });

  it('queue that is full: refuses the next request at once', async () => {
    const cache = cacheOf(new StagedLookup(silence), { missesPerSecond: 100_000 }, undefined, { concurrency: 1 });
    const results = Array.from({ length: 10_100 }, (_, i) => cache.lookUp(known(i), undefined));
    expect(results.filter((result) => result === 'not-asked')).toHaveLength(99);
    expect(cache.sizes.pending).toBe(10_001);
    await jest.advanceTimersByTimeAsync(2 * TIMEOUT);
    expect(cache.sizes.pending).toBe(0);
  });

  it('application that has closed: waits for no call', async () => {
    const responders = new OriginResponders({ ...LOOKUP_SETTINGS, concurrency: 1 }, (_subject, { kind }) => {
      throw new Error(`nothing is to be reported, such as ${kind}`);
    });
    const lookup = new StagedLookup(silence);
    const results = Promise.all([0, 1].map((i) => responders.bind(lookup, policy()).lookUp(known(i), undefined)));
    responders.close();
    await expect(results).resolves.toEqual(['timed-out', 'not-asked']);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a store that works and is too slow', () => {
  useFakeTimers();

  it('removed origin: keeps its access no longer, and one line says that the store is too slow', async () => {
    const lines: string[] = [];
    const log = new LookupFailureLog({ warn: (line) => lines.push(line), error: (line) => lines.push(line) });
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { missesPerSecond: 1 }, log.report, { concurrency: 1 });
    const REMOVED = 'https://removed.example';
    await cache.lookUp(REMOVED, undefined);
    await learn(cache, 9);
    // One call at a time, half a deadline each, of 20 origins that are asked for all the time.
    lookup.answer = (origin) => after(TIMEOUT / 2, origin !== REMOVED);
    let lastAllowed = 0;
    const results: Promise<unknown>[] = [];
    for (let time = 0; time < HORIZON + 40_000; time += 250) {
      for (const origin of [...Array.from({ length: 9 }, (_, i) => known(i)), REMOVED]) {
        const result = Promise.resolve(cache.lookUp(origin, undefined));
        if (origin === REMOVED) {
          results.push(result.then((given) => (lastAllowed = given === 'allowed' ? performance.now() : lastAllowed)));
        }
      }
      await jest.advanceTimersByTimeAsync(250);
    }
    await jest.advanceTimersByTimeAsync(TIMEOUT);
    await Promise.all(results);
    expect(lastAllowed).toBeLessThanOrEqual(HORIZON);
    expect(cache.counts.notAsked).toBeGreaterThan(0);
    expect(lines).toEqual([
      expect.stringMatching(
        /^Origins is too slow for its requests: calls waited 1000 ms \(lookupTimeout\) while 1 \(lookup/,
      ),
    ]);
  });

  it.each([
    ['does not get its turn', 2, (origin: string) => after(TIMEOUT / 2, origin !== known(0))],
    [
      'misses its deadline while others are answered',
      100,
      (origin: string) => (origin === known(0) ? silence() : Promise.resolve(true)),
    ],
  ])('access that a failure has extended: ends as soon as a call %s', async (_name, concurrency, slowly) => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, {}, undefined, { concurrency });
    await learn(cache, 200);
    lookup.answer = () => Promise.reject(new Error('down'));
    jest.advanceTimersByTime(HORIZON);
    await expect(cache.lookUp(known(0), undefined)).resolves.toBe('allowed');
    // The store works again, and known(0) was removed from it meanwhile.
    lookup.answer = slowly;
    const results: unknown[] = [];
    for (let step = 0; step < 40; step++) {
      void cache.lookUp(`https://other-${step}.example`, undefined);
      // A quarter of the others at a time, so that some of them always wait before known(0).
      for (let i = 4 + (step % 4); i < 200; i += 4) {
        void cache.lookUp(known(i), undefined);
      }
      results.push(cache.lookUp(known(0), undefined));
      await jest.advanceTimersByTimeAsync(TIMEOUT / 4);
    }
    const later = await Promise.all(results.slice(20, 36));
    expect(later).not.toContain('allowed');
  });

  it('one call that misses its deadline while others return: is no failure of the store', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    await learn(cache, 1);
    jest.advanceTimersByTime(HORIZON);
    lookup.answer = (origin) => (origin === known(0) ? silence() : Promise.resolve(true));
    const missed = cache.lookUp(known(0), undefined);
    await jest.advanceTimersByTimeAsync(TIMEOUT * 0.8);
    await cache.lookUp(known(1), undefined);
    await jest.advanceTimersByTimeAsync(TIMEOUT * 0.2);
    await expect(missed).resolves.toBe('timed-out');
  });

  it('gap: known origins keep their access until ttl and staleWhileRevalidate are over', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, {}, undefined, { concurrency: 1 });
    await learn(cache, 2);
    cache.changes.addGap();
    lookup.answer = () => after(TIMEOUT * 0.9, true);
    const results = Promise.all([cache.lookUp(known(0), undefined), cache.lookUp(known(1), undefined)]);
    await jest.advanceTimersByTimeAsync(TIMEOUT);
    await expect(results).resolves.toEqual(['allowed', 'allowed']);
  });
});

describe('a store that fails', () => {
  useFakeTimers();

  it('call that cannot be made: leaves known origins their access', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, {}, undefined, { concurrency: 4 });
    await learn(cache, 20);
    jest.advanceTimersByTime(HORIZON);
    lookup.answer = silence;
    for (let round = 0; round < 20; round++) {
      const results = Promise.all(Array.from({ length: 20 }, (_, i) => cache.lookUp(known(i), undefined)));
      await jest.advanceTimersByTimeAsync(TIMEOUT);
      expect(new Set(await results)).toEqual(new Set(['allowed']));
    }
    await jest.advanceTimersByTimeAsync(staleIfError);
    const late = cache.lookUp(known(0), undefined);
    await jest.advanceTimersByTimeAsync(2 * TIMEOUT);
    await expect(late).resolves.toBe('timed-out');
  });

  it('known origins: cause no more than missesPerSecond calls', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { missesPerSecond: 50 });
    await learn(cache, 400);
    jest.advanceTimersByTime(HORIZON);
    lookup.calls.length = 0;
    lookup.answer = () => Promise.reject(new Error('down'));
    for (let second = 0; second < 30; second++) {
      for (let i = 0; i < 400; i++) {
        await expect(Promise.resolve(cache.lookUp(known(i), undefined))).resolves.toBe('allowed');
      }
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(lookup.calls.length).toBeLessThanOrEqual(50 * 40 + 1);
  });

  it('ends all access beyond ttl at once with staleIfError: 0', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { staleIfError: 0 });
    await learn(cache, 1);
    lookup.answer = () => Promise.reject(new Error('down'));
    expect(cache.lookUp(known(0), undefined)).toBe('allowed');
    jest.advanceTimersByTime(ttl);
    // It is not known yet that the lookup fails.
    expect(cache.lookUp(known(0), undefined)).toBe('allowed');
    await jest.advanceTimersByTimeAsync(0);
    await expect(Promise.resolve(cache.lookUp(known(0), undefined))).resolves.toBe('failed');
    expect(cache.lookUp(known(0), undefined)).toBe('failed');
    jest.advanceTimersByTime(retryInterval);
    lookup.answer = () => Promise.resolve(true);
    await expect(cache.lookUp(known(0), undefined)).resolves.toBe('allowed');
  });

  it('ends access after a gap at once with staleIfError: 0', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { staleIfError: 0 });
    await learn(cache, 1);
    cache.changes.addGap();
    lookup.answer = () => Promise.reject(new Error('down'));
    await expect(cache.lookUp(known(0), undefined)).resolves.toBe('failed');
    expect(cache.lookUp(known(0), undefined)).toBe('failed');
  });

  it('staleIfError over before staleWhileRevalidate: ends the access', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup, { staleIfError: 2_000 });
    await learn(cache, 1);
    lookup.answer = () => Promise.reject(new Error('down'));
    jest.advanceTimersByTime(ttl + 1_000);
    expect(cache.lookUp(known(0), undefined)).toBe('allowed');
    await jest.advanceTimersByTimeAsync(900);
    expect(cache.lookUp(known(0), undefined)).toBe('allowed');
    await jest.advanceTimersByTimeAsync(100);
    await expect(Promise.resolve(cache.lookUp(known(0), undefined))).resolves.toBe('failed');
  });
});
