import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Client, type PoolConfig } from 'pg';
import type { OriginRow } from '../../lib/options/index.js';
import {
  createOriginsSchema,
  PostgresOriginList,
  PostgresOriginLookup,
} from '../../lib/entry-points/postgres/index.js';
import { RecordingLogger } from '../support/application.js';
import { RecordedChanges } from './postgres-changes.js';
import { usePostgres } from './postgres-fixture.js';
import { until } from './until.js';
import { TcpProxy } from './tcp-proxy.js';

const ORIGIN = 'https://a.example';
const { signal } = new AbortController();
const INSERT = 'insert into cors_origins (origin, tenant) values ($1, $2)';

describe('PostgreSQL origins', () => {
  const postgres = usePostgres(() => new RecordingLogger());
  const { closing, poolOf } = postgres;

  async function proxyOf(): Promise<{ proxy: TcpProxy; throughProxy: PoolConfig }> {
    const url = new URL(postgres.database.url);
    const proxy = await TcpProxy.to({ host: url.hostname, port: Number(url.port || 5432) });
    closing.push(() => proxy.close());
    url.hostname = proxy.host;
    url.port = String(proxy.port);
    return { proxy, throughProxy: { connectionString: url.href } };
  }

  async function record(store: PostgresOriginList | PostgresOriginLookup): Promise<RecordedChanges> {
    const changes = new RecordedChanges(store.changes);
    closing.push(() => changes.stop());
    await changes.listening();
    return changes;
  }

  /** Server processes of listening connections. */
  async function listeners(): Promise<number[]> {
    const rows = (await postgres.database.query(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'nestjs-cors'`,
    )) as { pid: number }[];
    return rows.map(({ pid }) => pid);
  }

  async function rowsOf(list: PostgresOriginList): Promise<OriginRow[]> {
    const rows: OriginRow[] = [];
    for await (const row of list.loadOrigins({ signal })) {
      rows.push(row);
    }
    return rows;
  }

  it('several instances create the schema at once: all succeed', async () => {
    await postgres.database.query('create schema together');
    const url = new URL(postgres.database.url);
    url.searchParams.set('options', '-c search_path=together');
    const pool = poolOf({ connectionString: url.href });
    await Promise.all(Array.from({ length: 8 }, () => createOriginsSchema(pool)));
    const triggers = await pool.query(
      `select tgname from pg_trigger where tgrelid = 'together.cors_origins'::regclass order by tgname`,
    );
    expect(triggers.rows.map(({ tgname }) => tgname as string)).toEqual([
      'cors_origins_deleted',
      'cors_origins_inserted',
      'cors_origins_truncated',
      'cors_origins_updated',
    ]);
  });

  it('schema created again during an open write: does not wait for it', async () => {
    const pool = poolOf({ lock_timeout: 1000 });
    const writer = await pool.connect();
    await writer.query('begin');
    await writer.query(INSERT, [ORIGIN, '']);
    await createOriginsSchema(pool);
    await writer.query('commit');
    writer.release();
    expect(await rowsOf(new PostgresOriginList({ client: pool }))).toHaveLength(1);
  });

  it('lookup: finds rows by tenant, with patterns, and no pending rows', async () => {
    await postgres.database.query(INSERT, [ORIGIN, 'a']);
    await postgres.database.query(INSERT, ['https://*.shop.example:*', '']);
    await postgres.database.query(
      `insert into cors_origins (origin, verified_at) values ('https://pending.example', null)`,
    );
    const lookup = new PostgresOriginLookup({ client: poolOf() });
    const isAllowed = (origin: string, tenant?: string) => lookup.isOriginAllowed(origin, { tenant, signal });
    expect(await isAllowed(ORIGIN, 'a')).toBe(true);
    expect(await isAllowed(ORIGIN, 'b')).toBe(false);
    expect(await isAllowed(ORIGIN)).toBe(false);
    expect(await isAllowed('https://x.shop.example:8443')).toBe(true);
    expect(await isAllowed('https://x.shop.example', 'b')).toBe(true);
    expect(await isAllowed('https://pending.example')).toBe(false);
    expect(await isAllowed(ORIGIN, "a' or true --\0")).toBe(false);
    await postgres.database.query(INSERT, ['app://.', '']);
    await postgres.database.query(INSERT, ['https://*.amazonaws.com', '']);
    expect(await isAllowed('app://.', 'a')).toBe(true);
    expect(await isAllowed('app://', 'a')).toBe(false);
    expect(await isAllowed('https://bucket.s3.amazonaws.com', 'a')).toBe(false);
  });

  it('list: is read page by page', async () => {
    await postgres.database.query(
      `insert into cors_origins (origin, tenant, verified_at)
       select 'https://a' || i || '.example', 't' || i % 7, case when i % 10 <> 0 then now() end from generate_series(1, 5000) as i`,
    );
    const rows = await rowsOf(new PostgresOriginList({ client: poolOf(), pageSize: 999 }));
    expect(rows).toHaveLength(4500);
    expect(new Set(rows.map(({ origin }) => origin)).size).toBe(4500);
    expect(rows[0]).toEqual({ id: '1', origin: 'https://a1.example', tenant: 't1' });
  });

  it('schema and table of any name: are used', async () => {
    await postgres.database.query('create schema "odd "" schema"');
    const pool = poolOf({ max: 1 });
    await pool.query('set search_path to "odd "" schema"');
    await createOriginsSchema(pool);
    await pool.query(`alter table "odd "" schema".cors_origins rename to "a.b; drop table ""x"" -- ünïcode"`);
    const table = '"odd "" schema"."a.b; drop table ""x"" -- ünïcode"';
    const list = new PostgresOriginList({ client: poolOf(), table });
    const lookup = new PostgresOriginLookup({ client: poolOf(), table });
    const changes = await record(list);
    await pool.query(`insert into ${table} (origin) values ('${ORIGIN}')`);
    expect(await changes.of(ORIGIN)).toEqual({ origin: ORIGIN });
    expect(await rowsOf(list)).toEqual([{ id: '1', origin: ORIGIN, tenant: '' }]);
    expect(await list.loadOrigin(ORIGIN, { signal })).toHaveLength(1);
    expect(await lookup.isOriginAllowed(ORIGIN, { tenant: undefined, signal })).toBe(true);
  });

  it('write by another client: announces a change', async () => {
    const list = new PostgresOriginList({ client: poolOf() });
    const changes = await record(list);
    await postgres.database.query(INSERT, [ORIGIN, 'a']);
    expect(await changes.of(ORIGIN)).toEqual({ origin: ORIGIN, tenant: 'a' });
    expect(await list.loadOrigin(ORIGIN, { signal })).toEqual([{ id: '1', origin: ORIGIN, tenant: 'a' }]);
    await postgres.database.query('truncate cors_origins');
    await changes.listening(2);
    expect(await list.loadOrigin(ORIGIN, { signal })).toEqual([]);
    expect(postgres.logger.warnings).toEqual([]);
  });

  it('write in psql: announces a change', async () => {
    const changes = await record(new PostgresOriginLookup({ client: poolOf() }));
    await psql(postgres.database.url, `insert into cors_origins (origin) values ('${ORIGIN}')`);
    expect(await changes.of(ORIGIN)).toEqual({ origin: ORIGIN });
    await psql(postgres.database.url, 'notify cors_origins');
    await changes.listening(2);
    expect(postgres.logger.warnings).toEqual([]);
  });

  it('listening connection terminated: announces a change of everything when it is back', async () => {
    const list = new PostgresOriginList({ client: poolOf() });
    const changes = await record(list);
    const [pid] = await listeners();
    await postgres.database.query(`select pg_terminate_backend($1)`, [pid]);
    await postgres.database.query(INSERT, [ORIGIN, '']);
    await changes.listening(2);
    expect(await list.loadOrigin(ORIGIN, { signal })).toHaveLength(1);
    await postgres.database.query(INSERT, ['https://b.example', '']);
    expect(await changes.of('https://b.example')).toEqual({ origin: 'https://b.example' });
    expect(await listeners()).toHaveLength(1);
    expect(postgres.logger.warnings).toEqual([
      expect.stringMatching(
        /^Not listening on channel "cors_origins" of PostgreSQL \(terminating connection due to administrator command\)/,
      ),
    ]);
  });

  it('server restarted: announces a change of everything', async () => {
    const { proxy, throughProxy } = await proxyOf();
    const changes = await record(new PostgresOriginLookup({ client: poolOf(throughProxy) }));
    proxy.cut();
    const { accepted } = proxy;
    await until(() => proxy.accepted > accepted + 2);
    expect(changes.gaps).toBe(1);
    proxy.restore();
    await changes.listening(2);
    expect(postgres.logger.warnings).toHaveLength(1);
  });

  it('network that passes no byte: is noticed', async () => {
    const { proxy, throughProxy } = await proxyOf();
    const heartbeat = { heartbeatInterval: 100, heartbeatTimeout: 200 };
    const list = new PostgresOriginList({ client: poolOf(throughProxy), ...heartbeat });
    const changes = await record(list);
    proxy.blackHole();
    await postgres.database.query(INSERT, [ORIGIN, '']);
    await until(() => postgres.logger.warnings.length > 0);
    expect(postgres.logger.warnings[0]).toContain('(The answer to a heartbeat took longer than 200 ms)');
    expect(changes.all).toEqual([{}]);
    proxy.restore();
    await changes.listening(2);
    // A call may get a connection of the pool that has been dead since the black hole. Its deadline frees that place.
    const rows = () => list.loadOrigin(ORIGIN, { signal: AbortSignal.timeout(500) });
    await until(async () => (await rows().catch(() => [])).length === 1);
    await postgres.database.query(INSERT, ['https://b.example', '']);
    await changes.of('https://b.example');
  }, 60_000);

  it('query without an answer: frees its place in the pool', async () => {
    const { proxy, throughProxy } = await proxyOf();
    await postgres.database.query(INSERT, [ORIGIN, '']);
    const lookup = new PostgresOriginLookup({ client: poolOf({ ...throughProxy, max: 1 }) });
    const isAllowed = (asking: AbortSignal) => lookup.isOriginAllowed(ORIGIN, { tenant: undefined, signal: asking });
    expect(await isAllowed(signal)).toBe(true);
    proxy.blackHole();
    await expect(isAllowed(AbortSignal.timeout(200))).rejects.toThrow('Connection terminated');
    proxy.restore();
    expect(await isAllowed(signal)).toBe(true);
  });

  it('pool ended while the store listens: leaves no connection behind', async () => {
    const pool = poolOf();
    const list = new PostgresOriginList({ client: pool });
    const changes = await record(list);
    await rowsOf(list);
    await pool.end();
    await postgres.database.query(INSERT, [ORIGIN, '']);
    await changes.of(ORIGIN);
    expect(await postgres.database.connections()).toBe(1);
    changes.stop();
    await until(async () => (await postgres.database.connections()) === 0);
    await expect(rowsOf(list)).rejects.toThrow(/after calling end on the pool/);
  });

  it('listener option: listens on a connection of that kind', async () => {
    const listenClient = () => new Client({ connectionString: postgres.database.url, application_name: 'my listener' });
    const changes = await record(new PostgresOriginLookup({ client: poolOf(), listenClient }));
    expect(await listeners()).toEqual([]);
    await postgres.database.query(INSERT, [ORIGIN, '']);
    await changes.of(ORIGIN);
  });

  it('connection that fails: the log shows no password', async () => {
    const url = new URL(postgres.database.url);
    url.password = 'hunter2';
    url.pathname = '/nowhere';
    const changes = new RecordedChanges(
      new PostgresOriginLookup({ client: poolOf({ connectionString: url.href }) }).changes,
    );
    closing.push(() => changes.stop());
    await until(() => postgres.logger.warnings.length > 0);
    expect(postgres.logger.warnings[0]).toContain('database "nowhere" does not exist');
    expect(postgres.logger.warnings.join()).not.toContain('hunter2');
    expect(changes.all).toEqual([]);
  });
});

async function psql(url: string, statement: string): Promise<void> {
  await promisify(execFile)('psql', [url, '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', statement]).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT'
        ? new Error('This test needs psql: install the client of PostgreSQL (Debian: postgresql-client).')
        : error;
    },
  );
}
