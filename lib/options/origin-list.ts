import type { CorsProblemCode } from './problem.js';
import type { Observable } from 'rxjs';
import type { OriginChange } from './origin-lookup.js';

/** One row of a store of allowed origins. */
export interface OriginRow {
  /**
   * An exact origin (`https://app.example.com`) or a pattern (`https://*.example.com`). A nonstandard origin (`file://`) is
   * read only where a policy allows `nonstandard-origin`.
   */
  readonly origin: string;
  /** The tenant that it is allowed for; `undefined`, `null` and `''` stand for every tenant. */
  readonly tenant?: string | null | undefined;
  /** How reports name the row, such as its primary key. Default: its index in the reading, from 0. */
  readonly id?: string | number | bigint | undefined;
}

/** A row, or the origin alone where there are no tenants. */
export type StoredOrigin = string | OriginRow;

/** Rows as an array, a cursor, or a generator that reads page after page. */
export type StoredOrigins = Iterable<StoredOrigin> | AsyncIterable<StoredOrigin>;

/** What a list is read with. */
export interface OriginListContext {
  /** Aborted when the deadline of the reading has passed. Pass it to the database driver. */
  readonly signal: AbortSignal;
}

/**
 * A list of allowed origins that fits into memory. Implement it as an injectable singleton, and name its class or token in
 * `originLookup`, as with an {@link OriginLookup}.
 *
 * The whole list is read before the application listens, when it changes, and from time to time. Decisions are made in
 * memory: only requests of an origin that a change has just named wait for the store. A reading that fails leaves the last
 * good list in force, without the rows that a change has named since.
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
  /** Returns all rows. A row that cannot be an origin is reported and skipped. */
  loadOrigins(context: OriginListContext): StoredOrigins | Promise<StoredOrigins>;
  /**
   * Returns the rows of one origin or pattern, for every tenant; none when it is gone. With this method, a change that names
   * its origin reads these rows instead of the whole list.
   */
  loadOrigin?(origin: string, context: OriginListContext): StoredOrigins | Promise<StoredOrigins>;
  /** Emits when rows change, so that they are read again at once. A change without an origin reads the whole list. */
  readonly changes?: Observable<OriginChange>;
}

/** A row that was skipped, because it cannot or must not allow what it says. */
export interface OriginRowProblem {
  readonly code: CorsProblemCode;
  /** The row's `id`, else its index in the reading, from 0; the origin, where that was read alone. */
  readonly row: string;
  readonly message: string;
  readonly hint: string;
}
