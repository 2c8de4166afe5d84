import type { Observable } from 'rxjs';

/**
 * What a result may depend on beside the origin. It holds no request on purpose: everything that a result depends on has
 * to be part of its cache key.
 */
export interface OriginLookupContext {
  /** What the policy's `tenant` function returned for this request; `undefined` without one. */
  readonly tenant: string | undefined;
  /** Name of the policy that has the lookup: a key of `policies`, or `'default'` for `forRoot()` and inline `@CorsPolicy()`. */
  readonly policy: string;
  /** Aborted when the module's `lookupTimeout` has passed. Pass it to the database driver. */
  readonly signal: AbortSignal;
}

/** One change in a store of allowed origins; an absent field stands for "any". */
export interface OriginChange {
  readonly origin?: string;
  readonly tenant?: string;
}

/**
 * Decides whether an origin may read a response. Implement it as an injectable singleton, and name its class or token in
 * `originLookup`.
 *
 * Only `true` allows. Everything else refuses: `false`, a truthy string, an exception, a rejection, a missed deadline. The
 * lookup is never called with `null`, and with `file://` and the like only where the policy allows `nonstandard-origin`.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class PartnerOrigins implements OriginLookup {
 *   constructor(private readonly db: Database) {}
 *   async isOriginAllowed(origin: string, { tenant, signal }: OriginLookupContext) {
 *     return this.db.exists('select 1 from origins where origin = $1 and tenant = $2', [origin, tenant], { signal });
 *   }
 * }
 * ```
 */
export interface OriginLookup {
  isOriginAllowed(origin: string, context: OriginLookupContext): boolean | Promise<boolean>;
  /** How many calls may run at once, such as a part of the connection pool. Default: the module's `lookupConcurrency`. */
  readonly concurrency?: number;
  /**
   * Emits when stored origins change, so that cached results are dropped at once. `{}` says that changes may have been
   * missed: every origin is looked up again, and known origins keep their access if that fails.
   */
  readonly changes?: Observable<OriginChange>;
}

/** The `origin` field as a function, with the rules and the deadline of an {@link OriginLookup}. */
export type OriginPredicate = (origin: string, context: OriginLookupContext) => boolean | Promise<boolean>;
