import type { Observable } from 'rxjs';

/**
 * All that an answer about an origin may depend on, beside the origin itself.
 * It holds no request on purpose: whatever an answer depends on has to be part of the key it is cached under.
 */
export interface OriginLookupContext {
  /** What the policy's `tenant` function returned for this request; `undefined` without one. */
  readonly tenant: string | undefined;
  /**
   * Name of the policy that brought the lookup: a key of `policies`, or `'default'` for the module's own defaults and
   * for lookups that are written inline in `@CorsPolicy()`.
   */
  readonly policy: string;
  /** Aborted when the module's `lookupTimeout` has passed: hand it to the database driver. */
  readonly signal: AbortSignal;
}

/** One change in a store of allowed origins; a field that is absent stands for "any". */
export interface OriginChange {
  readonly origin?: string;
  readonly tenant?: string;
}

/**
 * Answers whether an origin may read a response. Implement it as an injectable singleton and name its class or token in
 * `originLookup`.
 *
 * Only `true` allows. Everything else (`false`, a truthy string, an exception, a rejection, silence beyond the
 * deadline) is a refusal. It is never asked about `null`, nor about a value that is no serialized origin, unless
 * the policy tolerates `nonstandard-origin` (`file://`).
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
  /**
   * How many calls may be under way at once, such as a part of the connection pool that the lookup shares with the
   * application. Further calls wait for their turn. Default: the module's `lookupConcurrency`.
   */
  readonly concurrency?: number;
  /**
   * Emits when stored origins change, so that cached answers can be dropped at once. `{}` says that changes may have gone
   * unheard: everything is asked for again, and known origins keep their access if that is in vain.
   */
  readonly changes?: Observable<OriginChange>;
}

/** The `origin` field as a function: the same question, the same rules and the same deadline as {@link OriginLookup}. */
export type OriginPredicate = (origin: string, context: OriginLookupContext) => boolean | Promise<boolean>;
