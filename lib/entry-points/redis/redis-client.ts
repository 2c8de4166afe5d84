import { isIoredisClient, type IoredisClient, IoredisCommands } from './ioredis-client.js';
import { isNodeRedisClient, type NodeRedisClient, NodeRedisCommands } from './node-redis-client.js';
import type { RedisCommands } from './redis-commands.js';

/** A client or a cluster of `ioredis` (5, 6) or of `redis` (node-redis 4, 5, 6), as far as it is used. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** @throws TypeError when the client is of neither driver */
export function commandsOf(client: unknown): RedisCommands {
  if (typeof client !== 'object' || client === null) {
    throw new TypeError('RedisOrigins got no client: pass a client of ioredis or of redis (node-redis) as `client`');
  }
  if (typeof (client as { then?: unknown }).then === 'function') {
    throw new TypeError('RedisOrigins got a promise as its client: await it first, in an asynchronous `useFactory`');
  }
  if (isIoredisClient(client)) {
    return new IoredisCommands(client);
  }
  if (isNodeRedisClient(client)) {
    return new NodeRedisCommands(client);
  }
  throw new TypeError(
    'The client of RedisOrigins is of neither driver: pass what `new Redis()` of ioredis (5, 6) or `createClient()` of ' +
      'redis (node-redis 4, 5, 6) returns',
  );
}
