import { setImmediate as eventLoop, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { OriginChange, StoredOrigin } from '../../lib/options/index.js';
import { LIST_SETTINGS, StagedList, StagedListOfSingles, snapshotOf } from './staged-list.js';

const A = 'https://a.example';
const B = 'https://b.example';

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await Promise.resolve();
  }
}

/** A list whose single readings are the quicker ones: a snapshot reads the whole list where that takes no longer. */
function listOfQuickSingles(): StagedListOfSingles {
  const list = new StagedListOfSingles();
  list.loadOrigins.mockImplementation(async () => {
    await sleep(20);
    return [...list.rows];
  });
  return list;
}

describe('a change of a list', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('list that can read one origin: reads its rows alone', async () => {
    const list = new StagedListOfSingles();
    list.rows = [A, { origin: B, tenant: 'acme' }];
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    list.rows = [
      { origin: B, tenant: 'umbrella' },
      { origin: 'https://*.c.example', tenant: 'acme' },
    ];
    await Promise.all([A, B, 'https://*.c.example'].map((origin) => snapshot.refresh({ origin, tenant: 'acme' })));
    expect(list.loadOrigins).toHaveBeenCalledTimes(1);
    expect(list.loadOrigin.mock.calls.map(([origin]) => origin)).toEqual([A, B, 'https://*.c.example']);
    expect([
      snapshot.lookUp(A, undefined),
      snapshot.lookUp(B, 'acme'),
      snapshot.lookUp(B, 'umbrella'),
      snapshot.lookUp('https://x.c.example', 'acme'),
    ]).toEqual(['refused', 'refused', 'allowed', 'allowed']);
    snapshot.stop();
  });

  it.each<[string, OriginChange]>([
    ['names no origin', { tenant: 'acme' }],
    ['names nothing', {}],
  ])('%s: reads the whole list', async (_name, change) => {
    const list = new StagedListOfSingles();
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    await snapshot.refresh(change);
    expect(list.loadOrigins).toHaveBeenCalledTimes(2);
    expect(list.loadOrigin).not.toHaveBeenCalled();
    snapshot.stop();
  });

  it('very many at once: read the whole list', async () => {
    const list = new StagedListOfSingles();
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    await Promise.all(Array.from({ length: 5_000 }, (_, i) => snapshot.refresh({ origin: `https://a-${i}.example` })));
    expect(list.loadOrigins).toHaveBeenCalledTimes(2);
    expect(list.loadOrigin).not.toHaveBeenCalled();
    snapshot.stop();
  });

  it('rows of other origins in the reading of one: are ignored', async () => {
    const list = new StagedListOfSingles();
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    list.instead = () => [A, B, '*'];
    await snapshot.refresh({ origin: A });
    expect([snapshot.lookUp(A, undefined), snapshot.lookUp(B, undefined)]).toEqual(['allowed', 'refused']);
    snapshot.stop();
  });

  it('skipped rows in the reading of one origin: are counted once each', async () => {
    const list = listOfQuickSingles();
    const bad = 'https://*.co.uk';
    list.rows = [A, '*', { origin: 'https://B.example', id: 1 }];
    const { snapshot, events } = snapshotOf(list);
    await snapshot.start();
    const rows = () => snapshot.skipped.first.map(({ row, code }) => [row, code]);
    expect(snapshot.skipped.count).toBe(2);
    list.rows.push(bad, { origin: bad, tenant: 'acme', id: 2 });
    await snapshot.refresh({ origin: bad });
    await snapshot.refresh({ origin: bad });
    expect(snapshot.skipped.count).toBe(4);
    expect(rows()).toEqual([
      ['1', 'wildcard-in-list'],
      ['1', 'malformed-origin'],
      ['"https://*.co.uk"', 'public-suffix'],
      ['2', 'public-suffix'],
    ]);
    expect(events.at(-1)).toMatchObject({ kind: 'skipped', rows: { count: 2 } });
    // What the reading of the whole list has skipped is put right by the reading of one origin, too.
    list.rows = [A, '*', bad];
    await snapshot.refresh({ origin: 'https://B.example' });
    await snapshot.refresh({ origin: bad });
    expect(rows()).toEqual([
      ['1', 'wildcard-in-list'],
      ['"https://*.co.uk"', 'public-suffix'],
    ]);
    list.instead = () => [A, '*', { origin: 7 }];
    await snapshot.refresh({ origin: A });
    expect(snapshot.skipped.count).toBe(3);
    list.instead = undefined;
    await snapshot.refresh({});
    expect(snapshot.skipped.count).toBe(2);
    snapshot.stop();
  });

  it('rows of other strings in the reading of one origin: count until it returns them no more', async () => {
    const list = listOfQuickSingles();
    list.rows = [A];
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    const names = () => [snapshot.skipped.count, ...snapshot.skipped.first.map(({ row }) => row)];
    const [one, two] = [
      { origin: '*', id: 9 },
      { origin: `${B}/`, id: 8 },
    ];
    for (const rows of [[one, two], [one, two], [two]]) {
      list.instead = () => rows;
      await snapshot.refresh({ origin: B });
      expect(names()).toEqual([rows.length, ...rows.map(({ id }) => String(id))]);
    }
    // Another row of the text of one that is known, one that is known by its id, and one without.
    list.instead = () => [{ origin: `${B}/`, id: 7 }, two, `${B}/`, null];
    await snapshot.refresh({ origin: 'https://c.example' });
    expect(names()).toEqual([4, '8', '7', '"https://c.example"', '"https://c.example"']);
    list.instead = () => [];
    await snapshot.refresh({ origin: B });
    await snapshot.refresh({ origin: 'https://c.example' });
    expect(names()).toEqual([0]);
    snapshot.stop();
  });

  it('reading of one origin that returns the whole list: counts no row twice', async () => {
    const list = listOfQuickSingles();
    list.rows = [
      A,
      '*',
      '*',
      { origin: '*', id: 3 },
      null as never,
      { origin: `${B}/` },
      { origin: 7 as never, id: 4 },
    ];
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    expect(snapshot.skipped.count).toBe(6);
    list.instead = () => list.rows;
    for (const origin of [A, B, A]) {
      await snapshot.refresh({ origin });
      expect(snapshot.skipped.count).toBe(6);
    }
    snapshot.stop();
  });

  it('origin that is being read: never lacks its rows', async () => {
    const list = new StagedListOfSingles();
    list.rows = [A];
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    let finish: (rows: StoredOrigin[]) => void = () => {};
    list.instead = () => new Promise((resolve) => (finish = resolve));
    const refreshed = snapshot.refresh({ origin: A });
    await eventLoop();
    const answers = [snapshot.lookUp(A, undefined), snapshot.lookUp(A, 'acme'), snapshot.lookUp(B, undefined)];
    finish([{ origin: A, tenant: 'acme' }]);
    await refreshed;
    expect(await Promise.all(answers)).toEqual(['refused', 'allowed', 'refused']);
    expect([snapshot.lookUp(A, undefined), snapshot.lookUp(A, 'acme')]).toEqual(['refused', 'allowed']);
    snapshot.stop();
  });

  // At some of these moments the reading is over, and whoever started it does not know yet.
  it.each(Array.from({ length: 40 }, (_, i) => i))(
    'change %i microtasks after the rows were read: is not lost',
    async (count) => {
      for (const [list, change] of [
        [new StagedList(), {}],
        [new StagedList(), { origin: B }],
        [new StagedListOfSingles(), { origin: B }],
        [new StagedListOfSingles(), { tenant: 'acme' }],
      ] as const) {
        const { snapshot } = snapshotOf(list);
        await snapshot.start();
        for (const first of [{}, { origin: A }]) {
          list.rows = [A];
          let late: Promise<void> = Promise.resolve();
          list.instead = () => {
            list.instead = undefined;
            late = microtasks(count).then(() => {
              list.rows = [A, B];
              return snapshot.refresh(change);
            });
            return [...list.rows];
          };
          await snapshot.refresh(first);
          await late;
          expect(snapshot.lookUp(B, undefined)).toBe('allowed');
          list.rows = [A];
          await snapshot.refresh({});
        }
        snapshot.stop();
      }
    },
  );

  it.each(Array.from({ length: 20 }, (_, i) => i))(
    'change %i microtasks after a failed reading: is not lost',
    async (count) => {
      const list = new StagedList();
      const { snapshot } = snapshotOf(list);
      await snapshot.start();
      let late: Promise<void> = Promise.resolve();
      list.instead = () => {
        list.instead = undefined;
        late = microtasks(count).then(() => {
          list.rows = [B];
          return snapshot.refresh({});
        });
        return Promise.reject(new Error('no'));
      };
      await snapshot.refresh({});
      await late;
      expect(snapshot.lookUp(B, undefined)).toBe('allowed');
      snapshot.stop();
    },
  );

  it('refresh that settles: its change is in force, and it does not wait for later changes', async () => {
    const list = new StagedList();
    const finish: (() => void)[] = [];
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    list.instead = () => {
      const rows = [...list.rows];
      return new Promise((resolve) => finish.push(() => resolve(rows)));
    };
    const first = snapshot.refresh({});
    await eventLoop();
    list.rows = [A];
    const second = snapshot.refresh({});
    finish[0]?.();
    await first;
    expect(snapshot.lookUp(A, undefined)).toBe('refused');
    await eventLoop();
    const third = snapshot.refresh({});
    finish[1]?.();
    await second;
    expect(snapshot.lookUp(A, undefined)).toBe('allowed');
    await eventLoop();
    finish[2]?.();
    await third;
    expect(list.loadOrigins).toHaveBeenCalledTimes(4);
    snapshot.stop();
  });

  it('older reading that was abandoned: undoes nothing', async () => {
    jest.useFakeTimers();
    const list = new StagedListOfSingles();
    list.rows = [A];
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    let bringLate: (rows: string[]) => void = () => {};
    list.instead = () => new Promise((resolve) => (bringLate = resolve));
    void snapshot.refresh({ origin: A });
    await jest.advanceTimersByTimeAsync(LIST_SETTINGS.loadTimeout);
    list.instead = undefined;
    list.rows = [];
    await snapshot.refresh({});
    expect(snapshot.lookUp(A, undefined)).toBe('refused');
    bringLate([A]);
    await jest.advanceTimersByTimeAsync(0);
    expect(snapshot.lookUp(A, undefined)).toBe('refused');
    snapshot.stop();
  });

  it('any number of changes: does not delay the reading of the whole list', async () => {
    jest.useFakeTimers();
    const list = new StagedListOfSingles();
    const { snapshot } = snapshotOf(list);
    await snapshot.start();
    for (let second = 0; second < 60; second++) {
      await snapshot.refresh({ origin: A });
      await jest.advanceTimersByTimeAsync(LIST_SETTINGS.refreshInterval / 60);
    }
    expect(list.loadOrigins).toHaveBeenCalledTimes(2);
    snapshot.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  describe('one change among many', () => {
    const added = (index: number) => `https://added-${index}.example`;

    /** A list whose single readings take 30 ms each, and the whole one as long as is said. */
    async function slowList(whole: number) {
      jest.useFakeTimers();
      const list = new StagedListOfSingles();
      list.rows = [A, B];
      const after = <Rows>(ms: number, rows: Rows) =>
        new Promise<Rows>((resolve) => setTimeout(() => resolve(rows), ms));
      list.loadOrigins.mockImplementation(() => after(whole, [...list.rows]));
      list.loadOrigin.mockImplementation((origin) => after(30, list.rows.includes(origin) ? [origin] : []));
      const { snapshot } = snapshotOf(list, { refreshInterval: 3_600_000, loadTimeout: 60_000 });
      const started = snapshot.start();
      await jest.advanceTimersByTimeAsync(whole);
      await started;
      return { list, snapshot };
    }

    it('change that can be a removal: is read first', async () => {
      const { list, snapshot } = await slowList(10_000);
      const additions = Array.from({ length: 900 }, (_, i) => snapshot.refresh({ origin: added(i) }));
      await jest.advanceTimersByTimeAsync(500);
      list.rows = [B];
      const removal = snapshot.refresh({ origin: A });
      // The batch under way, and its own.
      await jest.advanceTimersByTimeAsync(250);
      await removal;
      expect(snapshot.lookUp(A, undefined)).toBe('refused');
      await jest.advanceTimersByTimeAsync(20_000);
      await Promise.all(additions);
      expect(list.loadOrigins).toHaveBeenCalledTimes(1);
      expect(list.loadOrigin).toHaveBeenCalledTimes(901);
      snapshot.stop();
    });

    it('common reading that is quicker: reads all changes at once', async () => {
      const { list, snapshot } = await slowList(500);
      list.rows = [B, ...Array.from({ length: 900 }, (_, i) => added(i))];
      const all = [...list.rows, A].map((origin) => snapshot.refresh({ origin: origin as string }));
      await jest.advanceTimersByTimeAsync(1_000);
      await Promise.all(all);
      expect(list.loadOrigins).toHaveBeenCalledTimes(2);
      expect(list.loadOrigin.mock.calls.length).toBeLessThanOrEqual(32);
      expect([snapshot.lookUp(A, undefined), snapshot.lookUp(added(899), undefined)]).toEqual(['refused', 'allowed']);
      snapshot.stop();
    });

    it('single readings: run four at a time', async () => {
      const { list, snapshot } = await slowList(60_000);
      let underWay = 0;
      let most = 0;
      list.loadOrigin.mockImplementation(async (origin) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 30));
        underWay--;
        return [origin];
      });
      const all = Array.from({ length: 100 }, (_, i) => snapshot.refresh({ origin: added(i) }));
      await jest.advanceTimersByTimeAsync(2_000);
      await Promise.all(all);
      expect(most).toBe(4);
      snapshot.stop();
    });

    it('reading that fails: the others settle, and its late rows undo nothing', async () => {
      const { list, snapshot } = await slowList(1);
      list.loadOrigin.mockImplementation(async (origin) => {
        if (origin === added(0)) {
          throw new Error('no');
        }
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        return [origin];
      });
      const all = [A, ...Array.from({ length: 100 }, (_, i) => added(i))].map((origin) => snapshot.refresh({ origin }));
      await jest.advanceTimersByTimeAsync(0);
      await Promise.all(all);
      expect(snapshot.failing).toBe(true);
      list.rows = [];
      await jest.advanceTimersByTimeAsync(1_001);
      expect(snapshot.failing).toBe(false);
      expect(snapshot.lookUp(A, undefined)).toBe('refused');
      await jest.advanceTimersByTimeAsync(10_000);
      expect([snapshot.lookUp(A, undefined), snapshot.lookUp(added(1), undefined)]).toEqual(['refused', 'refused']);
      snapshot.stop();
    });
  });
});
