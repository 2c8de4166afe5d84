import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { StoredOrigin } from '../../lib/options/index.js';
import { ReadingTimes } from '../../lib/lookup/reading-times.js';
import { LIST_SETTINGS, StagedList, StagedListOfSingles, snapshotOf } from './staged-list.js';

const A = 'https://a.example';
const B = 'https://b.example';
const X = 'https://x.c.example';
const SUBDOMAINS = 'https://*.c.example';

/** A list whose readings take as long as is said, in milliseconds, with the rows that were there when they began. */
async function startedList(single: number, whole = single, rows: StoredOrigin[] = [A, B, SUBDOMAINS]) {
  const list = new StagedListOfSingles();
  const after = <Rows>(ms: number, read: Rows) => new Promise<Rows>((resolve) => setTimeout(() => resolve(read), ms));
  list.rows = rows;
  list.loadOrigins.mockImplementation(() => after(whole, [...list.rows]));
  list.loadOrigin.mockImplementation((origin) => after(single, list.rows.includes(origin) ? [origin] : []));
  const staged = snapshotOf(list, { refreshInterval: 3_600_000, loadTimeout: 60_000 });
  const started = staged.snapshot.start();
  await jest.advanceTimersByTimeAsync(whole);
  await started;
  return { list, ...staged };
}

describe('an origin of a list whose row a change has named', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['itself', A, A],
    ['as a pattern', X, SUBDOMAINS],
  ])('is not allowed any more when it was removed: named %s', async (_how, asked, changed) => {
    const { list, snapshot } = await startedList(100);
    expect(snapshot.cached(asked, undefined)).toEqual({ from: 'list', age: 100 });
    list.rows = [B];
    snapshot.follow({ origin: changed });
    const answer = snapshot.lookUp(asked, undefined);
    expect([snapshot.cached(asked, undefined), snapshot.lookUp(B, undefined)]).toEqual([undefined, 'allowed']);
    await jest.advanceTimersByTimeAsync(100);
    expect(await answer).toBe('refused');
    snapshot.stop();
  });

  it('another row that allows it, such as a pattern: is allowed at once', async () => {
    const { snapshot } = await startedList(100, 100, [
      'https://a.d.example',
      { origin: 'https://*.d.example', tenant: 'acme' },
    ]);
    snapshot.follow({ origin: 'https://*.d.example', tenant: 'acme' });
    expect([snapshot.lookUp('https://a.d.example', undefined), snapshot.lookUp('https://a.d.example', 'acme')]).toEqual(
      ['allowed', 'allowed'],
    );
    expect(snapshot.lookUp('https://b.d.example', 'acme')).toEqual(expect.any(Promise));
    snapshot.follow({ origin: 'https://a.d.example' });
    expect(snapshot.lookUp('https://a.d.example', undefined)).toEqual(expect.any(Promise));
    snapshot.stop();
  });

  it('row that is still there: is allowed again', async () => {
    const { snapshot } = await startedList(100);
    snapshot.follow({ origin: A });
    const answer = snapshot.lookUp(A, undefined);
    await jest.advanceTimersByTimeAsync(100);
    expect([await answer, snapshot.lookUp(A, undefined)]).toEqual(['allowed', 'allowed']);
    snapshot.stop();
  });

  it('reading that began before the removal: does not bring it back', async () => {
    const { list, snapshot } = await startedList(100, 1_000, [B]);
    list.rows = [A, B];
    const whole = snapshot.refresh({});
    await jest.advanceTimersByTimeAsync(500);
    list.rows = [B];
    snapshot.follow({ origin: A });
    await jest.advanceTimersByTimeAsync(500);
    await whole;
    const answer = snapshot.lookUp(A, undefined);
    await jest.advanceTimersByTimeAsync(100);
    expect(await answer).toBe('refused');
    snapshot.stop();
  });

  it('row that cannot be read in time: is refused, and no request waits longer than two seconds', async () => {
    const { snapshot } = await startedList(5_000);
    snapshot.follow({ origin: A });
    const answer = snapshot.lookUp(A, undefined);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await answer).toBe('timed-out');
    snapshot.stop();
    expect(snapshot.lookUp(A, undefined)).toBe('failed');
  });

  it('failing readings: is refused at once, and other origins are not', async () => {
    const { list, snapshot } = await startedList(100);
    list.loadOrigin.mockRejectedValue(new Error('no'));
    list.loadOrigins.mockRejectedValue(new Error('no'));
    snapshot.follow({ origin: A });
    const waiting = snapshot.lookUp(A, undefined);
    await jest.advanceTimersByTimeAsync(10);
    expect([await waiting, snapshot.lookUp(A, undefined), snapshot.lookUp(B, undefined)]).toEqual([
      'failed',
      'failed',
      'allowed',
    ]);
    list.loadOrigins.mockResolvedValue([A, B]);
    await jest.advanceTimersByTimeAsync(1_001);
    expect(snapshot.lookUp(A, undefined)).toBe('allowed');
    snapshot.stop();
  });

  it('named again and again: is decided', async () => {
    const { snapshot } = await startedList(100);
    snapshot.follow({ origin: A });
    const answer = snapshot.lookUp(A, undefined);
    for (let i = 0; i < 30; i++) {
      await jest.advanceTimersByTimeAsync(10);
      snapshot.follow({ origin: A });
    }
    expect(await answer).toBe('allowed');
    snapshot.stop();
  });

  it('slow reading of the whole list: is read before it', async () => {
    const { list, snapshot } = await startedList(100, 10_000);
    list.rows = [B];
    const whole = snapshot.refresh({});
    snapshot.follow({ origin: A });
    await jest.advanceTimersByTimeAsync(110);
    expect(snapshot.lookUp(A, undefined)).toBe('refused');
    expect(list.loadOrigin).toHaveBeenCalledTimes(1);
    let isWholeRead = false;
    void whole.then(() => (isWholeRead = true));
    await jest.advanceTimersByTimeAsync(9_000);
    expect(isWholeRead).toBe(false);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([isWholeRead, list.loadOrigins.mock.calls.length]).toEqual([true, 2]);
    snapshot.stop();
  });

  it('own reading that fails: the whole list is read on schedule', async () => {
    const { list, snapshot } = await startedList(100, 10_000);
    list.loadOrigin.mockRejectedValue(new Error('no'));
    const settled = Promise.all([snapshot.refresh({}), snapshot.refresh({ origin: A })]);
    await jest.advanceTimersByTimeAsync(0);
    await settled;
    expect([snapshot.failing, list.loadOrigins.mock.calls.length]).toEqual([true, 1]);
    await jest.advanceTimersByTimeAsync(11_001);
    expect([snapshot.failing, list.loadOrigins.mock.calls.length]).toEqual([false, 2]);
    snapshot.stop();
  });
});

