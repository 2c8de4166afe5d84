import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ListRefresher } from '../../lib/lookup/list-refresher.js';
import type { OriginSnapshot } from '../../lib/lookup/origin-snapshot.js';
import { LIST_SETTINGS, StagedList, StagedListOfSingles, snapshotOf } from './staged-list.js';

const A = 'https://a.example';
const B = 'https://b.example';

describe('the snapshot of a list', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('answers from memory when it was read: synchronously, for each tenant, patterns included', async () => {
    const list = new StagedList();
    list.rows = [A, { origin: B, tenant: 'acme' }, { origin: 'https://*.c.example', tenant: null }];
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    const answers = [A, B, 'https://x.c.example', 'https://evil.example'].map((origin) => [
      snapshot.lookUp(origin, 'acme'),
      snapshot.lookUp(origin, 'umbrella'),
      snapshot.lookUp(origin, undefined),
    ]);
    expect(answers).toEqual([
      ['allowed', 'allowed', 'allowed'],
      ['allowed', 'refused', 'refused'],
      ['allowed', 'allowed', 'allowed'],
      ['refused', 'refused', 'refused'],
    ]);
    expect(list.loadOrigins).toHaveBeenCalledTimes(1);
    expect(snapshot.state).toEqual({ origins: 2, patterns: 1, age: 0 });
    snapshot.stop();
  });

  it('before the first reading: fails, and allows no origin', () => {
    const { snapshot } = snapshotOf(new StagedList());
    expect(snapshot.lookUp(A, undefined)).toBe('failed');
    expect(snapshot.cached(A, undefined)).toBeUndefined();
    expect(snapshot.state).toBeUndefined();
  });

  it.each([
    [0, 1],
    [0.5, 0.75],
    [0.9, 0.55],
  ])('refreshInterval, less a fraction of jitter: is read again: %d', async (random, share) => {
    jest.spyOn(Math, 'random').mockReturnValue(random);
    const list = new StagedList();
    const { snapshot } = snapshotOf(list, { jitter: 0.5 });
    await snapshot.start();
    for (let round = 1; round < 4; round++) {
      await jest.advanceTimersByTimeAsync(LIST_SETTINGS.refreshInterval * share - 1);
      expect(list.loadOrigins).toHaveBeenCalledTimes(round);
      await jest.advanceTimersByTimeAsync(1);
      expect(list.loadOrigins).toHaveBeenCalledTimes(round + 1);
    }
    snapshot.stop();
  });

  it.each([
    ['a part of it', 10_000, 60_000],
    ['just as long', 60_000, 120_000],
    ['longer', 90_000, 150_000],
  ])(
    'reading that took %s: is followed by the next one, refreshInterval after its start',
    async (_name, duration, between) => {
      const list = new StagedList();
      const startedAt: number[] = [];
      list.instead = () => {
        startedAt.push(performance.now());
        return new Promise((resolve) => setTimeout(() => resolve([A]), duration));
      };
      const { snapshot } = snapshotOf(list, { loadTimeout: 600_000 });
      const started = snapshot.start();
      await jest.advanceTimersByTimeAsync(duration / 2);
      expect(snapshot.longestReading).toBe(duration / 2);
      await jest.advanceTimersByTimeAsync(500_000);
      await started;
      snapshot.stop();
      expect(startedAt.length).toBeGreaterThan(3);
      const [first = 0] = startedAt;
      expect(startedAt).toEqual(startedAt.map((_, i) => first + i * between));
      expect(snapshot.longestReading).toBe(duration);
    },
  );

  it('is replaced in one go: rows that are gone are refused, new ones allowed', async () => {
    const list = new StagedList();
    list.rows = [A];
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    list.rows = [B];
    expect([snapshot.lookUp(A, undefined), snapshot.lookUp(B, undefined)]).toEqual(['allowed', 'refused']);
    await snapshot.refresh({});
    expect([snapshot.lookUp(A, undefined), snapshot.lookUp(B, undefined)]).toEqual(['refused', 'allowed']);
    snapshot.stop();
  });

  it('is as old as the beginning of its reading: rows may change while it goes on', async () => {
    const list = new StagedList();
    const { snapshot } = snapshotOf(list);
    list.instead = () => new Promise((resolve) => setTimeout(() => resolve([A]), 3_000));
    const started = snapshot.start();
    await jest.advanceTimersByTimeAsync(3_000);
    await started;
    expect(snapshot.cached(A, undefined)).toEqual({ from: 'list', age: 3_000 });
    snapshot.stop();
  });

  it('skipped rows: are reported when they change', async () => {
    const list = new StagedList();
    list.rows = [A, '*', { origin: 'https://B.example', id: 17 }, null as never, { origin: 7 as never, id: 'x' }];
    const { snapshot, events } = snapshotOf(list);
    await snapshot.start();
    expect(snapshot.lookUp(A, undefined)).toBe('allowed');
    expect(snapshot.skipped.count).toBe(4);
    expect(snapshot.skipped.first.map(({ row, code }) => [row, code])).toEqual([
      ['1', 'wildcard-in-list'],
      ['17', 'malformed-origin'],
      ['3', 'invalid-value'],
      ['"x"', 'invalid-value'],
    ]);
    await snapshot.refresh({});
    expect(events).toHaveLength(1);
    list.rows = [A, '*'];
    await snapshot.refresh({});
    list.rows = [A];
    await snapshot.refresh({});
    expect(events.map((event) => event.kind === 'skipped' && event.rows.count)).toEqual([4, 1, 0]);
    expect(snapshot.skipped).toEqual({ count: 0, first: [] });
    snapshot.stop();
  });

  it('stopped, also in the middle of a reading: leaves no timer and reads no more', async () => {
    const list = new StagedList();
    const { snapshot, events } = snapshotOf(list);
    await snapshot.start();
    expect(jest.getTimerCount()).toBe(1);
    let signal: AbortSignal | undefined;
    list.instead = (context) => {
      signal = context.signal;
      return new Promise(() => {});
    };
    const refreshed = snapshot.refresh({});
    await jest.advanceTimersByTimeAsync(0);
    snapshot.stop();
    await refreshed;
    expect(jest.getTimerCount()).toBe(0);
    expect(signal?.aborted).toBe(true);
    await snapshot.refresh({});
    await jest.advanceTimersByTimeAsync(10 * LIST_SETTINGS.refreshInterval);
    expect(list.loadOrigins).toHaveBeenCalledTimes(2);
    expect(events).toEqual([]);
  });

  it('reading: runs outside the AsyncLocalStorage of the caller', async () => {
    const requests = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const list = new StagedListOfSingles();
    list.instead = async () => {
      seen.push(requests.getStore());
      await Promise.resolve();
      seen.push(requests.getStore());
      return [];
    };
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    await requests.run('a request', async () => {
      await snapshot.refresh({});
      await snapshot.refresh({ origin: A });
      await Promise.all([snapshot.refresh({}), snapshot.refresh({})]);
    });
    await jest.advanceTimersByTimeAsync(LIST_SETTINGS.refreshInterval);
    expect(seen.length).toBeGreaterThanOrEqual(10);
    expect(new Set(seen)).toEqual(new Set([undefined]));
    snapshot.stop();
  });
});

