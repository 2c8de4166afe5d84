import { afterEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { RedisOriginLookup } from '../../lib/entry-points/redis/index.js';
import { RedisServer } from './redis-server.js';
import { until } from './until.js';

const ORIGIN = 'https://a.example';

describe('abandoned Redis commands', () => {
  let server: RedisServer | undefined;
  let client: Redis | undefined;

  afterEach(async () => {
    client?.disconnect();
    await server?.remove();
  });

  it('Redis without answers: are collected up to a bound, and end when it answers', async () => {
    server = await RedisServer.start();
    client = new Redis(server.url);
    const lookup = new RedisOriginLookup({ client });
    const ask = (deadline: number) =>
      lookup
        .isOriginAllowed(ORIGIN, { tenant: undefined, signal: AbortSignal.timeout(deadline) } as never)
        .catch((error: Error) => error.message);
    await lookup.add(ORIGIN);
    expect(await ask(1000)).toBe(true);
    const admin = new Redis(server.url);
    await admin.call('client', 'pause', '4000');
    const answers = new Set<unknown>();
    let most = 0;
    for (let round = 0; round < 10; round++) {
      const asked = Array.from({ length: 300 }, () => ask(100));
      most = Math.max(most, (client as unknown as { commandQueue: { length: number } }).commandQueue.length);
      (await Promise.all(asked)).forEach((answer) => answers.add(answer));
    }
    expect(most).toBeGreaterThan(100);
    expect(most).toBeLessThanOrEqual(1000);
    expect([...answers].join()).toContain('Redis has not answered 1000 commands, so no other is sent.');
    await until(async () => (await ask(1000)) === true);
    admin.disconnect();
  });
});
