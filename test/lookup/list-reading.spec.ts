import { describe, expect, it } from '@jest/globals';
import type { StoredOrigins } from '../../lib/options/index.js';
import { walkRows } from '../../lib/lookup/list-reading.js';
import { SkippedRows } from '../../lib/lookup/skipped-rows.js';

const never = new AbortController().signal;
const ROWS = ['https://a.example', { origin: 'https://*.b.example', tenant: 'acme' }, 'https://c.example'] as const;

async function textsOf(stored: unknown, signal = never, skipped = new SkippedRows()): Promise<string[]> {
  const texts: string[] = [];
  await walkRows(stored as StoredOrigins, signal, ({ text }) => texts.push(text), skipped);
  return texts;
}

async function* pages() {
  for (const row of ROWS) {
    await Promise.resolve();
    yield row;
  }
}

describe('walking through what a list returned', () => {
  it.each<[string, () => unknown]>([
    ['an array', () => ROWS],
    ['a promise of an array', () => Promise.resolve(ROWS)],
    ['a Set', () => new Set(ROWS)],
    ['a generator', () => ROWS.values()],
    ['an asynchronous generator', pages],
    ['a promise of an asynchronous generator', () => Promise.resolve(pages())],
  ])('%s: is read', async (_name, stored) => {
    await expect(textsOf(stored())).resolves.toEqual(['https://a.example', 'https://*.b.example', 'https://c.example']);
  });

  it.each<[string, unknown]>([
    ['a text', 'https://a.example'],
    ['nothing', undefined],
    ['null', null],
    ['a result object', { rows: ROWS }],
    ['a number', 3],
  ])('%s instead of rows: is rejected, and not read as an empty list', async (_name, stored) => {
    await expect(textsOf(stored)).rejects.toThrow(/loadOrigins\(\) returned no rows: return an array/);
    await expect(textsOf(Promise.resolve(stored))).rejects.toThrow(/returned no rows/);
  });

  it('cursor that fails half way: rejects, because half a list is no list', async () => {
    async function* failing() {
      yield ROWS[0];
      throw new Error('cursor lost');
    }
    await expect(textsOf(failing())).rejects.toThrow('cursor lost');
  });

  it('many skipped rows: all are counted, and the first hundred are listed', async () => {
    const skipped = new SkippedRows();
    const rows = Array.from({ length: 1_000 }, (_, i) => (i % 2 === 0 ? '*' : `https://a-${i}.example`));
    await expect(textsOf(rows, never, skipped)).resolves.toHaveLength(500);
    expect(skipped.count).toBe(500);
    expect(skipped.first).toHaveLength(100);
    expect(skipped.first[99]).toMatchObject({ row: '198', code: 'wildcard-in-list' });
  });

  it.each([
    ['an array', (rows: string[]) => rows],
    [
      'a cursor that is ahead of its reader',
      async function* (rows: string[]) {
        yield* rows;
      },
    ],
  ])('30,000 rows of %s: the event loop has its turn every 5,000 rows', async (_name, store) => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `https://a-${i}.example`);
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns++;
      if (!isOver) {
        setImmediate(count);
      }
    };
    setImmediate(count);
    await textsOf(store(rows));
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(6);
  });

  it('aborted signal: ends with its reason, and closes the cursor', async () => {
    const controller = new AbortController();
    let isClosed = false;
    async function* endless() {
      try {
        for (let i = 0; ; i++) {
          if (i === 10) {
            controller.abort(new Error('too late'));
          }
          yield `https://a-${i}.example`;
        }
      } finally {
        isClosed = true;
      }
    }
    await expect(textsOf(endless(), controller.signal)).rejects.toThrow('too late');
    expect(isClosed).toBe(true);
  });

  it('endless list: a timer can end it', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('too late')), 20);
    function* endless() {
      for (;;) {
        yield 'https://a.example';
      }
    }
    await expect(textsOf(endless(), controller.signal)).rejects.toThrow('too late');
  });

  it('rows that arrive after the abort: are not read', async () => {
    const controller = new AbortController();
    controller.abort(new Error('too late'));
    await expect(textsOf([], controller.signal)).rejects.toThrow('too late');
    await expect(textsOf(ROWS, controller.signal)).rejects.toThrow('too late');
  });
});

describe('skipped rows of one origin', () => {
  const row = (name: string) => ({ code: 'wildcard-in-list', row: name, message: '', hint: '' }) as const;

  it('new reading of the origin: replaces what was known of it', () => {
    const skipped = new SkippedRows();
    skipped.add(row('1'), 'a');
    skipped.add(row('2'));
    skipped.add(row('3'), 'b');
    skipped.replace('a', [row('4'), row('5')]);
    skipped.replace('c', []);
    expect(skipped.count).toBe(4);
    expect(skipped.first.map(({ row: name }) => name)).toEqual(['2', '3', '4', '5']);
  });

  it('very many origins: a bounded number of them is told apart', () => {
    const skipped = new SkippedRows();
    for (let i = 0; i < 10_005; i++) {
      skipped.add(row(String(i)), `o${i}`);
    }
    skipped.replace('o9999', []);
    skipped.replace('o10004', []);
    expect(skipped.count).toBe(10_004);
  });

  it('row whose fields throw: is skipped', async () => {
    const hostile = {
      get origin() {
        throw new Error('no');
      },
    };
    const skipped = new SkippedRows();
    await textsOf([hostile], never, skipped);
    expect(skipped.first).toMatchObject([{ row: '0', code: 'invalid-value' }]);
  });
});
