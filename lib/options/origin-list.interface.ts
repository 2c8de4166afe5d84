import type { CorsProblemCode } from './problem.js';
import type { Observable } from 'rxjs';
import type { OriginChange } from './origin-lookup.interface.js';

/** One row of a store of allowed origins. */
export interface OriginRow {
  /**
   * An exact serialized origin (`https://app.example.com`) or a pattern (`https://*.example.com`). A nonstandard origin (`file://`)
   * is allowed by policies that tolerate `nonstandard-origin` alone.
   */
  readonly origin: string;
  /** The tenant that it is allowed for; `undefined`, `null` and `''` stand for every tenant. */
  readonly tenant?: string | null | undefined;
  /** How reports name the row, such as its primary key. Default: its place in what was read, from 0. */
  readonly id?: string | number | bigint | undefined;
}

/** A row, or the origin alone where there are no tenants. */
export type StoredOrigin = string | OriginRow;

/** Rows in any form that can be walked through: an array, a cursor, a generator that reads page after page. */
export type StoredOrigins = Iterable<StoredOrigin> | AsyncIterable<StoredOrigin>;

/** What a list is read with. */
export interface OriginListContext {
  /** Aborted when the deadline of the reading has passed: hand it to the database driver. */
  readonly signal: AbortSignal;
}

/**
 * A list of allowed origins that fits into memory. Implement it as an injectable singleton and name its class or token in
 * `originLookup`, as you would an {@link OriginLookup}.
 *
 * It is read as a whole before the application listens, again when it changes, and from time to time. Decisions are then
 * made in memory: only requests of an origin that a change has just named wait for the store, and unknown origins never reach
 * it. A reading that fails leaves the last good list in force, without the rows that a change has named since.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class PartnerOrigins implements OriginList {
 *   constructor(private readonly db: Database) {}
 *   loadOrigins({ signal }: OriginListContext) {
 *     return this.db.query('select id, origin, tenant from partner_origins', { signal });
 *   }
 * }
 * ```
 */
export interface OriginList {
  /** All rows. A row that can be no origin is reported and skipped. */
  loadOrigins(context: OriginListContext): StoredOrigins | Promise<StoredOrigins>;
  /**
   * The rows of one origin or pattern, of every tenant; none when it is gone. With it, a change that names its origin
   * costs the reading of these rows in place of the whole list.
   */
  loadOrigin?(origin: string, context: OriginListContext): StoredOrigins | Promise<StoredOrigins>;
  /** Emits when rows change, so that they are read again at once. A change that names no origin has everything read again. */
  readonly changes?: Observable<OriginChange>;
}

/** A row that was skipped, because it cannot allow what it says, or must not. */
export interface SkippedRow {
  readonly code: CorsProblemCode;
  /** The row's `id`, else its place in what was read, from 0; of an origin that was read alone, the origin. */
  readonly row: string;
  readonly message: string;
  readonly hint: string;
}
