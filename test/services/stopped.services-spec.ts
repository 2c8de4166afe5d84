import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { RedisOriginList } from '../../lib/entry-points/redis/index.js';
import { Instance } from './instances/instances.js';
import { serverUrl } from './redis-drivers.js';
import { TemporaryDatabase } from './temporary-database.js';
import { until } from './until.js';

const SHOP = 'https://shop.example';
const REFRESH_INTERVAL = 1000;

describe('instance that was stopped (SIGSTOP) and goes on (SIGCONT)', () => {
  let prefix: string;
  let redis: Redis;
  let instance: Instance;

  beforeEach(async () => {
    prefix = `{nestjs-cors-test-${randomUUID()}}`;
    redis = new Redis(serverUrl);
    await new RedisOriginList({ client: redis, prefix }).add(SHOP, 'acme');
    instance = await Instance.start({
      store: { kind: 'redis-list', url: serverUrl, prefix },
      cors: { lists: { refreshInterval: REFRESH_INTERVAL } },
    });
  });

  afterEach(async () => {
    instance.signal('SIGCONT');
    await instance.stop();
    await redis.del(`${prefix}:origins:acme`, `${prefix}:tenants`, `${prefix}:application`);
    redis.disconnect();
  });

  it('list older than its refreshInterval: allows nothing', async () => {
    for (let round = 0; round < 3; round++) {
      await redis.sadd(`${prefix}:origins:acme`, SHOP);
      while (!(await instance.allows(SHOP))) {
        await sleep(50);
      }
      instance.signal('SIGSTOP');
      // Nobody tells of it.
      await redis.srem(`${prefix}:origins:acme`, SHOP);
      const answers = Array.from({ length: 5 }, () => instance.allows(SHOP));
      await sleep(3 * REFRESH_INTERVAL);
      instance.signal('SIGCONT');
      expect(await Promise.all(answers)).toEqual([false, false, false, false, false]);
    }
  });
});

describe('instance that was stopped during a reading of its list', () => {
  let database: TemporaryDatabase;
  let locker: Client;
  let instance: Instance;

  beforeEach(async () => {
    database = await TemporaryDatabase.create();
    locker = await database.connectToOrigins();
    await locker.query("insert into cors_origins (tenant, origin) values ('acme', $1)", [SHOP]);
    instance = await Instance.start({
      store: { kind: 'postgres-list', url: database.url },
      cors: { lists: { refreshInterval: REFRESH_INTERVAL, loadTimeout: REFRESH_INTERVAL } },
    });
  });

  afterEach(async () => {
    instance.signal('SIGCONT');
    await instance.stop();
    await locker.end();
    await database.drop();
  });

  it('rows from before the stop: allow nothing, and no failure is logged', async () => {
    expect(await instance.allows(SHOP)).toBe(true);
    await locker.query('begin');
    await locker.query('lock table cors_origins in access exclusive mode');
    await until(async () => {
      const waiting = await database.query(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return waiting.length > 0;
    });
    instance.signal('SIGSTOP');
    // No notification tells of it.
    await locker.query('set local session_replication_role = replica');
    await locker.query('delete from cors_origins');
    await locker.query('commit');
    const answers = Array.from({ length: 5 }, () => instance.allows(SHOP));
    // Node.js closes connections that were idle for five seconds.
    await sleep(3 * REFRESH_INTERVAL);
    instance.signal('SIGCONT');
    expect(await Promise.all(answers)).toEqual([false, false, false, false, false]);
    expect(instance.output).not.toContain('could not be read');
  });
});
