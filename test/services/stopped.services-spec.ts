import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisOriginList } from '../../lib/entry-points/redis/index.js';
import { Instance } from './instances/instances.js';
import { serverUrl } from './redis-drivers.js';

const SHOP = 'https://shop.example';
const REFRESH_INTERVAL = 1000;

describe('an instance that was stopped (SIGSTOP) and goes on (SIGCONT)', () => {
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

  it('allows nothing by a list that is older than its refreshInterval', async () => {
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
