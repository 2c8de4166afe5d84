import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LIST_SETTINGS, StagedList, StagedListOfSingles, snapshotOf } from './staged-list.js';

const A = 'https://a.example';
const B = 'https://b.example';

/** Ways in which a list cannot be read. */
const FAILURES: readonly (readonly [string, () => unknown, RegExp])[] = [
  ['rejects', () => Promise.reject(new Error('database is down')), /database is down/],
  ['returns a text', () => A, /returned no rows/],
  ['returns nothing', () => undefined, /returned no rows/],
  ['hangs', () => new Promise(() => {}), /could not be read within 30000 ms \(lists\.loadTimeout\)/],
  [
    'hangs in the middle of its rows',
    async function* () {
      yield B;
      await new Promise(() => {});
    },
    /could not be read within 30000 ms/,
  ],
  [
    'loses its cursor in the middle of its rows',
    async function* () {
      yield B;
      throw new Error('cursor lost');
    },
    /cursor lost/,
  ],
];

describe('a list that cannot be read', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it.each(FAILURES)('keeps the last good list in force, and says so: one that %s', async (_name, fail, message) => {
    const list = new StagedList();
    list.rows = [A];
    const { snapshot, events } = snapshotOf(list);
    await snapshot.start();
    list.instead = fail;
    await jest.advanceTimersByTimeAsync(LIST_SETTINGS.refreshInterval + LIST_SETTINGS.loadTimeout);
    expect([snapshot.lookUp(A, undefined), snapshot.lookUp(B, undefined)]).toEqual(['allowed', 'refused']);
    expect(snapshot.failing).toBe(true);
    expect(events[0]).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringMatching(message) },
      age: expect.any(Number),
    });
    list.instead = undefined;
    list.rows = [B];
    await jest.advanceTimersByTimeAsync(LIST_SETTINGS.refreshInterval);
    expect([snapshot.lookUp(A, undefined), snapshot.lookUp(B, undefined)]).toEqual(['refused', 'allowed']);
    expect(snapshot.failing).toBe(false);
    expect(events.at(-1)).toEqual({ kind: 'recovered' });
    snapshot.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each(FAILURES)(
    'fails at the start, and allows no origin until it could be read: one that %s',
    async (_, fail, message) => {
      const list = new StagedList();
      list.instead = fail;
      const { snapshot } = snapshotOf(list);
      const failure = snapshot.start().catch((error: unknown) => error);
      await jest.advanceTimersByTimeAsync(LIST_SETTINGS.loadTimeout);
      await expect(failure).resolves.toMatchObject({ message: expect.stringMatching(message) });
      expect(snapshot.lookUp(A, undefined)).toBe('failed');
      list.instead = undefined;
      list.rows = [A];
      await jest.advanceTimersByTimeAsync(LIST_SETTINGS.loadTimeout + LIST_SETTINGS.refreshInterval);
      expect(snapshot.lookUp(A, undefined)).toBe('allowed');
      snapshot.stop();
    },
  );

  it('change before the first reading: fails at the start, too', async () => {
    const list = new StagedList();
    list.instead = () => Promise.reject(new Error('database is down'));
    const { snapshot } = snapshotOf(list);
    void snapshot.refresh({});
    await expect(snapshot.start()).rejects.toThrow('database is down');
    snapshot.stop();
  });

  it('repeated failures: are retried after growing pauses, up to refreshInterval', async () => {
    const list = new StagedList();
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    list.instead = () => Promise.reject(new Error('no'));
    const times: number[] = [];
    list.loadOrigins.mockImplementation(async () => {
      times.push(performance.now());
      throw new Error('no');
    });
    await jest.advanceTimersByTimeAsync(6 * LIST_SETTINGS.refreshInterval);
    snapshot.stop();
    const pauses = times.map((time, i) => time - (times[i - 1] ?? NaN)).slice(1);
    expect(pauses.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('deadline: aborts the signal, and later rows are ignored', async () => {
    const list = new StagedList();
    list.rows = [A];
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    let bringLate: (rows: string[]) => void = () => {};
    let signal: AbortSignal | undefined;
    list.instead = (context) => {
      signal = context.signal;
      return new Promise((resolve) => (bringLate = resolve));
    };
    const refreshed = snapshot.refresh({});
    await jest.advanceTimersByTimeAsync(LIST_SETTINGS.loadTimeout);
    await refreshed;
    expect(signal?.aborted).toBe(true);
    list.instead = undefined;
    bringLate([B]);
    await jest.advanceTimersByTimeAsync(0);
    expect([snapshot.lookUp(A, undefined), snapshot.lookUp(B, undefined)]).toEqual(['allowed', 'refused']);
    snapshot.stop();
  });

  it('is read as a whole after a single reading failed: what else was missed is not known', async () => {
    const list = new StagedListOfSingles();
    const { snapshot, events } = snapshotOf(list);
    await snapshot.start();
    list.instead = () => Promise.reject(new Error('no'));
    await snapshot.refresh({ origin: A });
    expect(events).toMatchObject([{ kind: 'failed' }]);
    list.instead = undefined;
    list.rows = [A];
    await jest.advanceTimersByTimeAsync(1_000);
    expect(list.loadOrigins).toHaveBeenCalledTimes(2);
    expect(snapshot.lookUp(A, undefined)).toBe('allowed');
    snapshot.stop();
  });

  it('refresh during the failure: settles', async () => {
    const list = new StagedList();
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    list.instead = () => Promise.reject(new Error('no'));
    await expect(Promise.all([snapshot.refresh({}), snapshot.refresh({ origin: A })])).resolves.toBeDefined();
    snapshot.stop();
  });
});
