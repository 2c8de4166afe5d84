import type { Observable } from 'rxjs';
import type { OriginChange } from '../interfaces/index.js';
import { changeFeed } from '../stores/change-feed.js';
import { BoundedCommands } from './bounded-commands.js';
import { InvalidOriginError, problemOf } from './invalid-origin.js';
import { OriginSets } from './origin-sets.js';
import { redisChannel } from './redis-channel.js';
import { commandsOf } from './redis-client.js';
import { RedisKeys } from './redis-keys.js';
import { type RedisOriginsOptions, withDefaults } from './redis-origins.options.js';

/**
 * Allowed origins in Redis, 6.2 or later: what the lookup and the list have in common. With the default prefix, these are
 *
 * | key                        | type    | holds                                                        |
 * | -------------------------- | ------- | ------------------------------------------------------------ |
 * | `{cors}:origins:<tenant>`  | set     | the tenant's origins and patterns                            |
 * | `{cors}:origins:`          | set     | those of every tenant                                        |
 * | `{cors}:tenants`           | set     | the tenants that have a set; the list reads no others        |
 * | `{cors}:changes`           | channel | changes: `{"origin":"…","tenant":"…"}`, absent fields are any |
 *
 * Somebody who writes the sets by other means has the instances know with
 *
 * ```shell
 * redis-cli PUBLISH '{cors}:changes' '{"origin":"https://app.example.com","tenant":"acme"}'
 * redis-cli PUBLISH '{cors}:changes' '{}' # read everything anew
 * ```
 *
 * A Redis user needs these permissions, besides what the driver asks when it connects: `~{cors}:* &{cors}:changes +smismember
 * +sscan +subscribe +ping`, for lists `+eval +sismember`, and for {@link add} and {@link remove} `+eval +sadd +srem +exists
 * +publish`.
 */
export abstract class RedisOrigins {
  /**
   * Changes of the origins, as they are published; `{}` when all may have changed, which is so after every connection. The
   * first subscription connects, with a duplicate of the client; the last unsubscription closes that.
   */
  readonly changes: Observable<OriginChange>;
  /** The sets themselves. */
  protected readonly originSets: OriginSets;

  /**
   * @throws TypeError when the client is of neither driver, an option is no text, or a cluster's prefix has no hash tag
   * @throws RangeError when `heartbeat` is out of range
   */
  constructor(options: RedisOriginsOptions) {
    // Nest passes nothing to a class that is a provider as it stands.
    const commands = commandsOf((options as RedisOriginsOptions | undefined)?.client);
    const { prefix, channel, heartbeat } = withDefaults(options);
    const keys = new RedisKeys(prefix, channel);
    if (commands.isCluster && !keys.haveOneSlot) {
      throw new TypeError(
        `In Redis Cluster the keys of RedisOrigins have to be on one node: write \`prefix: '{${prefix.replace(/[{}]/g, '') || 'cors'}}'\``,
      );
    }
    this.originSets = new OriginSets(new BoundedCommands(commands), keys);
    this.changes = changeFeed(redisChannel(commands, keys.channel, heartbeat));
  }

  /**
   * Allows an origin or a pattern for a tenant, or for every tenant, and publishes the change in the same transaction.
   *
   * @param tenant Default: `''`, every tenant.
   * @returns whether it was not allowed before
   * @throws InvalidOriginError for what is no origin, with the problem's code and what to write instead
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
    return await this.originSets.add(origin, tenant);
  }

  /**
   * Takes back what {@link add} did, and publishes the change in the same transaction. Takes any text, so that what cannot
   * be added can be removed.
   *
   * @param tenant Default: `''`. An origin of every tenant can't be taken from one.
   * @returns whether it was there
   */
  async remove(origin: string, tenant = ''): Promise<boolean> {
    return await this.originSets.remove(origin, tenant);
  }
}
