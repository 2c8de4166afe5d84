import { isIoredisClient, type IoredisClient, IoredisCommands } from './ioredis-client.js';
import { isNodeRedisClient, type NodeRedisClient, NodeRedisCommands } from './node-redis-client.js';
import { quoted } from '../../support/quoted.js';
import type { RedisCommands } from './redis-commands.js';

/** The members of a client or a cluster of `ioredis` (5, 6) or `redis` (node-redis 4, 5, 6) that the stores use. */
export type RedisClient = IoredisClient | NodeRedisClient;

const HINT = 'Pass what `new Redis()` of ioredis (5, 6) or `createClient()` of redis (node-redis 4, 5, 6) returns.';

/** @throws TypeError for a client of another driver */
export function commandsOf(client: unknown): RedisCommands {
  if (typeof client !== 'object' || client === null) {
    throw new TypeError(`\`client\` must be a client of ioredis or redis (node-redis); got ${quoted(client)}. ${HINT}`);
  }
  if (typeof (client as { then?: unknown }).then === 'function') {
    throw new TypeError(
      '`client` must be a client of ioredis or redis (node-redis); got a promise. Await it first, in an asynchronous `useFactory`.',
    );
  }
  if (isIoredisClient(client)) {
    return new IoredisCommands(client);
  }
  if (isNodeRedisClient(client)) {
    return new NodeRedisCommands(client);
  }
  throw new TypeError(`\`client\` must be a client of ioredis or redis (node-redis); got another object. ${HINT}`);
}
