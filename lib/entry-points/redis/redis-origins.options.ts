import { quoted } from '../../support/quoted.js';
import { inRange } from '../../support/in-range.js';
import { applicationName } from './application-name.js';
import type { RedisClient } from './redis-client.js';
import { isStorable } from './redis-keys.js';

/** Options of `RedisOriginLookup` and `RedisOriginList`. */
export interface RedisOriginsOptions {
  /**
   * A client or a cluster of `ioredis` (5, 6), or a connected one of `redis` (node-redis 4, 5, 6). It stays yours: it is
   * neither connected nor closed. For changes it is duplicated, so that it stays free for commands. In a cluster, have it read
   * from masters: a replica may not know yet what was published.
   *
   * A driver keeps what it is asked during an outage until that is over. Lookups do not wait for it: they fail at once when
   * the driver knows of the outage, and at the lookup's deadline otherwise. For the latter to be rare, have the driver find
   * out, in ioredis by `{ connectTimeout: 2000, maxRetriesPerRequest: 1, socketTimeout: 5000 }`, in node-redis by
   * `{ disableOfflineQueue: true, pingInterval: 5000, socket: { connectTimeout: 2000, socketTimeout: 10000,
   * reconnectStrategy: (retries) => Math.min(retries * 100, 2000) } }` and an `'error'` listener.
   */
  client: RedisClient;
  /**
   * What the keys begin with. In Redis Cluster it needs a hash tag (`{…}`), so that the keys are on one node.
   * Default: `'{cors}'`.
   */
  prefix?: string | undefined;
  /**
   * Name of the application that the keys belong to. The first application that uses a prefix leaves its name there, and everything
   * that reads or writes the keys of another one fails. Applications that share origins have one name. Default: the `name` in
   * the package.json nearest to the main script.
   */
  application?: string | undefined;
  /** Channel of changes, as it is: a `keyPrefix` of the client is not put before it. Default: `<prefix>:changes`. */
  channel?: string | undefined;
  /** How often the connection for changes is checked, in milliseconds, 100 to 3600000. Default: 10000. */
  heartbeatInterval?: number | undefined;
  /**
   * How long connecting and each check may take, in milliseconds, 100 to 3600000; then the connection is replaced.
   * Default: `heartbeatInterval`.
   */
  heartbeatTimeout?: number | undefined;
}

const DEFAULT_PREFIX = '{cors}';
const DEFAULT_HEARTBEAT = 10_000;

/** The options with their defaults. @throws TypeError or RangeError for what they can't be */
export function withDefaults({
  prefix = DEFAULT_PREFIX,
  application = applicationName(),
  channel,
  heartbeatInterval = DEFAULT_HEARTBEAT,
  heartbeatTimeout = heartbeatInterval,
}: RedisOriginsOptions): {
  readonly prefix: string;
  readonly application: string;
  readonly channel: string | undefined;
  readonly heartbeatInterval: number;
  readonly heartbeatTimeout: number;
} {
  if (!isName(prefix)) {
    throw new TypeError(
      `\`prefix\` of RedisOrigins must be a string that is not empty and has no lone surrogates; got ${quoted(prefix)}. Write what the keys begin with: prefix: '{cors}'`,
    );
  }
  if (!isName(application)) {
    throw new TypeError(
      `\`application\` of RedisOrigins must be a string that is not empty and has no lone surrogates; got ${quoted(application)}. Write what the application is called: application: 'shop'`,
    );
  }
  if (channel !== undefined && !isName(channel)) {
    throw new TypeError(
      `\`channel\` of RedisOrigins must be a string that is not empty and has no lone surrogates; got ${quoted(channel)}. Write the name of a channel, or leave it out.`,
    );
  }
  return {
    prefix,
    application,
    channel,
    heartbeatInterval: inRange('heartbeatInterval', heartbeatInterval, 100, 3_600_000),
    heartbeatTimeout: inRange('heartbeatTimeout', heartbeatTimeout, 100, 3_600_000),
  };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && isStorable(value);
}
