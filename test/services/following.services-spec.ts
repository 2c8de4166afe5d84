import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisOriginLookup } from '../../lib/entry-points/redis/index.js';
import { percentile, print, until } from './instances/figures.js';
import { Instance, type StoreSettings } from './instances/instances.js';
import { TemporaryDatabase } from './temporary-database.js';

const CHANGES = 1000;
const redisUrl = process.env['TEST_REDIS_URL'] || 'redis://127.0.0.1:6379';

/** Somebody else who changes the store. */
interface Writer {
  readonly settings: Pick<StoreSettings, 'url' | 'prefix'>;
  write(kind: 'add' | 'remove', origin: string): Promise<unknown>;
  close(): Promise<unknown>;
}

async function postgresWriter(): Promise<Writer> {
  const database = await TemporaryDatabase.create();
  const client = await database.connectToOrigins();
  return {
    settings: { url: database.url },
    write: (kind, origin) =>
      kind === 'add'
        ? client.query(`insert into cors_origins (origin, tenant) values ($1, 'acme')`, [origin])
        : client.query(`delete from cors_origins where origin = $1 and tenant = 'acme'`, [origin]),
    close: () => client.end().then(() => database.drop()),
  };
}

async function redisWriter(): Promise<Writer> {
  const client = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 1 });
  await client.connect().catch((error: unknown) => {
    throw new Error(`These tests need a Redis at ${redisUrl}, or another one in TEST_REDIS_URL (${String(error)}).`);
  });
  const prefix = `{nestjs-cors-${process.pid}-${Date.now()}}`;
  const origins = new RedisOriginLookup({ client, prefix });
  return {
    settings: { url: redisUrl, prefix },
    write: (kind, origin) => (kind === 'add' ? origins.add(origin, 'acme') : origins.remove(origin, 'acme')),
    close: async () => {
      const keys = await client.keys(`${prefix.replaceAll(/[{}]/g, '?')}*`);
      await (keys.length > 0 && client.del(...keys));
      await client.quit();
    },
  };
}

describe.each([
  ['a list in PostgreSQL', 'postgres-list', postgresWriter],
  ['a cached lookup in PostgreSQL', 'postgres-lookup', postgresWriter],
  ['a cached lookup in Redis', 'redis-lookup', redisWriter],
] as const)('change propagation to four instances with %s', (title, kind, open) => {
  let writer: Writer | undefined;
  const instances: Instance[] = [];

  beforeAll(async () => {
    writer = await open();
    const store = { kind, ...writer.settings };
    // So long that nothing but a notification can be the reason for another answer.
    const cors = { cache: { ttl: 3_600_000, refusalTtl: 3_600_000 }, lists: { refreshInterval: 3_600_000 } };
    for (const adapter of ['express', 'fastify', 'express', 'fastify'] as const) {
      instances.push(await Instance.start({ adapter, store, cors }));
    }
  });

  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await writer?.close();
  });

  it(`${CHANGES} inserts and deletes by another client: every instance follows each of them`, async () => {
    const latencies: number[] = [];
    let wrong = 0;
    for (let change = 0; change < CHANGES; change++) {
      const origin = `https://shop-${change % 50}.example`;
      const kindOfChange = Math.floor(change / 50) % 2 === 0 ? 'add' : 'remove';
      const expected = kindOfChange === 'add';
      // What every instance keeps now is the other answer.
      const before = await Promise.all(instances.map((instance) => instance.allows(origin)));
      wrong += before.filter((allowed) => allowed === expected).length;
      await writer?.write(kindOfChange, origin);
      latencies.push(
        ...(await Promise.all(
          instances.map((instance) => until(async () => (await instance.allows(origin)) === expected)),
        )),
      );
    }
    expect(wrong).toBe(0);
    expect(latencies).toHaveLength(CHANGES * instances.length);
    print(
      `${title}: from commit to changed answer, ${CHANGES} changes on ${instances.length} instances: ` +
        `p50 ${percentile(latencies, 50).toFixed(1)} ms, p99 ${percentile(latencies, 99).toFixed(1)} ms, ` +
        `slowest ${Math.max(...latencies).toFixed(1)} ms, missed 0`,
    );
  });
});
