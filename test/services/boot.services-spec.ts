import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { Client, Pool } from 'pg';
import { DataSource } from 'typeorm';
import { CorsModule, type OriginList, type OriginLookup } from '../../lib/index.js';
import { PostgresOriginList, PostgresOriginLookup } from '../../lib/entry-points/postgres/index.js';
import { RedisOriginList, RedisOriginLookup } from '../../lib/entry-points/redis/index.js';
import {
  CorsOrigin,
  corsOriginSchema,
  TypeOrmOriginList,
  TypeOrmOriginLookup,
} from '../../lib/entry-points/typeorm/index.js';
import { MariaDbServer } from './mariadb-server.js';
import { RedisServer } from './redis-server.js';
import { TemporaryDatabase } from './temporary-database.js';
import { ENGINES, type Engine, OrmDatabase } from './typeorm-databases.js';

const APP = 'https://app.example.com';

interface Outcome {
  readonly started: boolean;
  /** Why it did not start, and what it logged as a warning or an error. */
  readonly lines: readonly string[];
  /** The status of a preflight; 0 when it did not start. */
  readonly status: number;
}

/** Boots an application on the store, sends one preflight, and closes it. */
async function boot(source: OriginLookup | OriginList): Promise<Outcome> {
  const lines: string[] = [];
  const keep = (line: unknown) => void lines.push(String(line));
  class AppModule {}
  Module({ imports: [CorsModule.forRoot({ originLookup: source, logging: 'off' })] })(AppModule);
  const logger = { log: () => {}, warn: keep, error: keep };
  let app: INestApplication | undefined;
  try {
    app = await NestFactory.create(AppModule, { logger, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    const response = await fetch(await app.getUrl(), {
      method: 'OPTIONS',
      headers: { Origin: APP, 'Access-Control-Request-Method': 'GET' },
    });
    return { started: true, lines, status: response.status };
  } catch (error) {
    return { started: false, lines: [...lines, String((error as Error).message)], status: 0 };
  } finally {
    await app?.close();
  }
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A list without its store does not start; a lookup does, and refuses. Either says what to do in one line. */
function expectFailure({ started, lines, status }: Outcome, kind: 'list' | 'lookup', hint: RegExp): void {
  expect([started, status]).toEqual(kind === 'list' ? [false, 0] : [true, 403]);
  const said =
    kind === 'list' ? /could not be read, so the application does not start: / : /failed, so the origin was refused: /;
  const found = lines.filter((line) => said.test(line));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(hint);
  expect(found[0]).not.toContain('\n');
}

describe.each(['list', 'lookup'] as const)('boot with a %s in PostgreSQL', (kind) => {
  const Origins = kind === 'list' ? PostgresOriginList : PostgresOriginLookup;
  let database: TemporaryDatabase;

  beforeAll(async () => {
    database = await TemporaryDatabase.create();
  });

  afterAll(() => database.drop());

  async function bootWith(connectionString: string, more: object = {}): Promise<Outcome> {
    const pool = new Pool({ connectionString, connectionTimeoutMillis: 1000, ...more });
    pool.on('error', () => {});
    try {
      return await boot(new Origins({ client: pool }));
    } finally {
      await pool.end();
    }
  }

  it('server that is down: says so', async () => {
    const outcome = await bootWith(`postgres://postgres@127.0.0.1:${await closedPort()}/test`);
    expectFailure(outcome, kind, /ECONNREFUSED.*The store cannot be reached: look whether it runs/);
  });

  it('missing table: says so', async () => {
    expectFailure(
      await bootWith(database.url),
      kind,
      /The table does not exist: run your migrations, or createOriginsSchema/,
    );
  });

  it('missing database: says so', async () => {
    expectFailure(await bootWith(`${database.url}_missing`), kind, /The database does not exist/);
  });

  it('read-only database: starts', async () => {
    await database.query(await readFile('lib/entry-points/postgres/schema.sql', 'utf8'));
    await database.query(`insert into cors_origins (origin, tenant, verified_at) values ($1, '', now())`, [APP]);
    const outcome = await bootWith(database.url, { options: '-c default_transaction_read_only=on' });
    expect(outcome).toEqual({ started: true, lines: [], status: 204 });
  });

  it('role without a right: names the right', async () => {
    const role = `nestjs_cors_reader_${process.pid}_${Date.now()}`;
    const url = new URL(database.url);
    url.username = role;
    url.password = 'secret';
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`create role ${role} login password 'secret'`);
    try {
      const outcome = await bootWith(url.href);
      expectFailure(outcome, kind, /permission denied.*grant select on it/);
      expect(outcome.lines.join('\n')).not.toContain('secret');
    } finally {
      await client.query(`drop role ${role}`);
      await client.end();
    }
  });
});

describe.each(['list', 'lookup'] as const)('boot with a %s in Redis', (kind) => {
  const Origins = kind === 'list' ? RedisOriginList : RedisOriginLookup;

  async function bootWith(port: number): Promise<Outcome> {
    const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 1, connectTimeout: 1000 });
    client.on('error', () => {});
    try {
      return await boot(new Origins({ client }));
    } finally {
      client.disconnect();
    }
  }

  it('server that is down: says so', async () => {
    expectFailure(
      await bootWith(await closedPort()),
      kind,
      /(?:max retries per request|not connected).*The store cannot be reached: look whether it runs/,
    );
  });

  it('no origins yet: starts', async () => {
    const server = await RedisServer.start();
    try {
      expect(await bootWith(server.port)).toEqual({ started: true, lines: [], status: 403 });
    } finally {
      await server.remove();
    }
  });

  it('read-only replica: starts', async () => {
    const primary = await RedisServer.start();
    const replica = await RedisServer.start('--replicaof', '127.0.0.1', String(primary.port));
    const writer = new Redis(primary.port);
    const reader = new Redis(replica.port);
    try {
      await new RedisOriginList({ client: writer }).add(APP);
      while ((await reader.exists('{cors}:origins:')) === 0) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(await bootWith(replica.port)).toEqual({ started: true, lines: [], status: 204 });
      await expect(new RedisOriginList({ client: reader }).remove(APP)).rejects.toThrow(
        'Redis answered READONLY: the client is connected to a replica. Pass a client of the primary as `client`.',
      );
    } finally {
      writer.disconnect();
      reader.disconnect();
      await Promise.all([primary.remove(), replica.remove()]);
    }
  });
});

