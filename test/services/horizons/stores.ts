import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Client, Pool } from 'pg';
import type { OriginList, OriginLookup } from '../../../lib/index.js';
import { PostgresOriginList, PostgresOriginLookup } from '../../../lib/entry-points/postgres/index.js';
import { RedisOriginList, RedisOriginLookup } from '../../../lib/entry-points/redis/index.js';
import {
  CorsOrigin,
  corsOriginSchema,
  TypeOrmOriginList,
  TypeOrmOriginLookup,
} from '../../../lib/entry-points/typeorm/index.js';
import { serverUrl } from '../redis-drivers.js';
import { TcpProxy } from '../tcp-proxy.js';
import { TemporaryDatabase } from '../temporary-database.js';
import { OrmDatabase } from '../typeorm-databases.js';

/** How long a query of a list may go on in the server, in milliseconds. */
export const PAGE_TIMEOUT = 1000;

/** A store with origins in it, behind a proxy that can slow it down or cut it off. */
export interface StoreUnderTest {
  readonly source: OriginLookup | OriginList;
  /** Between the application and the store. */
  readonly proxy: TcpProxy;
  /** Between the application and what it listens to, where that is a connection by itself. */
  readonly channel: TcpProxy | undefined;
  /** Removes an origin by another connection, which the proxy does not slow down. */
  remove(origin: string): Promise<void>;
  /** Removes one as {@link remove} does, and no message tells of it. */
  removeQuietly(origin: string): Promise<void>;
  /** When the application has closed. */
  close(): Promise<void>;
}

export interface StoreSettings {
  readonly origins: readonly string[];
  /** How much later every byte arrives, in milliseconds. */
  readonly latency: number;
}

type OpenStore = (settings: StoreSettings) => Promise<StoreUnderTest>;

/** Every kind of store, as its name, what it is, and how it is opened. */
export const STORES: readonly (readonly [string, 'list' | 'lookup', OpenStore])[] = [
  ['a list of PostgreSQL', 'list', (settings) => openPostgres(settings, PostgresOriginList)],
  ['a lookup of PostgreSQL', 'lookup', (settings) => openPostgres(settings, PostgresOriginLookup)],
  ['a list of Redis', 'list', (settings) => openRedis(settings, RedisOriginList)],
  ['a lookup of Redis', 'lookup', (settings) => openRedis(settings, RedisOriginLookup)],
  ['a list of TypeORM', 'list', (settings) => openTypeOrm(settings, TypeOrmOriginList)],
  ['a lookup of TypeORM', 'lookup', (settings) => openTypeOrm(settings, TypeOrmOriginLookup)],
];

async function openPostgres(
  { origins, latency }: StoreSettings,
  Store: typeof PostgresOriginList | typeof PostgresOriginLookup,
): Promise<StoreUnderTest> {
  const database = await TemporaryDatabase.create();
  const direct = await database.connectToOrigins();
  await direct.query('insert into cors_origins (origin) select unnest($1::text[])', [origins]);
  const proxy = await proxyTo(database.url, 5432, latency);
  const channel = await proxyTo(database.url, 5432, latency);
  const pool = new Pool({ connectionString: through(proxy, database.url), max: 8, connectionTimeoutMillis: 2000 });
  pool.on('error', () => {});
  const remove = async (origin: string, role: string): Promise<void> => {
    await direct.query(`set session_replication_role = ${role}`);
    await direct.query('delete from cors_origins where origin = $1', [origin]);
  };
  return {
    source: new Store({
      client: pool,
      pageTimeout: PAGE_TIMEOUT,
      listenClient: () => new Client({ connectionString: through(channel, database.url) }),
    }),
    proxy,
    channel,
    remove: (origin) => remove(origin, 'origin'),
    removeQuietly: (origin) => remove(origin, 'replica'),
    close: async () => {
      await pool.end();
      await direct.end();
      await proxy.close();
      await channel.close();
      await database.drop();
    },
  };
}

async function openRedis(
  { origins, latency }: StoreSettings,
  Store: typeof RedisOriginList | typeof RedisOriginLookup,
): Promise<StoreUnderTest> {
  const prefix = `{nestjs-cors-test-${randomUUID()}}`;
  const direct = new Redis(serverUrl);
  const writer = new RedisOriginList({ client: direct, prefix });
  for (const origin of origins) {
    await writer.add(origin);
  }
  const proxy = await proxyTo(serverUrl, 6379, latency);
  const client = new Redis(through(proxy, serverUrl), {
    connectTimeout: 2000,
    maxRetriesPerRequest: 1,
    // As docs/origins.md asks for: else the client would wait on a connection that is dead.
    socketTimeout: 1000,
  });
  client.on('error', () => {});
  return {
    source: new Store({ client, prefix }),
    proxy,
    channel: undefined,
    remove: async (origin) => void (await writer.remove(origin)),
    removeQuietly: async (origin) => void (await direct.srem(`${prefix}:origins:`, origin)),
    close: async () => {
      client.disconnect();
      await direct.del(`${prefix}:origins:`, `${prefix}:tenants`, `${prefix}:application`);
      direct.disconnect();
      await proxy.close();
    },
  };
}

async function openTypeOrm(
  { origins, latency }: StoreSettings,
  Store: typeof TypeOrmOriginList | typeof TypeOrmOriginLookup,
): Promise<StoreUnderTest> {
  const database = await OrmDatabase.create('postgres');
  const entities = [corsOriginSchema({ type: 'postgres' })];
  const direct = await database.connect(entities);
  await direct.synchronize();
  await direct.getRepository(CorsOrigin).save(origins.map((origin) => ({ origin })));
  const { url } = database.options;
  const proxy = await proxyTo(url, 5432, latency);
  const dataSource = await database.connect(entities, {
    url: through(proxy, url),
    connectTimeoutMS: 2000,
    poolSize: 20,
  });
  // A subscriber of TypeORM is on one data source: what the application itself writes goes through the proxy.
  const repository = dataSource.getRepository(CorsOrigin);
  return {
    source: new Store({ repository, maxQueries: 8, pageTimeout: PAGE_TIMEOUT }),
    proxy,
    channel: undefined,
    remove: async (origin) => void (await repository.remove(await repository.findBy({ origin }))),
    removeQuietly: async (origin) => void (await direct.query('delete from cors_origins where origin = $1', [origin])),
    close: async () => {
      await proxy.close();
      await database.drop();
    },
  };
}

async function proxyTo(url: string, defaultPort: number, latency: number): Promise<TcpProxy> {
  const { hostname, port } = new URL(url);
  const proxy = await TcpProxy.to({ host: hostname, port: Number(port || defaultPort) });
  proxy.delay(latency);
  return proxy;
}

function through(proxy: TcpProxy, address: string): string {
  const url = new URL(address);
  url.host = `${proxy.host}:${proxy.port}`;
  return url.href;
}
