import { Inject, Injectable } from '@nestjs/common';
import { CorsLookups } from './lookups.js';
import { type OriginCacheStats, cacheStats } from './cache-stats.js';
import type { OriginChange } from '../options/index.js';
import { readChange } from './origin-changes.js';

/**
 * What is kept of the answers of lookups, and the lists in memory. Inject it where your application changes its allowed
 * origins, so that the change is in force at once; on other instances it is when their lookup's `changes` say so, or when
 * what they keep expires. Providers of other modules can inject it when `CorsModule.forRoot()` has `isGlobal: true`.
 *
 * @example
 * ```ts
 * async remove(tenant: string, origin: string): Promise<void> {
 *   await this.rows.delete({ tenant, origin });
 *   await this.cache.invalidate({ tenant, origin });
 * }
 * ```
 */
@Injectable()
export class CorsOriginCache {
  constructor(@Inject(CorsLookups) private readonly lookups: CorsLookups) {}

  /**
   * Forgets kept answers about an origin, a tenant, or both, at once, and has lists read again what changed. A field that
   * is left out stands for any; a tenant concerns the answers that were given without one, too.
   *
   * Settles when the lists were read. A reading that fails is logged and tried again; it does not reject.
   */
  invalidate(change: OriginChange = {}): Promise<void> {
    return this.lookups.sources.forget(readChange(change));
  }

  /** Forgets every kept answer at once, and has all lists read again. */
  clear(): Promise<void> {
    return this.invalidate();
  }

  /** What is kept now, and what was counted since the application started. */
  stats(): OriginCacheStats {
    return cacheStats(this.lookups.sources);
  }
}
