import { isIoredisClient, type IoredisClient, IoredisCommands } from './ioredis-client.js';
import { isNodeRedisClient, type NodeRedisClient, NodeRedisCommands } from './node-redis-client.js';
import { outdatedClient, outdatedPackage } from '../../support/optional-package.js';
import { quoted } from '../../support/quoted.js';
import type { RedisCommands } from './redis-commands.js';

/** The members of a client or a cluster of `ioredis` (5, 6) or `redis` (node-redis 4, 5, 6) that the stores use. */
export type RedisClient = IoredisClient | NodeRedisClient;

const HINT = 'Pass what `new Redis()` of ioredis (5, 6) or `createClient()` of redis (node-redis 4, 5, 6) returns.';

/** @throws TypeError for a client of another driver or of an older version */
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
    const outdated = outdatedPackage('ioredis');
    // An application may have both: the clients of ioredis 5 say whether they are clusters.
    if (outdated !== undefined && client.isCluster === undefined) {
      throw outdatedClient('ioredis', outdated);
    }
    return new IoredisCommands(client);
  }
  if (isNodeRedisClient(client)) {
    return new NodeRedisCommands(client);
  }
  if (typeof (client as { internal_send_command?: unknown }).internal_send_command === 'function') {
    throw outdatedClient('redis', outdatedPackage('redis'));
  }
  throw new TypeError(`\`client\` must be a client of ioredis or redis (node-redis); got another object. ${HINT}`);
}
