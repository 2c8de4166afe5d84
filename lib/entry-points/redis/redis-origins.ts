import { Logger } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import type { OriginChange } from '../../options/index.js';
import { quoted } from '../../support/quoted.js';
import { changeFeed } from '../stores/change-feed.js';
import { BoundedCommands } from './bounded-commands.js';
import { warnOfEviction } from './eviction-check.js';
import { InvalidOriginError, problemOf } from './invalid-origin.js';
import { ForeignKeysError, KeyOwner } from './key-owner.js';
import { OriginSets } from './origin-sets.js';
import { redisChannel } from './redis-channel.js';
import { commandsOf } from './redis-client.js';
import type { RedisCommands } from './redis-commands.js';
import { isStorable, RedisKeys } from './redis-keys.js';
import { type RedisOriginsOptions, withDefaults } from './redis-origins.options.js';

/**
 * Allowed origins in Redis, 6.2 or later: what the lookup and the list have in common. With the default prefix, these are
 *
 * | key                        | type    | holds                                                        |
 * | -------------------------- | ------- | ------------------------------------------------------------ |
 * | `{cors}:origins:<tenant>`  | set     | the tenant's origins and patterns                            |
 * | `{cors}:origins:`          | set     | those of every tenant                                        |
 * | `{cors}:tenants`           | set     | the tenants that have a set; others have no origins          |
 * | `{cors}:application`       | set     | the application that the keys belong to                      |
 * | `{cors}:changes`           | channel | changes: `{"origin":"…","tenant":"…"}`, absent fields are any |
 *
 * In the key of a tenant, `%` is written `%25` and `:` `%3A`; the tenants `tenants` and `application` are `%74enants` and
 * `%61pplication`. The set of tenants holds them as they are.
 *
 * Somebody who writes the sets by other means has the instances know with
 *
 * ```shell
 * redis-cli PUBLISH '{cors}:changes' '{"origin":"https://app.example.com","tenant":"acme"}'
 * redis-cli PUBLISH '{cors}:changes' '{}' # read everything anew
 * ```
 *
 * A Redis user needs these permissions, besides what the driver asks when it connects: `~{cors}:* &{cors}:changes +smismember
 * +sscan +info +subscribe +ping`, for lists `+eval +sismember`, and for {@link add} and {@link remove} `+eval +sismember +sadd
 * +srem +exists +publish`. Without the latter the keys are read and not claimed; without `+info` eviction is not warned of.
 */
export abstract class RedisOrigins {
  /**
   * Changes of the origins, as they are published; `{}` when all may have changed, which is so after every connection. The
   * first subscription connects, with a duplicate of the client; the last unsubscription closes that.
   */
  readonly changes: Observable<OriginChange>;
  /** The sets themselves. */
  protected readonly originSets: OriginSets;

  private readonly logger = new Logger('CorsModule');
  private isForeign = false;

  /**
   * @throws TypeError when the client is of neither driver, an option is no string, or a cluster's prefix has no hash tag
   * @throws RangeError when `heartbeatInterval` or `heartbeatTimeout` is out of range
   */
  constructor(options: RedisOriginsOptions) {
    // Nest passes nothing to a class that is a provider as it stands.
    const commands = commandsOf((options as RedisOriginsOptions | undefined)?.client);
    const { prefix, application, channel, heartbeatInterval, heartbeatTimeout } = withDefaults(options);
    const keys = new RedisKeys(prefix, channel);
    if (commands.isCluster && !keys.haveOneSlot) {
      throw new TypeError(
        `In Redis Cluster the keys of RedisOrigins have to be on one node: write \`prefix: '{${prefix.replace(/[{}]/g, '') || 'cors'}}'\``,
      );
    }
    const bounded = new BoundedCommands(commands);
    const owner = new KeyOwner(bounded, keys, application);
    this.originSets = new OriginSets(bounded, keys, owner);
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
   * @returns whether it was not allowed before
   * @throws InvalidOriginError for what is no origin, with the problem's code and what to write instead
   * @throws TypeError for a tenant that Redis cannot hold: one that is no string, or has lone surrogates
   * @throws ForeignKeysError when the keys belong to another application
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

  /** When a connection has been made: whether the keys are this application's, and the server keeps them. Never rejects. */
  private async checkServer(client: object, commands: RedisCommands, owner: KeyOwner): Promise<void> {
    try {
      await owner.verify();
    } catch (error) {
      // Other failures are those of lookups and lists, which say so themselves.
      if (error instanceof ForeignKeysError && !this.isForeign) {
        this.isForeign = true;
        this.logger.error(error.message);
      }
    }
    await warnOfEviction(client, commands, this.logger);
  }
}
