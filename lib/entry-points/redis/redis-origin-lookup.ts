import type { OriginLookup, OriginLookupContext } from '../../options/index.js';
import { originSetsOf, RedisOrigins } from './redis-origins.js';

/**
 * Looks up each origin that is not cached in Redis, in one round trip, for any number of origins and tenants. Use it as a
 * base class, or in a `useFactory`.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class CustomerOrigins extends RedisOriginLookup {
 *   constructor(redis: Redis) {
 *     super({ client: redis });
 *   }
 * }
 *
 * CorsModule.forRoot({ originLookup: CustomerOrigins, tenant: ({ params }) => params['tenant'] });
 * ```
 */
export class RedisOriginLookup extends RedisOrigins implements OriginLookup {
  /** Rejects while Redis is not connected, and at the lookup's deadline. */
  isOriginAllowed(origin: string, { tenant = '', signal }: OriginLookupContext): Promise<boolean> {
    return originSetsOf(this).cover(origin, tenant, signal);
  }
}
