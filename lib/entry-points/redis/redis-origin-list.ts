import type { OriginList, OriginListContext, OriginRow } from '../../options/index.js';
import { inRange } from '../../support/in-range.js';
import { originSetsOf, RedisOrigins } from './redis-origins.js';
import type { RedisOriginsOptions } from './redis-origins.options.js';

/** {@link RedisOriginsOptions}, and how a list is read. */
export interface RedisOriginListOptions extends RedisOriginsOptions {
  /** How many origins are read at a time, 1 to 1000000; more at a time block the server for longer. Default: 2000. */
  pageSize?: number | undefined;
}

/**
 * Reads all origins into memory and follows the published changes, so that no request waits for Redis. Use it as a base
 * class, or in a `useFactory`.
 *
 * @example
 * ```ts
 * providers: [
 *   {
 *     provide: CUSTOMER_ORIGINS,
 *     inject: [Redis],
 *     useFactory: (redis: Redis) => new RedisOriginList({ client: redis }),
 *   },
 * ],
 * ```
 */
export class RedisOriginList extends RedisOrigins implements OriginList {
  private readonly pageSize: number;

  /** @throws TypeError, RangeError for an invalid option */
  constructor(options: RedisOriginListOptions) {
    super(options);
    this.pageSize = inRange('pageSize', options.pageSize ?? 2000, 1, 1_000_000);
  }

  /** Reads every tenant's set in pages. A row's `id` is the key of its set. */
  loadOrigins({ signal }: OriginListContext): AsyncGenerator<OriginRow> {
    return originSetsOf(this).rows(this.pageSize, signal);
  }

  /** Looks for the origin in the set of every tenant, with one command for a thousand sets. */
  loadOrigin(origin: string, { signal }: OriginListContext): AsyncGenerator<OriginRow> {
    return originSetsOf(this).rowsHolding(origin, signal);
  }
}
