import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource, QueryRunner } from 'typeorm';
import {
  CorsOrigin,
  corsOriginSchema,
  TypeOrmOriginList,
  TypeOrmOriginLookup,
} from '../../lib/entry-points/typeorm/index.js';
import { RecordingLogger } from '../support/application.js';
import { ENGINES, OrmDatabase } from './typeorm-databases.js';
import { context, listed } from './typeorm-entities.js';
import { TcpProxy } from './tcp-proxy.js';
import { until } from './until.js';

const ORIGIN = 'https://a.example';
const DEADLINE = 300;

describe.each(ENGINES)('abandoned queries of TypeORM in %s', (engine) => {
  let database: OrmDatabase;
  let dataSource: DataSource;
  let other: DataSource;
  let locker: QueryRunner;
  let logger: RecordingLogger;

  beforeAll(async () => {
    database = await OrmDatabase.create(engine);
    dataSource = await database.connect([corsOriginSchema({ type: engine })], { poolSize: 4 });
    other = await database.connect([]);
    await dataSource.synchronize();
    await dataSource.getRepository(CorsOrigin).save({ origin: ORIGIN });
  });

  afterAll(() => database.drop());

  beforeEach(() => {
    logger = new RecordingLogger();
    Logger.overrideLogger(logger);
    locker = other.createQueryRunner();
  });

  afterEach(async () => {
    await unlock();
    await locker.release();
    Logger.overrideLogger(false);
  });

  async function lock(): Promise<void> {
    await locker.query(engine === 'postgres' ? 'begin' : 'lock tables cors_origins write');
    if (engine === 'postgres') {
      await locker.query('lock table cors_origins in access exclusive mode');
    }
  }

  const unlock = () => locker.query(engine === 'postgres' ? 'rollback' : 'unlock tables');

  /** How many sessions wait for the lock. */
  async function waiting(): Promise<number> {
    const [row] = (await other.query(
      engine === 'postgres'
        ? `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        : `select count(*) as waiting from information_schema.processlist where db = database() and state like 'Waiting for table%'`,
    )) as { waiting: number | string }[];
    return Number(row?.waiting);
  }

  const ask = (lookup: TypeOrmOriginLookup, origin: string, deadline = DEADLINE) =>
    lookup
      .isOriginAllowed(origin, context(undefined, AbortSignal.timeout(deadline)))
      .catch((error: Error) => error.name);

  it('locked table: take a bounded number of connections, and end in the server', async () => {
    const lookup = new TypeOrmOriginLookup({ repository: dataSource.getRepository(CorsOrigin) });
    await lock();
    const waits: number[] = [];
    let most = 0;
    for (let round = 0; round < 4; round++) {
      const state = { done: false };
      const asked = Promise.all(Array.from({ length: 30 }, (_, index) => ask(lookup, `https://${index}.example`)));
      void asked.finally(() => (state.done = true));
      const startedAt = performance.now();
      await dataSource.query('select 1');
      waits.push(performance.now() - startedAt);
      while (!state.done) {
        most = Math.max(most, await waiting());
      }
      expect(new Set(await asked)).toEqual(new Set(['TimeoutError']));
    }
    expect(most).toBe(2);
    expect(Math.max(...waits)).toBeLessThan(DEADLINE);
    await until(async () => (await waiting()) === 0);
    await unlock();
    expect(await ask(lookup, ORIGIN, 5000)).toBe(true);
    expect(logger.warnings).toEqual([expect.stringMatching(/was not answered in time, so it was abandoned/)]);
  });

  it('query of a list: ends in the server', async () => {
    const list = new TypeOrmOriginList({ repository: dataSource.getRepository(CorsOrigin) });
    await lock();
    const signal = () => AbortSignal.timeout(DEADLINE);
    await expect(listed(list.loadOrigins(context(undefined, signal())))).rejects.toThrow('timeout');
    await expect(list.loadOrigin(ORIGIN, context(undefined, signal()))).rejects.toThrow('timeout');
    await until(async () => (await waiting()) === 0);
  });

  it('next query on the connection: is not cancelled', async () => {
    const lookup = new TypeOrmOriginLookup({ repository: dataSource.getRepository(CorsOrigin) });
    for (let round = 0; round < 20; round++) {
      await lock();
      await Promise.all([ask(lookup, ORIGIN, 30), ask(lookup, ORIGIN, 30)]);
      await unlock();
      expect(await Promise.all(Array.from({ length: 8 }, () => dataSource.query('select 1')))).toHaveLength(8);
    }
  });

  it('query sent just before its deadline: ends in the server', async () => {
    const lookup = new TypeOrmOriginLookup({ repository: dataSource.getRepository(CorsOrigin) });
    await lock();
    await Promise.all(Array.from({ length: 60 }, (_, index) => ask(lookup, ORIGIN, 1 + index)));
    await until(async () => (await waiting()) === 0);
    expect(await ask(lookup, ORIGIN, 1)).toBe('TimeoutError');
  });

  /** What the sessions of all connections of the pool are set to. */
  async function settings(pooled: DataSource, size: number): Promise<Set<string>> {
    const runners = Array.from({ length: size }, () => pooled.createQueryRunner('master'));
    const shown = new Set<string>();
    for (const runner of runners) {
      await runner.connect();
    }
    for (const runner of runners) {
      const [row] = (await runner.query(
        engine === 'postgres' ? 'show statement_timeout' : 'select @@max_statement_time as statement_timeout',
      )) as { statement_timeout: string }[];
      shown.add(String(row?.statement_timeout));
      await runner.release();
    }
    return shown;
  }

  it('any end: leaves no setting on a connection', async () => {
    const repository = dataSource.getRepository(CorsOrigin);
    const lookup = new TypeOrmOriginLookup({ repository, maxQueries: 4, queryTimeout: 200 });
    const list = new TypeOrmOriginList({ repository, pageTimeout: 200 });
    await Promise.all(Array.from({ length: 20 }, () => ask(lookup, ORIGIN)));
    await listed(list.loadOrigins(context()));
    await lock();
    await Promise.all(Array.from({ length: 8 }, () => ask(lookup, ORIGIN, 50)));
    await Promise.all(Array.from({ length: 4 }, () => ask(lookup, ORIGIN, 5000)));
    await unlock();
    await Promise.all(Array.from({ length: 20 }, () => ask(lookup, ORIGIN, 5000)));
    expect(await settings(dataSource, 4)).toEqual(new Set(['0']));
  });

  it('limit reached: ends in the server, and the log says who has locked the table', async () => {
    const repository = dataSource.getRepository(CorsOrigin);
    const lookup = new TypeOrmOriginLookup({ repository, queryTimeout: 200 });
    const list = new TypeOrmOriginList({ repository, queryTimeout: 200, pageTimeout: 200 });
    await lock();
    expect(await ask(lookup, ORIGIN, 60_000)).toBe('QueryFailedError');
    await expect(listed(list.loadOrigins(context()))).rejects.toThrow(/statement timeout|max_statement_time/);
    await expect(list.loadOrigin(ORIGIN, context())).rejects.toThrow(/statement timeout|max_statement_time/);
    expect(logger.warnings[0]).toMatch(/was not answered in time, .* To see who has locked the table: /);
  });

  it('lost cancel request: end at their limit', async () => {
    const { proxied, proxy } = await behindProxy({ poolSize: 1 });
    const lookup = new TypeOrmOriginLookup({ repository: proxied.getRepository(CorsOrigin), queryTimeout: 1500 });
    expect(await ask(lookup, ORIGIN, 5000)).toBe(true);
    // A request of PostgreSQL needs a connection of its own; one of MariaDB needs a second one of the pool, which has none.
    proxy.seal();
    await lock();
    const asked = ask(lookup, ORIGIN);
    await until(async () => (await waiting()) === 1);
    expect(await asked).toBe('TimeoutError');
    expect(await waiting()).toBe(1);
    await until(async () => (await waiting()) === 0);
    await unlock();
    expect(await ask(lookup, ORIGIN, 5000)).toBe(true);
    expect(await settings(proxied, 1)).toEqual(new Set(['0']));
    await proxied.destroy();
    await proxy.close();
  }, 20_000);

  it('network that passes no byte: end at their limit, and free their slot', async () => {
    const { proxied, proxy } = await behindProxy({ poolSize: 2 });
    const repository = proxied.getRepository(CorsOrigin);
    const lookup = new TypeOrmOriginLookup({ repository, maxQueries: 1, queryTimeout: 1500 });
    expect(await ask(lookup, ORIGIN, 5000)).toBe(true);
    await lock();
    const asked = ask(lookup, ORIGIN);
    await until(async () => (await waiting()) === 1);
    proxy.blackHole();
    expect(await asked).toBe('TimeoutError');
    await until(async () => (await waiting()) === 0);
    await unlock();
    proxy.restore();
    expect(await ask(lookup, ORIGIN, 10_000)).toBe(true);
    await proxy.close();
  }, 30_000);

  it('session with a lower limit: keeps it', async () => {
    const { proxied, proxy } = await behindProxy({ poolSize: 1 });
    const lookup = new TypeOrmOriginLookup({ repository: proxied.getRepository(CorsOrigin), queryTimeout: 60_000 });
    const set = engine === 'postgres' ? "set statement_timeout = '200ms'" : 'set max_statement_time = 0.2';
    await proxied.query(set);
    await lock();
    expect(await ask(lookup, ORIGIN, 30_000)).toBe('QueryFailedError');
    await unlock();
    expect(await settings(proxied, 1)).toEqual(new Set([engine === 'postgres' ? '200ms' : '0.2']));
    await proxied.destroy();
    await proxy.close();
  }, 20_000);

  async function behindProxy(more: Record<string, unknown>): Promise<{ proxied: DataSource; proxy: TcpProxy }> {
    const url = new URL(database.options.url);
    const port = Number(url.port || (engine === 'postgres' ? 5432 : 3306));
    const proxy = await TcpProxy.to({ host: url.hostname, port });
    url.host = `${proxy.host}:${proxy.port}`;
    const entities = [corsOriginSchema({ type: engine })];
    const proxied = await database.connect(entities, { url: url.href, ...more });
    return { proxied, proxy };
  }

  it('maxQueries: bounds how many run at once', async () => {
    const repository = dataSource.getRepository(CorsOrigin);
    expect(() => new TypeOrmOriginLookup({ repository, maxQueries: 0 })).toThrow(/maxQueries/);
    const lookup = new TypeOrmOriginLookup({ repository, maxQueries: 1 });
    await lock();
    const asked = Promise.all(Array.from({ length: 5 }, () => ask(lookup, ORIGIN, 500)));
    await until(async () => (await waiting()) === 1);
    await unlock();
    expect(await asked).toEqual(Array.from({ length: 5 }, () => true));
  });
});

