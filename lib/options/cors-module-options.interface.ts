import type { CorsPolicyDefinition, CorsPolicyLevel } from './cors-policy-options.interface.js';
import type { OriginCacheOptions, OriginListOptions } from './origin-cache-options.interface.js';

/** A policy for a path that Nest does not route: GraphQL, static files, mounted applications. */
export interface CorsGovernedPath {
  /** Covers exactly this path and everything below it, as the client sees it (global prefix included). */
  path: string;
  /** Name of a policy, or fields that override the module's defaults. */
  policy: string | CorsPolicyDefinition;
  external?: false | undefined;
}

/**
 * A path that is handed over: what serves it (a mounted application, a proxied upstream) does CORS by itself. Preflights go
 * through to it, and the library writes and removes nothing there. Nest's own routes below it keep their policies.
 */
export interface CorsExternalPath {
  /** Covers exactly this path and everything below it, as the client sees it (global prefix included). */
  path: string;
  external: true;
  policy?: undefined;
}

/** An entry of `paths`: a path that Nest does not route, with a policy, or left to what serves it. */
export type CorsPathOptions = CorsGovernedPath | CorsExternalPath;

/** Options of `CorsModule.forRoot()`: the default policy's fields, and what concerns the whole application. */
export interface CorsModuleOptions extends CorsPolicyLevel {
  /**
   * Named policies. Each stands on its own, or starts from the policy that it `extends`: the module's defaults are not
   * part of it, so what it does not say has the default of {@link CorsPolicyOptions}.
   */
  policies?: Readonly<Record<string, CorsPolicyDefinition>> | undefined;
  /**
   * Paths that Nest does not route, each with a policy or `external: true`. The longest matching path wins; a controller's
   * route wins over all, except one that catches more than the entry: there both policies have to allow.
   */
  paths?: readonly CorsPathOptions[] | undefined;
  /** Deadline of each question to a lookup or an origin function, in milliseconds, 1 to 60000. Default: 2000. */
  lookupTimeout?: number | undefined;
  /**
   * How many calls of one lookup or origin function may be under way at once, 1 to 10000; further calls wait for
   * `lookupTimeout` at most, those about known origins first. Default: 100. A lookup's own `concurrency` takes its place.
   */
  lookupConcurrency?: number | undefined;
  /** How answers of lookups are kept, or `false` to ask for every request. Default: the defaults of {@link OriginCacheOptions}. */
  cache?: OriginCacheOptions | false | undefined;
  /** How lists of origins are read. Default: the defaults of {@link OriginListOptions}. */
  lists?: OriginListOptions | undefined;
  /**
   * What is logged of decisions, once a minute per route, origin and reason, with a count: nothing, refusals, or grants
   * too. An application's own pages are not logged. Default: `'refusals'`.
   */
  logging?: 'off' | 'refusals' | 'all' | undefined;
}

/** Options of `CorsModule.forFeature()`. */
export interface CorsFeatureOptions {
  /** Named policies to add to the application's. A name that is taken already is a configuration problem. */
  policies: Readonly<Record<string, CorsPolicyDefinition>>;
}
