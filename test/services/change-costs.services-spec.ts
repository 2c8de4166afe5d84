import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { Client, Pool } from 'pg';
import { type CorsModuleOptions, CorsOriginCache } from '../../lib/index.js';
import { PostgresOriginList, PostgresOriginLookup } from '../../lib/entry-points/postgres/index.js';
import { OperationCounter } from '../performance/operations.js';
import { type RunningApplication, startApplication } from '../support/application.js';
import { print } from './instances/figures.js';
import { RecordedChanges } from './postgres-changes.js';
import { TcpProxy } from './tcp-proxy.js';
import { TemporaryDatabase } from './temporary-database.js';
import { until } from './until.js';

@Controller('acme/items')
class Items {
  @Get()
  all(): string {
    return 'items';
  }
}

const RESULTS = 50_000;

/** Counts what is read of it. */
class CountingList extends PostgresOriginList {
  singles = 0;
  wholes = 0;

  override loadOrigin(...call: Parameters<PostgresOriginList['loadOrigin']>) {
    this.singles++;
    return super.loadOrigin(...call);
  }

  override loadOrigins(...call: Parameters<PostgresOriginList['loadOrigins']>) {
    this.wholes++;
    return super.loadOrigins(...call);
  }
}

/** Allows every origin while it is told to, without a query. Changes are those of the store. */
class ReadyLookup extends PostgresOriginLookup {
  isReady = true;

  override isOriginAllowed(...call: Parameters<PostgresOriginLookup['isOriginAllowed']>) {
    return this.isReady ? Promise.resolve(true) : super.isOriginAllowed(...call);
  }
}

describe('costs of changes in PostgreSQL', () => {
  let database: TemporaryDatabase;
  let direct: Client;
  let proxy: TcpProxy;
  let pool: Pool;
  let application: RunningApplication;

  beforeEach(async () => {
    database = await TemporaryDatabase.create();
    direct = await database.connectToOrigins();
    const url = new URL(database.url);
    proxy = await TcpProxy.to({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `${proxy.host}:${proxy.port}`;
    proxy.delay(10);
    pool = new Pool({ connectionString: url.href, max: 8 });
    pool.on('error', () => {});
  });

  afterEach(async () => {
    await application.close();
    await pool.end();
    await direct.end();
    await proxy.close();
    await database.drop();
  });

  async function start(originLookup: CountingList | ReadyLookup, options: CorsModuleOptions = {}): Promise<void> {
    application = await startApplication('fastify', 'NestFactory', {
      cors: {
        originLookup,
        tenant: () => 'acme',
        lists: { refreshInterval: 600_000 },
        ...options,
      },
      controllers: [Items],
    });
  }

  /** A statement with more rows than that is told of as a change of everything. */
  async function insertInHundreds(begin: string, count: number): Promise<void> {
    for (let first = 1; first <= count; first += 100) {
      await direct.query(
        `insert into cors_origins (origin, tenant) select $1 || i || '.example', 'acme' from generate_series($2::int, $3::int) i`,
        [begin, first, first + 99],
      );
    }
  }

  const allows = async (origin: string) =>
    (await application.from(origin, '/acme/items')).headers['access-control-allow-origin'] === origin;

  it('removal behind 900 readings of single rows: is read first', async () => {
    await direct.query(`insert into cors_origins (origin, tenant) values ('https://gone.example', 'acme')`);
    const list = new CountingList({ client: pool, pageSize: 100 });
    const heard = new RecordedChanges(list.changes);
    await direct.query(
      `insert into cors_origins (origin, tenant) select 'https://old-' || i || '.example', 'acme' from generate_series(1, 20000) i`,
    );
    await start(list);
    await heard.listening();
    expect(await allows('https://gone.example')).toBe(true);
    await until(() => list.wholes >= 1);
    list.singles = 0;
    list.wholes = 0;
    await insertInHundreds('https://new-', 900);
    await direct.query(`delete from cors_origins where origin = 'https://gone.example'`);
    await until(async () => !(await allows('https://gone.example')));
    heard.stop();
    print(
      `a removal behind 900 rows was in force after ${list.singles} readings of one origin, ${list.wholes} of the list`,
    );
    expect(list.singles).toBeLessThan(100);
  });

  it('100 changed patterns beside 50,000 cached results: visit none of them', async () => {
    const lookup = new ReadyLookup({ client: pool });
    const heard = new RecordedChanges(lookup.changes);
    await start(lookup, { cache: { ttl: 600_000, missesPerSecond: RESULTS, maxOrigins: RESULTS } });
    await heard.listening();
    const origins = Array.from({ length: RESULTS }, (_, index) => `https://shop-${index}.example`);
    for (let first = 0; first < RESULTS; first += 500) {
      await Promise.all(origins.slice(first, first + 500).map(allows));
    }
    expect(application.app.get(CorsOriginCache).stats().lookups).toMatchObject([{ origins: RESULTS }]);

    heard.all.length = 0;
    const counter = new OperationCounter();
    counter.start();
    await direct.query(
      `insert into cors_origins (origin, tenant) select 'https://*.p-' || i || '.example', 'acme' from generate_series(1, 100) i`,
    );
    await until(() => heard.all.length >= 100);
    counter.stop();
    heard.stop();
    const { steps, lookups } = counter.operations;
    print(`100 patterns beside ${RESULTS} cached results: ${steps} steps, ${lookups} look-ups in maps`);
    // One visit of each result by one of the changes alone would be as many.
    expect(steps + lookups).toBeLessThan(RESULTS);

    // What was cached before the change is asked about again.
    lookup.isReady = false;
    await until(async () => !(await allows(origins[0] as string)));
  });
});