describe('one turn of the event loop', () => {
  const origins = Array.from({ length: 900 }, (_, i) => `https://a-${i}.example`);

  /** The most that happened in one turn while the work went on. */
  async function mostInATurn(work: () => Promise<unknown>, count: () => number): Promise<number> {
    let most = 0;
    let before = count();
    const state = { isOver: false };
    const done = work().finally(() => (state.isOver = true));
    while (!state.isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, count() - before);
      before = count();
    }
    await done;
    return most;
  }

  it('many single origins: one batch is read, also of a synchronous list', async () => {
    const list = new StagedListOfSingles();
    const { snapshot } = snapshotOf(list, { refreshInterval: 3_600_000 });
    jest.spyOn(ReadingTimes.prototype, 'isWholeQuicker').mockReturnValue(false);
    await snapshot.start();
    const readings = () => list.loadOrigin.mock.calls.length;
    const most = await mostInATurn(() => Promise.all(origins.map((origin) => snapshot.refresh({ origin }))), readings);
    expect([readings(), most]).toEqual([900, 16]);
    snapshot.stop();
    jest.restoreAllMocks();
  });

  it('whole list: a bounded number of rows is read, and requests see the old list or the new one', async () => {
    let taken = 0;
    const list = new StagedList();
    const { snapshot } = snapshotOf(list, LIST_SETTINGS);
    list.rows = [A, B];
    await snapshot.start();
    function* rows() {
      yield A;
      for (; taken < 60_000; taken++) {
        yield `https://*.a-${taken}.example`;
      }
    }
    list.loadOrigins.mockImplementation(async () => rows() as never);
    const seen = new Set<string>();
    const most = await mostInATurn(
      () => snapshot.refresh({}),
      () => {
        seen.add(`${snapshot.lookUp(A, undefined)} ${snapshot.lookUp(B, undefined)} ${snapshot.state?.patterns}`);
        return taken;
      },
    );
    expect(most).toBeLessThanOrEqual(5_000);
    expect([...seen]).toEqual(['allowed allowed 0', 'allowed refused 60000']);
    snapshot.stop();
  });
});
