import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pool } from 'pg';
import { OriginSnapshot } from '../../lib/lookup/origin-snapshot.js';
import { PolicyCatalog } from '../../lib/policy/policy-catalog.js';
import { PostgresOriginList } from '../../lib/entry-points/postgres/index.js';
import { print } from './instances/figures.js';
import { TemporaryDatabase } from './temporary-database.js';

const ORIGINS = 1_000_000;
const PATTERNS = 10_000;
const TENANTS = 1_000;
const DECISIONS = 1_000_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('list of a million origins and ten thousand patterns, of a thousand tenants', () => {
  let database: TemporaryDatabase;
  let pool: Pool;
  let snapshot: OriginSnapshot;

  beforeAll(async () => {
    database = await TemporaryDatabase.create();
    const client = await database.connectToOrigins();
    await client.query(
      `insert into cors_origins (origin, tenant)
       select 'https://shop-' || n || '.customer.example', 'tenant-' || n % $2 from generate_series(1, $1) as n`,
      [ORIGINS, TENANTS],
    );
    await client.query(
      `insert into cors_origins (origin, tenant)
       select 'https://*.group-' || n || '.example', 'tenant-' || n % $2 from generate_series(1, $1) as n`,
      [PATTERNS, TENANTS],
    );
    await client.end();
    pool = new Pool({ connectionString: database.url });
  });

  afterAll(async () => {
    snapshot.stop();
    await pool.end();
    await database.drop();
  });

  it('reading, memory and decisions: stay within their bounds', async () => {
    const { lists } = new PolicyCatalog({ lists: { loadTimeout: 120_000, refreshInterval: 3_600_000 } }).lookups; // Decisions block the event loop here.
    snapshot = new OriginSnapshot(new PostgresOriginList({ client: pool }), 'the list', lists, () => {});
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const startedAt = performance.now();
    await snapshot.start();
    const seconds = (performance.now() - startedAt) / 1000;
    collectGarbage();
    const bytes = (process.memoryUsage().heapUsed - before) / (ORIGINS + PATTERNS);

    expect(snapshot.state).toMatchObject({ origins: ORIGINS, patterns: PATTERNS });
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
  });

  /** Nanoseconds of a decision, with the making of its question taken off. */
  function cost(originOf: (n: number) => string, expected: string, tenantOffset = 0): number {
    const questions = Array.from({ length: DECISIONS / 10 }, (_, index) => {
      const n = ((index * 7919) % ORIGINS) + 1;
      return { origin: flat(originOf(n)), tenant: `tenant-${(n + tenantOffset) % TENANTS}` };
    });
    let wrong = 0;
    const startedAt = process.hrtime.bigint();
    for (let round = 0; round < 10; round++) {
      for (const { origin, tenant } of questions) {
        wrong += snapshot.lookUp(origin, tenant) === expected ? 0 : 1;
      }
    }
    const nanoseconds = Number(process.hrtime.bigint() - startedAt) / DECISIONS;
    expect(wrong).toBe(0);
    return nanoseconds;
  }
});

/** As a request's header is: one piece, not the parts that it was put together from. */
function flat(text: string): string {
  return Buffer.from(text).toString('latin1');
}
