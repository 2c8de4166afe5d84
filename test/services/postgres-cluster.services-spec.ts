import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Client, Pool, type PoolConfig } from 'pg';
import {
  createOriginsSchema,
  PostgresOriginList,
  PostgresOriginLookup,
} from '../../lib/entry-points/postgres/index.js';
import { RecordingLogger, startApplication } from '../support/application.js';
import { RecordedChanges } from './postgres-changes.js';
import { PostgresServer } from './postgres-server.js';
import { TcpProxy } from './tcp-proxy.js';
import { until } from './until.js';

const ORIGIN = 'https://a.example';
const INSERT = 'insert into cors_origins (origin) values ($1)';
const HEARTBEAT = { heartbeatInterval: 100, heartbeatTimeout: 1000 };
/** What a connection that asks for TLS begins with, and not what a request to cancel does. */
const SSL_REQUEST = '0000000804d2162f';
const DELETE = 'delete from cors_origins where origin = $1';
const { signal } = new AbortController();

let primary: PostgresServer;
let standby: PostgresServer;
let ssl: { ca: string };
let writer: Pool;
let logger: RecordingLogger;
let closing: (() => unknown)[];

beforeAll(async () => {
  primary = await PostgresServer.start();
  standby = await primary.startStandby();
  ssl = { ca: await primary.certificate() };
});

afterAll(async () => {
  await standby?.remove();
  await primary?.remove();
});

beforeEach(async () => {
  closing = [];
  logger = new RecordingLogger();
  Logger.overrideLogger(logger);
  writer = poolOf({ connectionString: primary.url, ssl });
  await createOriginsSchema(writer);
  await writer.query('truncate cors_origins');
});

afterEach(async () => {
  for (const close of closing.reverse()) {
    await close();
  }
  Logger.overrideLogger(false);
});

function poolOf(config: PoolConfig): Pool {
  const pool = new Pool(config);
  pool.on('error', () => {});
  closing.push(() => pool.end());
  return pool;
}

function record(store: PostgresOriginList | PostgresOriginLookup): RecordedChanges {
  const changes = new RecordedChanges(store.changes);
  closing.push(() => changes.stop());
  return changes;
}

async function originsOf(list: PostgresOriginList): Promise<unknown[]> {
  const origins: unknown[] = [];
  for await (const row of list.loadOrigins({ signal })) {
    origins.push(row.origin);
  }
  return origins;
}

