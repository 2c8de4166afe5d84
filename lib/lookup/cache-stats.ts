import type { LookupCacheCounts } from './lookup-cache.js';
import type { OriginSources } from './origin-sources.js';
import type { OriginRowProblem } from '../options/index.js';

/** What is kept of one lookup's answers under one policy. */
export interface OriginLookupStats extends Readonly<LookupCacheCounts> {
  /** The lookup's class, or where it is written. */
  readonly lookup: string;
  /** The `policy` that it is asked for. */
  readonly policy: string;
  /** Allowed origins that are kept, fresh or stale. */
  readonly origins: number;
  /** Refusals that are kept. */
  readonly refusals: number;
  /** Questions under way. */
  readonly pending: number;
}

/** One list in memory. */
export interface OriginListStats {
  /** The list's class, or where it is written. */
  readonly list: string;
  /** Exact origins, each counted once. */
  readonly origins: number;
  readonly patterns: number;
  /** How long ago the list was read as a whole, in milliseconds; `undefined` when it never could be. */
  readonly age: number | undefined;
  /** Whether the last reading failed: an older list is in force, or none. */
  readonly failing: boolean;
  /**
   * Rows that were skipped, because they can allow nobody, or must not: in the last reading of the whole list and in readings
   * of single origins since. All are counted, the first hundred spelled out.
   */
  readonly skipped: { readonly count: number; readonly first: readonly OriginRowProblem[] };
}

/** The state of everything that answers in the place of the application's lookups and lists. */
export interface OriginCacheStats {
  readonly lookups: readonly OriginLookupStats[];
  readonly lists: readonly OriginListStats[];
}

export function cacheStats(sources: OriginSources): OriginCacheStats {
  return {
    lookups: sources.allCaches.map(({ questioned, counts, sizes }) => ({
      lookup: questioned.subject,
      policy: questioned.policy,
      ...sizes,
      ...counts,
    })),
    lists: sources.allSnapshots.map(({ subject, state, failing, skipped }) => ({
      list: subject,
      origins: state?.origins ?? 0,
      patterns: state?.patterns ?? 0,
      age: state?.age,
      failing,
      skipped: { count: skipped.count, first: [...skipped.first] },
    })),
  };
}
