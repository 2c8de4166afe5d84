import type { OriginList, OriginLookup, OriginPredicate } from '../options/index.js';
import type { MaybePromise } from '../support/maybe-promise.js';

/** Application code that decides whether an origin is allowed. */
export type OriginProvider = OriginLookup | OriginList | OriginPredicate;

/** The result of a lookup call, or why there is none. Only `allowed` allows. */
export type LookupResult =
  'allowed' | 'refused' | 'failed' | 'timed-out' | 'not-boolean' | 'not-asked' | 'tenant-failed';

/** A result that is known without calling the application. */
export interface CachedResult {
  readonly from: 'cache' | 'list';
  /** How long ago the application returned it, in milliseconds. */
  readonly age: number;
}

/** Gives the results of one provider under one policy. It is bound to the compiled policy at boot. */
export interface OriginResponder {
  /**
   * Never throws and never rejects; synchronous where the result is known.
   * @param mustBeFresh whether the call that renews a stale result is waited for, and its failure returned
   */
  lookUp(origin: string, tenant: string | undefined, mustBeFresh?: boolean): MaybePromise<LookupResult>;
  /** The result that {@link lookUp} would return without calling the application, if there is one. */
  cached(origin: string, tenant: string | undefined): CachedResult | undefined;
}

/** Returns the responder of a provider under a policy. */
export type BindResponder = (
  provider: OriginProvider,
  policy: { readonly name: string; readonly label: string },
) => OriginResponder;
