import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { Client, Pool } from 'pg';
import { PostgresOriginLookup } from '../../lib/entry-points/postgres/index.js';
import { type RunningApplication, startApplication } from '../support/application.js';
import { TcpProxy } from './tcp-proxy.js';
import { TemporaryDatabase } from './temporary-database.js';
import { until } from './until.js';

const SHOP = 'https://shop.example';
const GONE = 'https://gone.example';

@Controller('items')
class Items {
  @Get()
  all(): string {
    return 'items';
  }
}

/** Counts what it is asked. */
class CountingLookup extends PostgresOriginLookup {
  asked = 0;

  override isOriginAllowed(...call: Parameters<PostgresOriginLookup['isOriginAllowed']>): Promise<boolean> {
    this.asked++;
    return super.isOriginAllowed(...call);
  }
}

describe('lookup results from before the store listens', () => {
  let database: TemporaryDatabase;
  let direct: Client;
  let queries: TcpProxy;
  let channel: TcpProxy;
  let pool: Pool;
  let lookup: CountingLookup;
  let listening: Promise<unknown>;
  let application: RunningApplication;

  beforeEach(async () => {
    database = await TemporaryDatabase.create();
    direct = await database.connectToOrigins();
    await direct.query('insert into cors_origins (origin) values ($1), ($2)', [SHOP, GONE]);
    const { hostname, port } = new URL(database.url);
    const target = { host: hostname, port: Number(port || 5432) };
    queries = await TcpProxy.to(target);
    channel = await TcpProxy.to(target);
    channel.cut();
    pool = new Pool({ connectionString: through(queries), max: 4, connectionTimeoutMillis: 500 });
    pool.on('error', () => {});
    lookup = new CountingLookup({
      client: pool,
      listenClient: () => new Client({ connectionString: through(channel) }),
    });
    listening = new Promise((resolve) => lookup.changes.subscribe(resolve));
    application = await startApplication('fastify', 'NestFactory', {
      cors: { originLookup: lookup, cache: { ttl: 60_000 } },
      controllers: [Items],
    });
  });

  afterEach(async () => {
    await direct.query('rollback');
    await application.close();
    await pool.end();
    await direct.end();
    await queries.close();
    await channel.close();
    await database.drop();
  });

  function through(proxy: TcpProxy): string {
    const url = new URL(database.url);
    url.host = `${proxy.host}:${proxy.port}`;
    return url.href;
  }

  const allows = async (origin: string) =>
    (await application.from(origin, '/items')).headers['access-control-allow-origin'] === origin;

  async function listen(): Promise<void> {
    channel.restore();
    await listening;
  }

  it('store that listens later: are cached, and looked up again when it listens', async () => {
    expect([await allows(SHOP), await allows(GONE)]).toEqual([true, true]);
    expect([await allows(SHOP), await allows(GONE)]).toEqual([true, true]);
    expect(lookup.asked).toBe(2);
    await direct.query('delete from cors_origins where origin = $1', [GONE]);
    await listen();
    expect([await allows(SHOP), await allows(GONE)]).toEqual([true, false]);
    expect([await allows(SHOP), await allows(SHOP)]).toEqual([true, true]);
    expect(lookup.asked).toBe(4);
  });

  it('listening begins while the query runs: are cached as stale', async () => {
    await direct.query('begin');
    await direct.query('lock table cors_origins in access exclusive mode');
    const answers = Promise.all([allows(SHOP), allows(GONE)]);
    await until(() => lookup.asked === 2);
    await listen();
    await direct.query('commit');
    expect(await answers).toEqual([true, true]);
    await direct.query('delete from cors_origins where origin = $1', [GONE]);
    expect(await allows(GONE)).toBe(false);
    // Known origins keep their access while the store is down; the one that was refused has none.
    queries.cut();
    expect([await allows(SHOP), await allows(GONE)]).toEqual([true, false]);
  });
});