describe.each(ENGINES.flatMap((engine) => [[engine, 'list'] as const, [engine, 'lookup'] as const]))(
  'an application with TypeORM on %s and a %s',
  (engine: Engine, kind) => {
    const Origins = kind === 'list' ? TypeOrmOriginList : TypeOrmOriginLookup;
    let database: OrmDatabase;

    beforeAll(async () => {
      database = await OrmDatabase.create(engine);
    });

    afterAll(() => database.drop());

    it('missing table: says so, and starts when it is there', async () => {
      const dataSource = await database.connect([corsOriginSchema({ type: engine })]);
      const repository = dataSource.getRepository(CorsOrigin);
      expectFailure(await boot(new Origins({ repository })), kind, /The table does not exist: run your migrations/);
      await dataSource.synchronize();
      await repository.save({ origin: APP, verifiedAt: new Date() });
      expect(await boot(new Origins({ repository }))).toEqual({ started: true, lines: [], status: 204 });
    });

    it('server that has gone: says so in one line', async () => {
      const dataSource = await database.connect([corsOriginSchema({ type: engine })]);
      const source = new Origins({ repository: dataSource.getRepository(CorsOrigin) });
      await dataSource.destroy();
      const { started, lines, status } = await boot(source);
      expect([started, status]).toEqual(kind === 'list' ? [false, 0] : [true, 403]);
      expect(lines).toHaveLength(1);
    });
  },
);

describe('application with TypeORM on a read-only MariaDB', () => {
  let server: MariaDbServer;
  let dataSource: DataSource;

  beforeAll(async () => {
    server = await MariaDbServer.start();
    const entities = [corsOriginSchema({ type: 'mariadb' })];
    dataSource = await new DataSource({ type: 'mariadb', url: server.url, entities }).initialize();
    await dataSource.synchronize();
    await dataSource.getRepository(CorsOrigin).save({ origin: APP, verifiedAt: new Date() });
    await server.query('set global read_only = 1');
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await server?.remove();
  });

  it.each([
    ['list', TypeOrmOriginList],
    ['lookup', TypeOrmOriginLookup],
  ])('%s: starts and answers', async (_kind, Origins) => {
    const repository = dataSource.getRepository(CorsOrigin);
    expect(await boot(new Origins({ repository }))).toEqual({ started: true, lines: [], status: 204 });
  });

  it('write that the server refuses: announces no change', async () => {
    const repository = dataSource.getRepository(CorsOrigin);
    const heard: unknown[] = [];
    const listening = new TypeOrmOriginList({ repository }).changes.subscribe((change) => heard.push(change));
    await expect(repository.delete({ origin: APP })).rejects.toThrow(/read-only/);
    listening.unsubscribe();
    expect(heard).toEqual([]);
  });
});
