import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { Client, Pool } from 'pg';
import { CorsOriginCache, type CorsModuleOptions } from '../../lib/index.js';
import { PostgresOriginLookup } from '../../lib/entry-points/postgres/index.js';
import { type RunningApplication, startApplication } from '../support/application.js';
import { print } from './instances/figures.js';
import { TcpProxy } from './tcp-proxy.js';
import { TemporaryDatabase } from './temporary-database.js';

const ORIGINS = Array.from({ length: 120 }, (_, index) => `https://shop-${index}.example`);
const REMOVED = 'https://shop-0.example';
const CONNECTIONS = 4;
const PAUSE = 250;

@Controller('items')
class Items {
  @Get()
  all(): string {
    return 'items';
  }
}

describe('PostgreSQL under more lookup calls than it can answer', () => {
  let database: TemporaryDatabase;
  let direct: Client;
  let proxy: TcpProxy;
  let pool: Pool;
  let application: RunningApplication;
  let stop: AbortController;
  let asking: Promise<unknown>;
  let allowed: Set<string>;

  beforeEach(async () => {
    database = await TemporaryDatabase.create();
    direct = await database.connectToOrigins();
    await direct.query('insert into cors_origins (origin) select unnest($1::text[])', [ORIGINS]);
    await direct.query(`create table slowness (seconds float)`);
    await direct.query(`insert into slowness values (0)`);
    await direct.query(
      `create view slow_origins as with pause as materialized (select pg_sleep(seconds) from slowness)
       select origins.* from pause cross join cors_origins as origins`,
    );
    const url = new URL(database.url);
    proxy = await TcpProxy.to({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `${proxy.host}:${proxy.port}`;
    pool = new Pool({ connectionString: url.href, max: CONNECTIONS, connectionTimeoutMillis: 2000 });
    pool.on('error', () => {});
    stop = new AbortController();
    allowed = new Set();
  });

  afterEach(async () => {
    stop.abort();
    await asking;
    await application.close();
    await pool.end();
    await direct.end();
    await proxy.close();
    await database.drop();
  });

  async function start(cache: CorsModuleOptions['cache']): Promise<void> {
    const options = { client: pool, table: 'slow_origins', listen: false, maxQueries: CONNECTIONS };
    application = await startApplication('fastify', 'NestFactory', {
      cors: { originLookup: new PostgresOriginLookup(options), lookupTimeout: 1000, cache },
      controllers: [Items],
    });
    asking = Promise.all(ORIGINS.map((origin) => keepAsking(origin)));
    while (allowed.size < ORIGINS.length) {
      await sleep(10);
    }
  }

  async function keepAsking(origin: string): Promise<void> {
    while (!stop.signal.aborted) {
      const { headers } = await application.from(origin, '/items');
      if (headers['access-control-allow-origin'] === origin) {
        allowed.add(origin);
      } else {
        allowed.delete(origin);
      }
      await sleep(PAUSE);
    }
  }

  /** How long it takes until an origin is refused, in milliseconds; as long as the patience where it never is. */
  async function accessOf(origin: string, patience: number): Promise<number> {
    const removedAt = performance.now();
    while (allowed.has(origin) && performance.now() - removedAt < patience) {
      await sleep(10);
    }
    return performance.now() - removedAt;
  }

  it('removed origin: has no access beyond ttl and staleWhileRevalidate, and the overload is logged once', async () => {
    await start({ ttl: 1000, staleWhileRevalidate: 1000, staleIfError: 600_000, refusalTtl: 5000 });
    // Four at a time are 16 a second, of 120 known origins that are to be asked about every second.
    await direct.query('update slowness set seconds = 0.25');
    await direct.query('delete from cors_origins where origin = $1', [REMOVED]);
    const access = await accessOf(REMOVED, 10_000);
    print(
      `a removed origin was refused after ${access.toFixed(0)} ms while PostgreSQL was overloaded; told 2000 ms, and a request waits for 1000 ms`,
    );
    expect(access).toBeLessThan(3500);
    await sleep(3000);
    expect(application.app.get(CorsOriginCache).stats().lookups[0]).toMatchObject({ notAsked: expect.any(Number) });
    expect(application.logger.warnings.filter((line) => line.includes('too slow for its requests'))).toHaveLength(1);
    expect(allowed.has(REMOVED)).toBe(false);
  });

  it('staleIfError 0: the first failure ends access, whatever staleWhileRevalidate is', async () => {
    await start({ ttl: 1000, staleWhileRevalidate: 60_000, staleIfError: 0, retryInterval: 100 });
    proxy.cut();
    expect(await accessOf(REMOVED, 10_000)).toBeLessThan(4000);
  });
});
