import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pool } from 'pg';
import type { OriginListContext, OriginRow } from '../../lib/options/index.js';
import { OriginSnapshot } from '../../lib/lookup/origin-snapshot.js';
import { PolicyCatalog } from '../../lib/policy/policy-catalog.js';
import { PostgresOriginList } from '../../lib/entry-points/postgres/index.js';
import { print } from './instances/figures.js';
import { TemporaryDatabase } from './temporary-database.js';
import { whileGettingOn } from './until.js';

const ORIGINS = 1_000_000;
const PATTERNS = 10_000;
const TENANTS = 1_000;
const QUESTIONS = 100_000;
/** How often each question is asked. */
const ROUNDS = 2;
/** Rows of one statement, so that writing them shows how it gets on. */
const PART = 50_000;
/** docs/origins.md says 90. */
const MAX_BYTES_PER_ORIGIN = 180;
/** The tests below watch the progress of what is slow. */
const DAY = 24 * 60 * 60 * 1000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Counts the rows that it has read. */
class CountingList extends PostgresOriginList {
  rows = 0;

  override async *loadOrigins(context: OriginListContext): AsyncGenerator<OriginRow, void, undefined> {
    for await (const row of super.loadOrigins(context)) {
      this.rows++;
      yield row;
    }
  }
}

describe('list of a million origins and ten thousand patterns, of a thousand tenants', () => {
  let database: TemporaryDatabase;
  let pool: Pool;
  let snapshot: OriginSnapshot;

  beforeAll(async () => {
    database = await TemporaryDatabase.create();
    const client = await database.connectToOrigins();
    let written = 0;
    const write = async (prefix: string, suffix: string, count: number): Promise<void> => {
      for (let from = 1; from <= count; from += PART) {
        const to = Math.min(from + PART - 1, count);
        await client.query(
          `insert into cors_origins (origin, tenant)
           select $3 || n || $4, 'tenant-' || n % $5 from generate_series($1::int, $2::int) as n`,
          [from, to, prefix, suffix, TENANTS],
        );
        written = to;
      }
    };
    await whileGettingOn(write('https://shop-', '.customer.example', ORIGINS), () => written);
    await whileGettingOn(write('https://*.group-', '.example', PATTERNS), () => written);
    await client.end();
    pool = new Pool({ connectionString: database.url });
  }, DAY);

  afterAll(async () => {
    snapshot.stop();
    await pool.end();
    await database.drop();
  });

  it(
    'reading, memory and decisions: stay within their bounds',
    async () => {
      const { lists } = new PolicyCatalog({ lists: { loadTimeout: DAY, refreshInterval: DAY } }).lookups; // Decisions block the event loop here.
      const list = new CountingList({ client: pool });
      snapshot = new OriginSnapshot(list, 'the list', lists, () => {});
      collectGarbage();
      const before = process.memoryUsage().heapUsed;
      const startedAt = performance.now();
      await whileGettingOn(snapshot.start(), () => list.rows);
      const seconds = (performance.now() - startedAt) / 1000;
      collectGarbage();
      const bytes = (process.memoryUsage().heapUsed - before) / (ORIGINS + PATTERNS);

      expect(list.rows).toBe(ORIGINS + PATTERNS);
      expect(snapshot.state).toMatchObject({ origins: ORIGINS, patterns: PATTERNS });
      expect(bytes).toBeLessThan(MAX_BYTES_PER_ORIGIN);
      const costs = {
        'an allowed origin': cost((n) => `https://shop-${n}.customer.example`, 'allowed'),
        'an origin of a pattern': cost((n) => `https://a.group-${n % PATTERNS || PATTERNS}.example`, 'allowed'),
        'an origin of another tenant': cost((n) => `https://shop-${n}.customer.example`, 'refused', 1),
        'an unknown origin': cost((n) => `https://nobody-${n}.example`, 'refused'),
      };
      print(
        `a list of ${ORIGINS} origins and ${PATTERNS} patterns in PostgreSQL: read in ${seconds.toFixed(1)} s, ` +
          `${bytes.toFixed(0)} bytes of heap for each; a decision about ` +
          Object.entries(costs)
            .map(([name, nanoseconds]) => `${name} ${nanoseconds.toFixed(0)} ns`)
            .join(', '),
      );
    },
    DAY,
  );

  /** Nanoseconds of a decision, with the making of its question taken off. */
  function cost(originOf: (n: number) => string, expected: string, tenantOffset = 0): number {
    const questions = Array.from({ length: QUESTIONS }, (_, index) => {
      const n = ((index * 7919) % ORIGINS) + 1;
      return { origin: flat(originOf(n)), tenant: `tenant-${(n + tenantOffset) % TENANTS}` };
    });
    let wrong = 0;
    const startedAt = process.hrtime.bigint();
    for (let round = 0; round < ROUNDS; round++) {
      for (const { origin, tenant } of questions) {
        wrong += snapshot.lookUp(origin, tenant) === expected ? 0 : 1;
      }
    }
    const nanoseconds = Number(process.hrtime.bigint() - startedAt) / (QUESTIONS * ROUNDS);
    expect(wrong).toBe(0);
    return nanoseconds;
  }
});

/** As a request's header is: one piece, not the parts that it was put together from. */
function flat(text: string): string {
  return Buffer.from(text).toString('latin1');
}
