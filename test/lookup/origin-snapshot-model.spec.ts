import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { OriginRow, StoredOrigin } from '../../lib/options/index.js';
import { StagedListOfSingles, snapshotOf } from './staged-list.js';
import { compileOrigins } from '../support/compile-origins.js';

const ROWS = [
  { origin: 'https://a.example', tenant: '' },
  { origin: 'https://a.example', tenant: 'acme' },
  { origin: 'https://x.b.example', tenant: '' },
  { origin: 'https://*.b.example', tenant: 'acme' },
  { origin: 'https://*.b.example:*', tenant: '' },
] as const;
const ORIGINS = ['https://a.example', 'https://x.b.example', 'https://y.b.example', 'https://y.b.example:8443'];
const TENANTS = [undefined, 'acme'];

/** What the store had when, and what was told of it: the moments of both are in one order. */
class History {
  now = 0;
  readonly rows = new Set<OriginRow>();
  /** Each time that a row was there, from one moment to another. */
  private readonly spans: { readonly row: OriginRow; readonly from: number; to: number }[] = [];
  private readonly told = new Map<string, number>();

  toggle(row: OriginRow): void {
    this.now++;
    if (this.rows.delete(row)) {
      this.spans.filter((span) => span.row === row && span.to === Infinity).forEach((span) => (span.to = this.now));
    } else {
      this.rows.add(row);
      this.spans.push({ row, from: this.now, to: Infinity });
    }
  }

  tell(text: string): void {
    this.told.set(text, ++this.now);
  }

  /** The rows that could allow an origin, each with the last change that was told of it. */
  rowsFor(origin: string, tenant: string | undefined) {
    return ROWS.filter(
      (row) => (row.tenant === '' || row.tenant === tenant) && compileOrigins([row.origin]).allows(origin),
    ).map((row) => ({ row, toldAt: this.told.get(row.origin) ?? -1 }));
  }

  /** Whether a row was there at some moment after the last change that a request had been preceded by. */
  wasThere(rows: ReturnType<History['rowsFor']>): boolean {
    return rows.some(({ row, toldAt }) => this.spans.some((span) => span.row === row && span.to > toldAt));
  }

  wasAlwaysThere(rows: ReturnType<History['rowsFor']>): boolean {
    return rows.some(({ row }) => this.spans.some((span) => span.row === row && span.from === 1 && span.to > this.now));
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('toggle' as const), row: fc.nat(ROWS.length - 1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tell' as const), row: fc.nat(ROWS.length - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tell-many' as const), count: fc.constantFrom(20, 1_200) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tell-nothing' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ask' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 20, 99, 300, 3_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('store' as const),
      single: fc.constantFrom(0, 0, 30, 400),
      whole: fc.constantFrom(0, 100, 2_500),
      fails: fc.constantFrom(false, false, false, true),
    }),
  },
);

describe('a list in memory, whatever happens', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['that reads single origins', true],
    ['that reads itself as a whole', false],
  ])(
    'allows no origin after its removal was told, nothing that no reading had, and misses no row: a list %s',
    async (_name, readsSingles) => {
      const property = fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        jest.clearAllTimers();
        const history = new History();
        const store = { single: 0, whole: 0, fails: false };
        const list = new StagedListOfSingles();
        const read = async (duration: number, isRead: (row: OriginRow) => boolean): Promise<StoredOrigin[]> => {
          const { fails } = store;
          const rows = [...history.rows].filter(isRead);
          await new Promise((resolve) => setTimeout(resolve, duration));
          if (fails) {
            throw new Error('no');
          }
          return rows;
        };
        list.loadOrigins.mockImplementation(() => read(store.whole, () => true));
        list.loadOrigin.mockImplementation((origin) => read(store.single, (row) => row.origin === origin));
        if (!readsSingles) {
          Object.assign(list, { loadOrigin: undefined });
        }
        // The row that no step removes.
        history.toggle(ROWS[2]);
        const { snapshot } = snapshotOf(list, { refreshInterval: 60_000 });
        const started = snapshot.start();
        await jest.advanceTimersByTimeAsync(0);
        await started;
        const asked: Promise<void>[] = [];
        const ask = (origin: string, tenant: string | undefined): void => {
          const rows = history.rowsFor(origin, tenant);
          const answer = snapshot.lookUp(origin, tenant);
          const check = (given: string): void => {
            if (given === 'allowed') {
              expect(history.wasThere(rows)).toBe(true);
            } else if (given === 'refused') {
              expect(history.wasAlwaysThere(rows)).toBe(false);
            }
          };
          if (typeof answer === 'string') {
            check(answer);
          } else {
            // Only what a change has named waits.
            expect(rows.some(({ toldAt }) => toldAt > 0)).toBe(true);
            asked.push(answer.then(check));
          }
        };
        for (const each of steps) {
          switch (each.do) {
            case 'toggle':
              if (each.row !== 2) {
                history.toggle(ROWS[each.row] as OriginRow);
              }
              break;
            case 'tell': {
              const { origin } = ROWS[each.row] as OriginRow;
              history.tell(origin);
              snapshot.follow({ origin });
              break;
            }
            case 'tell-many':
              for (let i = 0; i < each.count; i++) {
                snapshot.follow({ origin: `https://other-${i}.example` });
              }
              break;
            case 'tell-nothing':
              snapshot.follow({});
              break;
            case 'ask':
              ORIGINS.forEach((origin) => TENANTS.forEach((tenant) => ask(origin, tenant)));
              break;
            case 'wait':
              await jest.advanceTimersByTimeAsync(each.ms);
              break;
            case 'store':
              Object.assign(store, each);
          }
        }
        // In the end, everything is told, and the store works.
        Object.assign(store, { single: 0, whole: 0, fails: false });
        await jest.advanceTimersByTimeAsync(130_000);
        await Promise.all(asked);
        for (const origin of ORIGINS) {
          for (const tenant of TENANTS) {
            const isThere = history.rowsFor(origin, tenant).some(({ row }) => history.rows.has(row));
            expect(snapshot.lookUp(origin, tenant)).toBe(isThere ? 'allowed' : 'refused');
          }
        }
        snapshot.stop();
        expect(jest.getTimerCount()).toBe(0);
      });
      await fc.assert(property, { numRuns: 150 });
    },
    60_000,
  );
});