describe('PostgreSQL that accepts TLS alone', () => {
  let pool: Pool;

  beforeEach(async () => {
    await primary.requireTls();
    pool = poolOf({ connectionString: primary.url, ssl, max: 4 });
  });

  it('lookups and notifications: work over TLS', async () => {
    const plain = new Client({ connectionString: primary.url });
    await expect(plain.connect()).rejects.toThrow(/no encryption/);
    const lookup = new PostgresOriginLookup({ client: pool, ...HEARTBEAT });
    const changes = record(lookup);
    await changes.listening();
    await writer.query(INSERT, [ORIGIN]);
    expect(await changes.of(ORIGIN)).toEqual({ origin: ORIGIN });
    expect(await lookup.isOriginAllowed(ORIGIN, { tenant: undefined, signal })).toBe(true);
    const { rows } = await writer.query(
      'select from pg_stat_ssl natural join pg_stat_activity where not ssl and client_port > 0',
    );
    expect([rows, logger.warnings]).toEqual([[], []]);
  });

  it('abandoned query: is cancelled, with its key sent over TLS', async () => {
    const proxy = await TcpProxy.to({ host: '127.0.0.1', port: primary.port });
    closing.push(() => proxy.close());
    const client = poolOf({
      ...(pool.options as PoolConfig),
      connectionString: `postgres://postgres@127.0.0.1:${proxy.port}/postgres`,
    });
    const lookup = new PostgresOriginLookup({ client, listen: false, queryTimeout: 60_000 });
    const locker = await writer.connect();
    await locker.query('begin; lock table cors_origins in access exclusive mode');
    try {
      const waiting = async () =>
        (await writer.query(`select from pg_stat_activity where wait_event_type = 'Lock'`)).rows.length;
      const controller = new AbortController();
      const lookups = [1, 2].map(() =>
        lookup.isOriginAllowed(ORIGIN, { tenant: undefined, signal: controller.signal }),
      );
      await until(async () => (await waiting()) === 2);
      controller.abort(new Error('Too late'));
      expect((await Promise.allSettled(lookups)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await until(async () => (await waiting()) === 0);
      expect(new Set(proxy.openings)).toEqual(new Set([SSL_REQUEST]));
      expect(proxy.openings.length).toBeGreaterThanOrEqual(4);
    } finally {
      await locker.query('rollback');
      locker.release();
    }
    expect(await lookup.isOriginAllowed(ORIGIN, { tenant: undefined, signal })).toBe(false);
  });
});

describe('PostgreSQL standby', () => {
  let pool: Pool;

  beforeEach(() => {
    pool = poolOf({ connectionString: standby.url, max: 4 });
  });

  /** Waits until the standby has what the primary has committed. */
  async function replayed(): Promise<void> {
    const { rows } = await writer.query('select pg_current_wal_insert_lsn() as written');
    await until(async () => {
      const answer = await pool.query('select pg_last_wal_replay_lsn() >= $1 as is_there', [rows[0].written]);
      return answer.rows[0].is_there === true;
    });
  }

  it('lookups and lists: work, and one log line says that it does not notify', async () => {
    await writer.query(INSERT, [ORIGIN]);
    await replayed();
    const lookup = new PostgresOriginLookup({ client: pool, ...HEARTBEAT });
    const changes = record(lookup);
    await until(() => logger.warnings.length > 0);
    expect(await lookup.isOriginAllowed(ORIGIN, { tenant: undefined, signal })).toBe(true);
    expect(await originsOf(new PostgresOriginList({ client: pool, listen: false }))).toEqual([ORIGIN]);
    await sleep(1000);
    expect(changes.all).toEqual([]);
    expect(logger.warnings).toEqual([
      expect.stringMatching(
        /^Not listening on .*cannot execute LISTEN during recovery.* and trying again until it works\. Meanwhile changed origins are noticed late/,
      ),
    ]);
  });

  it('removal that the primary has announced: ends access as soon as the standby has it', async () => {
    await writer.query(INSERT, [ORIGIN]);
    await replayed();
    const listenClient = () => new Client({ connectionString: primary.url, ssl });
    const lookup = new PostgresOriginLookup({ client: pool, listenClient, ...HEARTBEAT });
    const changes = record(lookup);
    const cors = { originLookup: lookup, cache: { ttl: 3_600_000 } };
    const { preflight, close } = await startApplication('express', 'NestFactory', { cors });
    closing.push(close);
    const status = async () => (await preflight(ORIGIN, 'GET', '/')).status;
    await changes.listening();
    expect(await status()).toBe(204);
    await pool.query('select pg_wal_replay_pause()');
    try {
      await writer.query(DELETE, [ORIGIN]);
      await changes.of(ORIGIN);
      // What the standby says now is of before the removal.
      expect(await status()).toBe(204);
    } finally {
      await pool.query('select pg_wal_replay_resume()');
    }
    await replayed();
    await until(async () => (await status()) === 403);
  });
});

describe('two-phase commits in PostgreSQL', () => {
  const prepare = (statement: string) => writer.query(`begin; ${statement}; prepare transaction 'of_origins'`);

  it('prepared transaction: fails where triggers notify, and works with the schema without notifications', async () => {
    const insert = `insert into cors_origins (origin) values ('${ORIGIN}')`;
    await expect(prepare(insert)).rejects.toThrow(/cannot PREPARE a transaction that has executed .*NOTIFY/);
    await createOriginsSchema(writer, { notifications: false });
    await prepare(insert);
    const list = new PostgresOriginList({ client: writer, listen: false });
    expect(await originsOf(list)).toEqual([]);
    await writer.query(`commit prepared 'of_origins'`);
    expect([await originsOf(list), logger.warnings]).toEqual([[ORIGIN], []]);
  });
});
