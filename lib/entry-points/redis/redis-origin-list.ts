import type { OriginList, OriginListContext, OriginRow } from '../../options/index.js';
import { RedisOrigins } from './redis-origins.js';

/**
 * Reads all origins into memory and keeps them up to date by the published changes: no request waits for Redis. Use it as a
 * base class, or in a `useFactory`.
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
  /** Every tenant's set, page after page. A row's `id` is the key of its set. */
  loadOrigins({ signal }: OriginListContext): AsyncGenerator<OriginRow> {
    return this.originSets.rows(signal);
  }

  /** Asks the set of every tenant for the text, a thousand with one command. */
  loadOrigin(origin: string, { signal }: OriginListContext): AsyncGenerator<OriginRow> {
    return this.originSets.rowsHolding(origin, signal);
  }
}
