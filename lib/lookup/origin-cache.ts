import { Inject, Injectable } from '@nestjs/common';
import type { OriginChange, OriginRowProblem } from '../options/index.js';
import type { LookupCacheCounts } from './lookup-call.js';
import { CorsLookups } from './lookups.js';
import { readChange } from './origin-changes.js';

/** The cached results of one lookup under one policy. */
export interface OriginLookupStats extends Readonly<LookupCacheCounts> {
  /** The lookup's class, or where it is written. */
  readonly lookup: string;
  /** The `policy` that its context names. */
  readonly policy: string;
  /** Cached origins that are allowed, fresh or stale. */
  readonly origins: number;
  /** Cached refusals. */
  readonly refusals: number;
  /** Calls under way. */
  readonly pending: number;
}

/** One list in memory. */
export interface OriginListStats {
  /** The list's class, or where it is written. */
  readonly list: string;
  /** Exact origins, each counted once. */
  readonly origins: number;
  readonly patterns: number;
  /** How long ago the whole list was read, in milliseconds; `undefined` before the first good reading. */
  readonly age: number | undefined;
  /** Whether the last reading failed: an older list is in force, or none. */
  readonly failing: boolean;
  /**
   * Rows that were skipped because they allow no origin, or must not allow what they say. Those of the last reading of the
   * whole list, and of later readings of single origins. `first` has the first hundred.
   */
  readonly skipped: { readonly count: number; readonly first: readonly OriginRowProblem[] };
}

/** The state of all cached results and lists. */
export interface OriginCacheStats {
  readonly lookups: readonly OriginLookupStats[];
  readonly lists: readonly OriginListStats[];
}

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
    return this.#lookups.responders.forget(readChange(change));
  }

  clear(): Promise<void> {
    return this.invalidate();
  }

  stats(): OriginCacheStats {
    const { allCaches, allSnapshots } = this.#lookups.responders;
    return {
      lookups: allCaches
        .filter(({ isUsed }) => isUsed)
        .map(({ target, counts, sizes }) => ({ lookup: target.subject, policy: target.policy, ...sizes, ...counts })),
      lists: allSnapshots.map(({ subject, state, failing, skipped }) => ({
        list: subject,
        origins: state?.origins ?? 0,
        patterns: state?.patterns ?? 0,
        age: state?.age,
        failing,
        skipped: { count: skipped.count, first: [...skipped.first] },
      })),
    };
  }
}
