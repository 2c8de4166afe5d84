import { Logger } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import type { OriginChange } from '../../options/index.js';
import { quoted } from '../../support/quoted.js';
import { changeFeed } from '../stores/change-feed.js';
import type { Channel } from '../stores/channel.js';
import { BoundedCommands } from './bounded-commands.js';
import { warnOfEviction } from './eviction-check.js';
import { InvalidOriginError, problemOf } from './invalid-origin.js';
import { ForeignKeysError, KeyOwner } from './key-owner.js';
import { OriginSets } from './origin-sets.js';
import { commandsOf } from './redis-client.js';
import type { RedisCommands } from './redis-commands.js';
import { isStorable, RedisKeys } from './redis-keys.js';
import { type RedisOriginsOptions, withDefaults } from './redis-origins.options.js';

const originSets = new WeakMap<RedisOrigins, OriginSets>();

/** The sets of a store, for its subclasses. */
export function originSetsOf(store: RedisOrigins): OriginSets {
  return originSets.get(store)!;
}

/**
 * Allowed origins in Redis 6.2 or later: the base class of the lookup and the list. With the default prefix, the keys are
 *
 * | key                        | type    | holds                                                        |
 * | -------------------------- | ------- | ------------------------------------------------------------ |
 * | `{cors}:origins:<tenant>`  | set     | the tenant's origins and patterns                            |
 * | `{cors}:origins:`          | set     | the origins and patterns of every tenant                     |
 * | `{cors}:tenants`           | set     | the tenants that have a set; others have no origins          |
 * | `{cors}:application`       | set     | the application that the keys belong to                      |
 * | `{cors}:changes`           | channel | changes: `{"origin":"…","tenant":"…"}`, absent fields are any |
 *
 * In the key of a tenant, `%` is written `%25` and `:` `%3A`; the tenants `tenants` and `application` are `%74enants` and
 * `%61pplication`. The set of tenants holds them as they are.
 *
 * Code that writes the sets by other means publishes the change itself:
 *
 * ```shell
 * redis-cli PUBLISH '{cors}:changes' '{"origin":"https://app.example.com","tenant":"acme"}'
 * redis-cli PUBLISH '{cors}:changes' '{}' # everything may have changed
 * ```
 *
 * A Redis user needs these permissions, besides those of the driver: `~{cors}:* &{cors}:changes +smismember +sscan +info
 * +subscribe +ping`, for lists `+eval +sismember`, and for {@link add} and {@link remove} `+eval +sismember +sadd +srem +exists
 * +publish`. A user without the last ones reads the keys without claiming them. Without `+info` there is no warning of eviction.
 */
export abstract class RedisOrigins {
  /**
   * The published changes of the origins. Emits `{}`, everything may have changed, after every connection. The first
   * subscription connects a duplicate of the client; the last unsubscription closes it.
   */
  readonly changes: Observable<OriginChange>;
  private readonly logger = new Logger('CorsModule');
  private isForeign = false;

  /**
   * @throws TypeError for a client of another driver, a name that is not a string, and a cluster's prefix without a hash tag
   * @throws RangeError for `queryTimeout`, `heartbeatInterval` or `heartbeatTimeout` out of range
   */
  constructor(options: RedisOriginsOptions) {
    // Nest passes no argument to this class where it is itself the provider.
    const commands = commandsOf((options as RedisOriginsOptions | undefined)?.client);
    const { prefix, application, channel, queryTimeout, heartbeatInterval, heartbeatTimeout } = withDefaults(options);
    const keys = new RedisKeys(prefix, channel);
    if (commands.isCluster && !keys.haveOneSlot) {
      throw new TypeError(
        `\`prefix\` must have a hash tag in Redis Cluster, so that all keys are on one node; got ${quoted(prefix)}. Write prefix: '{${prefix.replace(/[{}]/g, '') || 'cors'}}'`,
      );
    }
    const bounded = new BoundedCommands(commands, queryTimeout);
    const owner = new KeyOwner(bounded, keys, application);
    originSets.set(this, new OriginSets(bounded, keys, owner));
    this.changes = changeFeed(redisChannel(commands, keys.channel, heartbeatInterval, heartbeatTimeout)).pipe(
      tap(({ origin, tenant }) => {
        if (origin === undefined && tenant === undefined) {
          void this.checkServer(options.client, commands, owner);
        }
      }),
    );
  }

  /**
   * Allows an origin or a pattern for a tenant, or for every tenant, and publishes the change in the same transaction.
   *
   * @param tenant Default: `''`, every tenant.
   * @returns whether it is new
   * @throws InvalidOriginError for a value that is not an origin, with the problem's code and a hint
   * @throws TypeError for a tenant that is not a string or has lone surrogates
   * @throws ForeignKeysError for keys that belong to another application
   * @example
   * ```ts
   * await origins.add('https://shop.example', 'acme');
   * ```
   */
  async add(origin: string, tenant = ''): Promise<boolean> {
    const problem = problemOf(origin);
    if (problem !== undefined) {
      throw new InvalidOriginError(problem);
    }
    if (typeof tenant !== 'string' || !isStorable(tenant)) {
      throw new TypeError(
        `\`tenant\` must be a string without lone surrogates; got ${quoted(tenant)}. Pass the tenant that policies name: add(origin, 'acme')`,
      );
    }
    return await originSetsOf(this).add(origin, tenant);
  }

  /**
   * Removes an origin or a pattern, and publishes the change in the same transaction. It takes any string, also one that
   * cannot be added.
   *
   * @param tenant Default: `''`, every tenant. An origin of every tenant cannot be removed from a single one.
   * @returns whether it was there
   */
  async remove(origin: string, tenant = ''): Promise<boolean> {
    return await originSetsOf(this).remove(origin, tenant);
  }

  /** Checks after each connection whether the keys are this application's, and whether the server may evict them. Never rejects. */
  private async checkServer(client: object, commands: RedisCommands, owner: KeyOwner): Promise<void> {
    try {
      await owner.verify();
    } catch (error) {
      // Lookups and lists log all other failures themselves.
      if (error instanceof ForeignKeysError && !this.isForeign) {
        this.isForeign = true;
        this.logger.error(error.message);
      }
    }
    await warnOfEviction(client, commands, this.logger);
  }
}

/**
 * The channel that changes are announced on.
 * @param timeout in milliseconds, for connecting and subscribing, and for each heartbeat
 */
function redisChannel(commands: RedisCommands, name: string, heartbeat: number, timeout: number): Channel {
  return {
    store: 'Redis',
    name,
    timing: { opening: timeout, heartbeat, answer: timeout },
    connect: (listener) => commands.subscriber(name, listener),
  };
}