describe('a list in a process that was stopped', () => {
  const { refreshInterval } = LIST_SETTINGS;
  let list: StagedList;
  let snapshot: OriginSnapshot;

  beforeEach(async () => {
    jest.useFakeTimers();
    list = new StagedList();
    list.rows = [A];
    ({ snapshot } = snapshotOf(list));
    await snapshot.start();
  });

  afterEach(() => {
    snapshot.stop();
    jest.useRealTimers();
  });

  /** Time passes, and no timer has its turn. */
  function sleep(time: number, clocks: { monotonic: boolean; wall: boolean }): void {
    const [now, date] = [performance.now(), Date.now()];
    if (clocks.monotonic) {
      jest.spyOn(performance, 'now').mockImplementation(() => now + time);
    }
    if (clocks.wall) {
      jest.spyOn(Date, 'now').mockImplementation(() => date + time);
    }
  }

  it.each([
    ['both clocks', { monotonic: true, wall: true }],
    ['the monotonic clock', { monotonic: true, wall: false }],
    ['the clock on the wall', { monotonic: false, wall: true }],
  ])('reading that is overdue by %s: the request waits for it', async (_clock, clocks) => {
    list.rows = [];
    sleep(refreshInterval * 3, clocks);
    expect(snapshot.cached(A, undefined)).toBeUndefined();
    const answers = [snapshot.lookUp(A, undefined), snapshot.lookUp(A, undefined)];
    jest.restoreAllMocks();
    expect(await Promise.all(answers)).toEqual(['refused', 'refused']);
    expect(list.loadOrigins).toHaveBeenCalledTimes(2);
    expect(snapshot.lookUp(A, undefined)).toBe('refused');
  });

  it('reading that a timer has begun too late: the request waits for it', async () => {
    list.rows = [];
    let settle: () => void = () => {};
    list.instead = () => new Promise((resolve) => (settle = () => resolve([])));
    const date = Date.now() + refreshInterval * 3;
    jest.spyOn(Date, 'now').mockImplementation(() => date);
    await jest.advanceTimersByTimeAsync(refreshInterval);
    jest.restoreAllMocks();
    const answer = snapshot.lookUp(A, undefined);
    expect(typeof answer).toBe('object');
    await jest.advanceTimersByTimeAsync(0);
    settle();
    expect(await answer).toBe('refused');
  });

  it('slow reading: the request waits two seconds at most, and old rows allow nothing', async () => {
    list.instead = () => new Promise(() => {});
    sleep(refreshInterval * 3, { monotonic: true, wall: true });
    const answer = snapshot.lookUp(A, undefined);
    jest.restoreAllMocks();
    await jest.advanceTimersByTimeAsync(2000);
    expect(await answer).toBe('timed-out');
  });

  it('failing reading: the last good list is in force', async () => {
    list.instead = () => Promise.reject(new Error('gone'));
    sleep(refreshInterval * 3, { monotonic: true, wall: true });
    const answer = snapshot.lookUp(A, undefined);
    jest.restoreAllMocks();
    await jest.advanceTimersByTimeAsync(0);
    expect(await answer).toBe('allowed');
    expect(snapshot.lookUp(A, undefined)).toBe('allowed');
  });

  /** A reading whose rows are those of its beginning, and that ends when the test says so. */
  function slowly(): () => void {
    let settle: () => void = () => {};
    const rows = [...list.rows];
    list.instead = () => new Promise((resolve) => (settle = () => resolve(rows)));
    return () => settle();
  }

  it.each([
    ['both clocks', { monotonic: true, wall: true }],
    ['the monotonic clock', { monotonic: true, wall: false }],
    ['the clock on the wall', { monotonic: false, wall: true }],
  ])('reading that was under way, by %s: waits for a new one, and its rows allow nothing', async (_clock, clocks) => {
    const settle = slowly();
    await jest.advanceTimersByTimeAsync(refreshInterval);
    expect(snapshot.lookUp(A, undefined)).toBe('allowed');
    sleep(LIST_SETTINGS.loadTimeout * 3, clocks);
    list.rows = [];
    list.instead = undefined;
    const answers = [snapshot.lookUp(A, undefined)];
    settle();
    await jest.advanceTimersByTimeAsync(0);
    jest.restoreAllMocks();
    answers.push(snapshot.lookUp(A, undefined));
    expect(await Promise.all(answers)).toEqual(['refused', 'refused']);
    expect(list.loadOrigins).toHaveBeenCalledTimes(3);
    expect(snapshot.longestReading).toBeLessThan(LIST_SETTINGS.loadTimeout);
  });

  it('deadline that passed during the stop: is read again, and no failure is reported', async () => {
    list.instead = () => new Promise(() => {});
    await jest.advanceTimersByTimeAsync(refreshInterval);
    sleep(LIST_SETTINGS.loadTimeout * 3, { monotonic: true, wall: true });
    list.instead = undefined;
    list.rows = [];
    await jest.advanceTimersByTimeAsync(LIST_SETTINGS.loadTimeout);
    jest.restoreAllMocks();
    expect(snapshot.failing).toBe(false);
    expect(snapshot.lookUp(A, undefined)).toBe('refused');
  });

  it('second stop in a row: counts as a failure, so that readings have a pause', async () => {
    list.instead = () => new Promise(() => {});
    await jest.advanceTimersByTimeAsync(refreshInterval);
    for (const isFailing of [false, true]) {
      sleep(LIST_SETTINGS.loadTimeout * 3, { monotonic: false, wall: true });
      await jest.advanceTimersByTimeAsync(LIST_SETTINGS.loadTimeout);
      jest.restoreAllMocks();
      expect(snapshot.failing).toBe(isFailing);
    }
  });

  it('application that closes during the reading: reads no more', async () => {
    list.instead = () => new Promise(() => {});
    await jest.advanceTimersByTimeAsync(refreshInterval);
    sleep(LIST_SETTINGS.loadTimeout * 3, { monotonic: true, wall: true });
    // Without an end, readings that a stopped list does not make would be asked for in one turn of the event loop.
    const { want } = ListRefresher.prototype;
    const wants = jest.spyOn(ListRefresher.prototype, 'want').mockImplementation(function (
      this: ListRefresher,
      change,
    ) {
      return wants.mock.calls.length > 10 ? new Promise(() => {}) : want.call(this, change);
    });
    snapshot.stop();
    await jest.advanceTimersByTimeAsync(refreshInterval * 2);
    expect(wants.mock.calls.length).toBeLessThan(3);
    expect(list.loadOrigins).toHaveBeenCalledTimes(2);
  });

  it('slow reading that began in time: requests are answered at once', async () => {
    list.instead = () => new Promise(() => {});
    await jest.advanceTimersByTimeAsync(refreshInterval + 20_000);
    expect(snapshot.lookUp(A, undefined)).toBe('allowed');
  });
});
