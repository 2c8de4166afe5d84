import { quoted } from '../../support/quoted.js';
import { inRange } from '../../support/in-range.js';
import { applicationName } from './application-name.js';
import type { RedisClient } from './redis-client.js';
import { isStorable } from './redis-keys.js';

/** Options of `RedisOriginLookup` and `RedisOriginList`. */
export interface RedisOriginsOptions {
  /**
   * A client or a cluster of `ioredis` (5, 6), or a connected one of `redis` (node-redis 4, 5, 6). The store neither connects
   * nor closes it, and listens for changes with a duplicate. A cluster has to read from masters, because a replica may lag
   * behind the published changes.
   *
   * Drivers keep commands during an outage until it is over. Lookups fail at once where the driver knows of the outage, and at
   * their deadline otherwise. Let the driver notice outages early, in ioredis by `{ connectTimeout: 2000, maxRetriesPerRequest: 1, socketTimeout: 5000 }`, in node-redis by
   * `{ disableOfflineQueue: true, pingInterval: 5000, socket: { connectTimeout: 2000, socketTimeout: 10000,
   * reconnectStrategy: (retries) => Math.min(retries * 100, 2000) } }` and an `'error'` listener.
   */
  client: RedisClient;
  /**
   * The beginning of all keys. In Redis Cluster it needs a hash tag (`{…}`), so that the keys are on one node.
   * Default: `'{cors}'`.
   */
  prefix?: string | undefined;
  /**
   * Name of the application that the keys belong to. The first application that uses a prefix stores its name there, and any
   * other one fails to read or write the keys. Applications that share origins have one name. Default: the `name` in the
   * package.json nearest to the main script.
   */
  application?: string | undefined;
  /** Channel of changes, without the `keyPrefix` of the client. Default: `<prefix>:changes`. */
  channel?: string | undefined;
  /**
   * How long the server may leave a command unanswered, 100 to 3600000 milliseconds. After that, one other command a second is
   * sent until the server answers, and all others fail. Default: 5000.
   */
  queryTimeout?: number | undefined;
  /** How often the connection that listens is asked whether it is alive, 100 to 3600000 milliseconds. Default: 10000. */
  heartbeatInterval?: number | undefined;
  /**
   * How long connecting and each answer may take, 100 to 3600000 milliseconds; then the connection is replaced.
   * Default: 5000.
   */
  heartbeatTimeout?: number | undefined;
}

/** The options with their defaults. @throws TypeError or RangeError for an invalid option */
export function withDefaults({
  prefix = '{cors}',
  application = applicationName(),
  channel,
  queryTimeout = 5000,
  heartbeatInterval = 10_000,
  heartbeatTimeout = 5000,
}: RedisOriginsOptions): {
  readonly prefix: string;
  readonly application: string;
  readonly channel: string | undefined;
  readonly queryTimeout: number;
  readonly heartbeatInterval: number;
  readonly heartbeatTimeout: number;
} {
  checkName('prefix', prefix, "Write the beginning of all keys: prefix: '{cors}'");
  checkName('application', application, "Write the application's name: application: 'shop'");
  if (channel !== undefined) {
    checkName('channel', channel, 'Write the name of a channel, or leave it out.');
  }
  return {
    prefix,
    application,
    channel,
    queryTimeout: inRange('queryTimeout', queryTimeout, 100, 3_600_000),
    heartbeatInterval: inRange('heartbeatInterval', heartbeatInterval, 100, 3_600_000),
    heartbeatTimeout: inRange('heartbeatTimeout', heartbeatTimeout, 100, 3_600_000),
  };
}

function checkName(option: string, value: unknown, hint: string): void {
  if (typeof value !== 'string' || value === '' || !isStorable(value)) {
    throw new TypeError(
      `\`${option}\` must be a string that is not empty and has no lone surrogates; got ${quoted(value)}. ${hint}`,
    );
  }
}
