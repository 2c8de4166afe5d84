import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Client, Pool, type PoolClient, type PoolConfig } from 'pg';
import {
  createOriginsSchema,
  PostgresOriginList,
  PostgresOriginLookup,
} from '../../lib/entry-points/postgres/index.js';
import { RecordingLogger } from '../support/application.js';
import { PgBouncer } from './pgbouncer.js';
import { TcpProxy } from './tcp-proxy.js';
import { TemporaryDatabase } from './temporary-database.js';
import { until } from './until.js';

const ORIGIN = 'https://a.example';
const DEADLINE = 300;

describe('abandoned queries of PostgreSQL stores', () => {
  let database: TemporaryDatabase;
  let locker: Client;
  let logger: RecordingLogger;
  let closing: (() => unknown)[];

  beforeAll(async () => {
    database = await TemporaryDatabase.create();
    locker = new Client({ connectionString: database.url, application_name: 'locker' });
    await locker.connect();
    await createOriginsSchema(locker);
    await locker.query('insert into cors_origins (origin) values ($1)', [ORIGIN]);
  });

  afterAll(async () => {
    await locker.end();
    await database.drop();
  });

  beforeEach(() => {
    closing = [];
    logger = new RecordingLogger();
    Logger.overrideLogger(logger);
  });

  afterEach(async () => {
    await locker.query('rollback');
    for (const close of closing.reverse()) {
      await close();
    }
    Logger.overrideLogger(false);
    await until(async () => (await database.connections()) === 1);
  });

  function poolOf(config: PoolConfig): Pool {
    const pool = new Pool({ connectionString: database.url, ...config });
    pool.on('error', () => {});
    closing.push(() => pool.end());
    return pool;
  }

  async function lock(): Promise<void> {
    await locker.query('begin');
    await locker.query('lock table cors_origins in access exclusive mode');
  }

  /** How many sessions there are, and how many of them wait for the lock. */
  async function sessions(): Promise<{ all: number; waiting: number }> {
    const rows = await database.query(
      `select count(*)::int as "all", (count(*) filter (where wait_event_type = 'Lock'))::int as waiting from pg_stat_activity
       where datname = current_database() and application_name <> 'locker' and pid <> pg_backend_pid()`,
    );
    return rows[0] as { all: number; waiting: number };
  }

  /** Most sessions that were seen while the work went on. */
  async function mostDuring(work: Promise<unknown>): Promise<{ all: number; waiting: number }> {
    const most = { all: 0, waiting: 0 };
    const state = { done: false };
    const finished = work.finally(() => (state.done = true));
    while (!state.done) {
      const { all, waiting } = await sessions();
      most.all = Math.max(most.all, all);
      most.waiting = Math.max(most.waiting, waiting);
    }
    await finished;
    return most;
  }

  const ask = (lookup: PostgresOriginLookup, origin: string, deadline = DEADLINE) =>
    lookup
      .isOriginAllowed(origin, { tenant: undefined, signal: AbortSignal.timeout(deadline) })
      .catch((error: unknown) => error);

  /** What every connection of the pool is set to. */
  async function settings(pool: Pool): Promise<Set<string>> {
    const connections: PoolClient[] = [];
    for (let count = 0; count < pool.options.max; count++) {
      connections.push(await pool.connect());
    }
    const shown = new Set<string>();
    for (const connection of connections) {
      for (const setting of ['statement_timeout', 'lock_timeout']) {
        const { rows } = await connection.query(`show ${setting}`);
        shown.add(Object.values(rows[0] as object).join());
      }
      connection.release();
    }
    return shown;
  }

  it('locked table: take a bounded number of connections, and end in the server', async () => {
    const pool = poolOf({ max: 4 });
    const lookup = new PostgresOriginLookup({ client: pool });
    expect(await ask(lookup, ORIGIN)).toBe(true);
    await lock();
    const waits: number[] = [];
    const work = async (): Promise<void> => {
      for (let round = 0; round < 5; round++) {
        const asked = Array.from({ length: 30 }, (_, index) => ask(lookup, `https://${round}-${index}.example`));
        const startedAt = performance.now();
        await pool.query('select 1');
        waits.push(performance.now() - startedAt);
        await Promise.all(asked);
      }
    };
    const most = await mostDuring(work());
    expect(most.waiting).toBe(2);
    expect(most.all).toBeLessThanOrEqual(4);
    expect(Math.max(...waits)).toBeLessThan(DEADLINE);
    await until(async () => (await sessions()).waiting === 0);
    await locker.query('rollback');
    expect(await ask(lookup, ORIGIN, 5000)).toBe(true);
    expect(await settings(pool)).toEqual(new Set(['0']));
    expect(logger.warnings).toEqual([
      expect.stringMatching(/was not answered in time, .* select pid, state, query from/),
    ]);
  });

  it('several stores over one pool: take no more connections than one', async () => {
    const pool = poolOf({ max: 4 });
    const stores = Array.from({ length: 5 }, () => new PostgresOriginLookup({ client: pool }));
    await lock();
    const most = await mostDuring(Promise.all(stores.map((store) => ask(store, ORIGIN))));
    expect(most.waiting).toBe(2);
  });

  it('maxQueries: bounds how many run at once', async () => {
    const lookup = new PostgresOriginLookup({ client: poolOf({ max: 4 }), maxQueries: 3 });
    await lock();
    const most = await mostDuring(Promise.all(Array.from({ length: 10 }, () => ask(lookup, ORIGIN, 1000))));
    expect(most.waiting).toBe(3);
  });

  it('query sent just before its deadline: ends in the server', async () => {
    const lookup = new PostgresOriginLookup({ client: poolOf({ max: 4 }), queryTimeout: 3_600_000 });
    await lock();
    await Promise.all(Array.from({ length: 60 }, (_, index) => ask(lookup, ORIGIN, 1 + index)));
    await until(async () => (await sessions()).waiting === 0);
    await locker.query('rollback');
    expect(await ask(lookup, ORIGIN, 5000)).toBe(true);
  });

  it('deadline passes while the query waits for a slot: is not sent', async () => {
    const lookup = new PostgresOriginLookup({ client: poolOf({ max: 2 }) });
    await lock();
    const first = ask(lookup, ORIGIN, 1500);
    expect(await ask(lookup, ORIGIN, 100)).toMatchObject({ name: 'TimeoutError' });
    await locker.query('rollback');
    expect(await first).toBe(true);
  });

  it.each([
    ['a page of a list', (pool: Pool, signal: AbortSignal) => rowsOf(new PostgresOriginList({ client: pool }), signal)],
    [
      'the rows of one origin',
      (pool: Pool, signal: AbortSignal) => new PostgresOriginList({ client: pool }).loadOrigin(ORIGIN, { signal }),
    ],
  ])('query of %s: ends in the server', async (_name, read) => {
    const pool = poolOf({ max: 2 });
    await lock();
    await expect(read(pool, AbortSignal.timeout(DEADLINE))).rejects.toThrow('canceling statement due to user request');
    await until(async () => (await sessions()).waiting === 0);
    await locker.query('rollback');
    expect(await settings(pool)).toEqual(new Set(['0']));
  });

  it('query_timeout of the driver is shorter: ends in the server', async () => {
    const lookup = new PostgresOriginLookup({ client: poolOf({ max: 2, query_timeout: 200 }) });
    await lock();
    const most = await mostDuring(
      (async () => {
        for (let round = 0; round < 5; round++) {
          expect(await ask(lookup, ORIGIN, 3000)).toMatchObject({ message: 'Query read timeout' });
        }
      })(),
    );
    expect(most.waiting).toBe(1);
    await until(async () => (await sessions()).waiting === 0);
  });

  it('cancel request that cannot reach the server: end at the statement_timeout', async () => {
    const url = new URL(database.url);
    const proxy = await TcpProxy.to({ host: url.hostname, port: Number(url.port || 5432) });
    closing.push(() => proxy.close());
    url.host = `${proxy.host}:${proxy.port}`;
    const pool = poolOf({ connectionString: url.href, max: 2, connectionTimeoutMillis: 500 });
    const lookup = new PostgresOriginLookup({ client: pool, queryTimeout: 1500 });
    expect(await ask(lookup, ORIGIN)).toBe(true);
    await lock();
    const asked = ask(lookup, ORIGIN);
    await until(async () => (await sessions()).waiting === 1);
    proxy.blackHole();
    expect(await asked).toMatchObject({ message: 'Connection terminated' });
    await until(async () => (await sessions()).waiting === 0);
    proxy.restore();
    await locker.query('rollback');
    expect(await ask(lookup, ORIGIN, 5000)).toBe(true);
  });

  it('session with a lower statement_timeout: keeps it', async () => {
    const pool = poolOf({ max: 2, statement_timeout: 200 });
    await lock();
    expect(await ask(new PostgresOriginLookup({ client: pool }), ORIGIN, 5000)).toMatchObject({
      message: 'canceling statement due to statement timeout',
    });
    await locker.query('rollback');
    expect(await settings(pool)).toEqual(new Set(['200ms', '0']));
  });

  it('PgBouncer in transaction mode: end in the server', async () => {
    const bouncer = await PgBouncer.start(database.url, { poolMode: 'transaction', poolSize: 3 });
    closing.push(() => bouncer.stop());
    const pool = poolOf({ connectionString: bouncer.url, max: 4 });
    const lookup = new PostgresOriginLookup({ client: pool });
    expect(await ask(lookup, ORIGIN)).toBe(true);
    await lock();
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 10 }, () => ask(lookup, ORIGIN)));
      await pool.query('select 1');
    }
    await until(async () => (await sessions()).waiting === 0);
    await locker.query('rollback');
    expect(await ask(lookup, ORIGIN, 5000)).toBe(true);
    expect(await settings(pool)).toEqual(new Set(['0']));
  });

  it('application closes while the table is locked: closes without waiting for the lock', async () => {
    const pool = new Pool({ connectionString: database.url, max: 2 });
    const lookup = new PostgresOriginLookup({ client: pool });
    await lock();
    const stop = new AbortController();
    const asked = lookup.isOriginAllowed(ORIGIN, { tenant: undefined, signal: stop.signal });
    const failure = asked.catch((error: unknown) => error);
    await until(async () => (await sessions()).waiting === 1);
    const ended = pool.end();
    stop.abort();
    expect(await failure).toMatchObject({ message: 'canceling statement due to user request' });
    await ended;
    await until(async () => (await sessions()).all === 0);
  });

  it('outage of any length: logs its begin once and its end once', async () => {
    const lookup = new PostgresOriginLookup({ client: poolOf({ max: 2 }) });
    for (let round = 0; round < 2; round++) {
      await lock();
      await ask(lookup, ORIGIN, 100);
      await ask(lookup, ORIGIN, 100);
      await locker.query('rollback');
      expect(await ask(lookup, ORIGIN, 5000)).toBe(true);
      await sleep(10);
    }
    expect(logger.warnings).toHaveLength(1);
    const [statement] = /select pid.*;/.exec(logger.warnings[0] ?? '') ?? [];
    await lock();
    expect(await database.query(statement ?? '')).toEqual([
      expect.objectContaining({
        state: 'idle in transaction',
        query: expect.stringContaining('lock table') as unknown,
      }),
    ]);
  });
});

async function rowsOf(list: PostgresOriginList, signal: AbortSignal): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const row of list.loadOrigins({ signal })) {
    rows.push(row);
  }
  return rows;
}
