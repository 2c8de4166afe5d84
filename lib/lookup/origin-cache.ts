import { Inject, Injectable } from '@nestjs/common';
import { CorsLookups } from './lookups.js';
import { type OriginCacheStats, cacheStats } from './cache-stats.js';
import type { OriginChange } from '../options/index.js';
import { readChange } from './origin-changes.js';

/**
 * The cached results of lookups, and the lists in memory. Inject it into any provider that changes allowed origins, so that
 * the change is in force at once. Other instances follow when the `changes` of their lookup say so, or when their cached
 * results expire.
 *
 * @example
 * ```ts
 * async remove(tenant: string, origin: string): Promise<void> {
 *   await this.rows.delete({ tenant, origin });
 *   await this.cache.invalidate({ tenant, origin });
 * }
 * ```
 */
export abstract class CorsOriginCache {
  /**
   * Drops cached results about an origin, a tenant, or both, at once, and has lists read again what changed. A field that
   * is left out stands for any. A tenant also drops the results of policies without tenants.
   *
   * The promise settles when the lists were read. A reading that fails is logged and tried again; it does not reject.
   */
  abstract invalidate(change?: OriginChange): Promise<void>;

  /** Drops every cached result at once, and has all lists read again. */
  abstract clear(): Promise<void>;

  /** What is cached now, and what was counted since the application started. */
  abstract stats(): OriginCacheStats;
}

/** The cache of the running application. A class of its own, so that applications see no internal type. */
@Injectable()
export class ApplicationOriginCache extends CorsOriginCache {
  readonly #lookups: CorsLookups;

  constructor(@Inject(CorsLookups) lookups: CorsLookups) {
    super();
    this.#lookups = lookups;
  }

  invalidate(change: OriginChange = {}): Promise<void> {
    return this.#lookups.sources.forget(readChange(change));
  }

  clear(): Promise<void> {
    return this.invalidate();
  }

  stats(): OriginCacheStats {
    return cacheStats(this.#lookups.sources);
  }
}
