import type {
  CorsNamedPolicies,
  CorsPolicyDefinition,
  CorsPolicyLevel,
  CorsPolicyName,
} from './cors-policy-options.js';
import type { OriginCacheOptions, OriginListOptions } from './origin-cache-options.js';

/** What an entry of `paths` is for. */
export type CorsPathPlace =
  | {
      /** This path and everything below it, as the client sees it, with the global prefix. */
      path: string;
      graphql?: false | undefined;
    }
  | {
      /**
       * Every endpoint of @nestjs/graphql, subscriptions included: their paths are found when the application boots. An entry
       * with the `path` of an endpoint wins there.
       */
      graphql: true;
      path?: undefined;
    };

/** A policy for a path that Nest does not route: GraphQL, static files, mounted applications. */
export type CorsGovernedPath = CorsPathPlace & {
  /** Name of a policy, or fields that replace those of the module's defaults. */
  policy: CorsPolicyName | CorsPolicyDefinition;
  external?: false | undefined;
};

/**
 * A path whose application does CORS by itself. Preflights reach that application, and the library writes and removes
 * no header there. Nest's own routes below the path keep their policies.
 */
export type CorsExternalPath = CorsPathPlace & {
  external: true;
  policy?: undefined;
};

/** An entry of `paths`: a path that Nest does not route, or `graphql: true`, with a policy or `external: true`. */
export type CorsPathOptions = CorsGovernedPath | CorsExternalPath;

/** What happens to connections that stay open. */
export interface CorsConnectionOptions {
  /**
   * Whether a connection is closed when a lookup or list no longer allows the origin that opened it. A lookup that fails closes
   * nothing. Default: `true` for `sockets`, `false` for `eventStreams`.
   */
  closeRevoked?: boolean | undefined;
}

/** Options of `CorsModule.forRoot()`: the fields of the default policy, and settings of the whole application. */
export interface CorsModuleOptions extends CorsPolicyLevel {
  /** Named policies. They do not inherit the module's defaults: an unset field has its default, or what `extends` sets. */
  policies?: CorsNamedPolicies | undefined;
  /**
   * Paths that Nest does not route. The longest matching path wins. A controller's route wins over all of them, unless it
   * matches more than the entry: then both policies have to allow.
   */
  paths?: readonly CorsPathOptions[] | undefined;
  /**
   * Policy of `@WebSocketGateway()` classes without a decorator of their own: the name of a policy, or fields that replace those
   * of the module's defaults. `false` leaves these gateways to the application: any origin may connect to them. Default: the
   * module's defaults.
   */
  gateways?: CorsPolicyName | CorsPolicyDefinition | false | undefined;
  /** Deadline of each call of a lookup or an origin function, in milliseconds, 1 to 60000. Default: 2000. */
  lookupTimeout?: number | undefined;
  /**
   * How many calls of one lookup or origin function may run at once, 1 to 10000. Further calls wait for at most
   * `lookupTimeout`, known origins first. A lookup's own `concurrency` replaces it. Default: 100.
   */
  lookupConcurrency?: number | undefined;
  /** How results of lookups are cached; `false` calls the lookup for every request. Default: {@link OriginCacheOptions}'s. */
  cache?: OriginCacheOptions | false | undefined;
  /** How lists of origins are read. Default: {@link OriginListOptions}'s. */
  lists?: OriginListOptions | undefined;
  /** What happens to open WebSockets. Default: {@link CorsConnectionOptions}'s, with `closeRevoked: true`. */
  sockets?: CorsConnectionOptions | undefined;
  /**
   * What happens to open responses of `text/event-stream`: those of `@Sse()` handlers, and others. Default:
   * {@link CorsConnectionOptions}'s, with `closeRevoked: false`.
   */
  eventStreams?: CorsConnectionOptions | undefined;
  /**
   * Whether preflights are answered in front of Express or Fastify, which takes less time, where no middleware, hook or logger
   * would see them otherwise. With `false` the framework gets them all: set it where something sees preflights that this library
   * cannot know of. The answers are the same. Default: `true`.
   */
  preflightsAtServer?: boolean | undefined;
  /**
   * Which decisions are logged: none, refusals, or grants too. Once a minute per route, origin and reason, with a count;
   * requests of the application's own pages are not logged. Default: `'refusals'`.
   */
  logging?: 'off' | 'refusals' | 'all' | undefined;
}

/** Options of `CorsModule.forFeature()`. */
export interface CorsFeatureOptions {
  /** Named policies to add to the application's. A name that is already in use is a configuration problem. */
  policies: CorsNamedPolicies;
}
