import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { OriginChange } from '../../lib/options/index.js';
import { cacheKey } from '../../lib/lookup/cache-key.js';
import { LookupChanges, WORK_PER_TURN } from '../../lib/lookup/lookup-changes.js';
import { RecordedChanges } from '../../lib/lookup/recorded-changes.js';
import { StagedLookup, cacheOf } from './staged-lookup.js';

const A = 'https://a.example';
const KEY = cacheKey(A, 'acme');
const LIFETIME = 1_000_000;

/** Has the next turn of the event loop begin. */
const turn = () => jest.advanceTimersToNextTimer();

describe('changes of a lookup', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const exact = (i: number) => ({ origin: `https://app-${i}.example`, tenant: 'acme' });

  it.each([
    ['patterns of many tenants', (i: number) => ({ origin: `https://*.app-${i}.example`, tenant: `tenant-${i}` }), 1],
    ['origins of one tenant, under one policy', exact, 1],
    ['origins of one tenant, under 100 policies', exact, 100],
  ])(
    'visit a bounded number of keys in each turn: 10,000 %s',
    (_kind, changeAt: (i: number) => OriginChange, caches) => {
      const recorded = jest.spyOn(RecordedChanges.prototype, 'record');
      const changes = new LookupChanges(LIFETIME);
      let visited = 0;
      Array.from({ length: caches }, () => changes.addCache(() => void visited++));
      const mostOfAChange = 1 + 2 * caches;
      let turns = 0;
      let all = 0;
      for (let i = 0; i < 10_000; i++) {
        changes.add(changeAt(i));
      }
      for (; jest.getTimerCount() > 0; turns++) {
        expect(visited + recorded.mock.calls.length).toBeLessThan(WORK_PER_TURN + mostOfAChange);
        all += recorded.mock.calls.length;
        recorded.mockClear();
        visited = 0;
        turn();
      }
      expect(all + recorded.mock.calls.length).toBe(10_000);
      expect(turns).toBeGreaterThanOrEqual(9);
    },
  );

  it('waiting changes: are in force at once, and concern only what they name once they are told apart', () => {
    const changes = new LookupChanges(LIFETIME);
    const since = changes.nextMoment();
    const changed = (key: string) => changes.lastOf(key, since) > since;
    for (let i = 0; i < WORK_PER_TURN; i++) {
      changes.add({ tenant: `tenant-${i}` });
    }
    expect(changed(KEY)).toBe(false);
    changes.add({ tenant: 'acme' });
    expect([changed(KEY), changed(cacheKey(A, 'other')), changed(cacheKey(A, 'tenant-0'))]).toEqual([true, true, true]);
    turn();
    expect([changed(KEY), changed(cacheKey(A, 'other')), changed(cacheKey(A, 'tenant-0'))]).toEqual([
      true,
      false,
      true,
    ]);
    // A turn later, there is room for as many again.
    for (let i = 0; i < WORK_PER_TURN - 1; i++) {
      changes.add({ tenant: `tenant-${i}` });
    }
    expect(changed(cacheKey(A, 'other'))).toBe(false);
  });

  it('very many in one turn: are one change of everything', () => {
    const recorded = jest.spyOn(RecordedChanges.prototype, 'record');
    const changes = new LookupChanges(LIFETIME);
    const since = changes.nextMoment();
    for (let i = 0; i < 1_000_000; i++) {
      changes.add({ tenant: `tenant-${i % 1_500}` });
    }
    while (jest.getTimerCount() > 0) {
      turn();
    }
    expect(changes.lastOf(KEY, since)).toBeGreaterThan(since);
    expect(recorded.mock.calls.length).toBeLessThan(20_000);
  });

  it('call that was made after a waiting change: its result stays', async () => {
    const lookup = new StagedLookup();
    const cache = cacheOf(lookup);
    await cache.lookUp(A, 'acme');
    for (let i = 0; i <= WORK_PER_TURN; i++) {
      cache.changes.add({ tenant: `tenant-${i}` });
    }
    cache.changes.add({ origin: A, tenant: 'acme' });
    cache.changes.add({ origin: 'https://refused.example', tenant: 'acme' });
    lookup.answer = (origin) => Promise.resolve(origin === A);
    const [again, refused] = [cache.lookUp(A, 'acme'), cache.lookUp('https://refused.example', 'acme')];
    expect([again, refused]).toEqual([expect.any(Promise), expect.any(Promise)]);
    expect(await Promise.all([again, refused])).toEqual(['allowed', 'refused']);
    turn();
    expect([cache.lookUp(A, 'acme'), cache.lookUp('https://refused.example', 'acme')]).toEqual(['allowed', 'refused']);
    expect(lookup.calls).toHaveLength(3);
  });

  it('call under way at a waiting change: its result is outdated', async () => {
    let answer: (allowed: boolean) => void = () => {};
    const lookup = new StagedLookup(() => new Promise((resolve) => (answer = resolve)));
    const cache = cacheOf(lookup);
    const first = cache.lookUp(A, 'acme');
    for (let i = 0; i <= WORK_PER_TURN; i++) {
      cache.changes.add({ tenant: `tenant-${i}` });
    }
    cache.changes.add({ origin: A, tenant: 'acme' });
    turn();
    answer(true);
    expect(await first).toBe('allowed');
    expect(cache.lookUp(A, 'acme')).toEqual(expect.any(Promise));
    expect(lookup.calls).toHaveLength(2);
  });
});