describe('cancel request to MariaDB', () => {
  it('late request: meets no other query, since the connection is not used again', async () => {
    const database = await OrmDatabase.create('mariadb');
    const dataSource = await database.connect([corsOriginSchema({ type: 'mariadb' })], { poolSize: 2 });
    const locker = (await database.connect([])).createQueryRunner();
    await dataSource.synchronize();
    let canceled: number | undefined;
    let send: () => void = () => {};
    const sent = new Promise<void>((resolve) => (send = resolve));
    const createQueryRunner = dataSource.createQueryRunner.bind(dataSource);
    dataSource.createQueryRunner = (mode) => {
      const runner = createQueryRunner(mode);
      const query = runner.query.bind(runner) as (...all: unknown[]) => Promise<unknown>;
      return Object.assign(runner, {
        query: async (text: string, ...rest: unknown[]) => {
          if (text.startsWith('kill query')) {
            canceled = Number(text.split(' ')[2]);
            await sent;
          }
          return query(text, ...rest);
        },
      });
    };
    Logger.overrideLogger(new RecordingLogger());
    try {
      await locker.query('lock tables cors_origins write');
      const lookup = new TypeOrmOriginLookup({ repository: dataSource.getRepository(CorsOrigin) });
      const asked = lookup.isOriginAllowed(ORIGIN, context(undefined, AbortSignal.timeout(DEADLINE)));
      await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
      await until(() => Promise.resolve(canceled !== undefined));
      await locker.query('unlock tables');
      // The request holds one of two connections, so this is the other one, or what took its place.
      const [row] = (await dataSource.query('select connection_id() as id')) as { id: string | number }[];
      expect(Number(row?.id)).not.toBe(canceled);
    } finally {
      send();
      await locker.release();
      await database.drop();
      Logger.overrideLogger(false);
    }
  });
});
