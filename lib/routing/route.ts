import type { VERSION_NEUTRAL } from '@nestjs/common';
import type { CompiledPolicy } from '../policy/compiled-policy.js';

/** A route as Nest registered it with the adapter, with the policy that governs it. */
export interface Route {
  /** Method in upper case; `'*'` for `@All()`. */
  readonly method: string;
  /** Path pattern as it was given to the adapter, normalised by it. */
  readonly path: string;
  /** Host filters of the controller, `undefined` without any. */
  readonly hosts: readonly RegExp[] | undefined;
  /** The controller class that owns the route: not always the class that declares the method. */
  readonly controller: abstract new (...args: never[]) => unknown;
  readonly methodName: string;
  readonly policy: CompiledPolicy;
}

/** Whether the route catches all paths that no other route takes, so that it says nothing about the path. */
export function isForEveryPath({ path }: Route): boolean {
  return path.includes('*') && fixedPart(path) === '';
}

/** What all paths that the pattern matches begin with. */
export function fixedPart(path: string): string {
  return path.slice(0, path.search(/[*:{(]|$/)).replace(/\/+$/, '');
}

/** The version of a route: one, `VERSION_NEUTRAL`, or a list of these. */
export type RouteVersion = string | typeof VERSION_NEUTRAL | (string | typeof VERSION_NEUTRAL)[];

/** A route with all that routers choose by. */
export interface RegisteredRoute extends Route {
  /** Version that the request must ask for; `undefined` for routes without one, and when versions are in the path. */
  readonly version: RouteVersion | undefined;
  /** The `@RouteConstraints()` of @nestjs/platform-fastify. */
  readonly constraints: Readonly<Record<string, unknown>> | undefined;
  /** `true` where the adapter knows no such method, so that Nest mounted the handler with `use()`: any method, any path below. */
  readonly mounted: boolean;
}

/** The policy of a controller's method. */
export type PolicyOf = (controller: Route['controller'], methodName: string) => CompiledPolicy;

/** A route that a request can reach. */
export interface RouteMatch {
  readonly route: Route;
  /** Decoded values; those of a wildcard that spans several segments are joined with `/`. */
  readonly params: Readonly<Record<string, string>>;
}

/**
 * What the framework says it has dispatched a request to: a route of Nest's, another library's (`'elsewhere'`), or none,
 * so that something in front of all routes answers (`'nowhere'`). `undefined` where it does not say.
 */
export type Dispatched = RouteMatch | 'elsewhere' | 'nowhere' | undefined;

/** Letters and such, which every router takes for themselves, and nothing that patterns are made of. */
const FIXED_PATH = /^[\w\-.~/]+$/;

/** Whether the path of a route certainly has no parameters. */
export function isFixedPath(path: string): boolean {
  return FIXED_PATH.test(path);
}

/** What governs a response: a route of Nest's, or the policy of paths that Nest does not route. */
export interface Destination {
  readonly policy: CompiledPolicy;
  /** `undefined` where Nest routes nothing. */
  readonly match: RouteMatch | undefined;
}

/**
 * The destinations that can have different decisions: one per policy, and one per route where the policy derives a tenant from
 * the route's parameters.
 */
export function distinctDestinations(destinations: readonly Destination[]): readonly Destination[] {
  const seen = new Set<unknown>();
  return destinations.filter(({ policy, match }) => {
    const key = policy.tenant === undefined ? policy : (match?.route ?? policy);
    return !seen.has(key) && seen.add(key);
  });
}

/** Where an actual request goes. */
export interface ActualDestination extends Destination {
  /**
   * Policy of what may answer in front of a catch-all route, such as a middleware under a `paths` entry: both policies
   * have to allow the request. `undefined` where nothing else can answer, or where it has the same policy.
   */
  readonly alternative: CompiledPolicy | undefined;
}

/** The destination that one method of a URL has. */
export interface MethodDestination extends Destination {
  readonly method: string;
}

/** Where the request that follows a preflight can go. */
export interface PreflightDestinations {
  /**
   * Destinations of the requested method: several where headers that a preflight lacks (a version) choose between them,
   * none where the path is served for other methods only.
   */
  readonly candidates: readonly Destination[];
  /** As in {@link ActualDestination}. */
  readonly alternative: CompiledPolicy | undefined;
  /**
   * Destinations of all methods that the URL is served for, the requested one included: a browser may send a request with
   * any of them after it has cached the preflight.
   */
  all(): readonly MethodDestination[];
  /** As {@link RequestRouter.keyOf} names them. */
  readonly key: string | undefined;
}

/** The methods that are looked for at every URL: a browser may send a request with any of them. */
export const COMMON_METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Whether these include every common method, as those of a route for all methods do. */
export function isForAll(methods: readonly string[]): boolean {
  return COMMON_METHODS.every((method) => methods.includes(method));
}

/** What the router gives a request to: a route of Nest's, or of another library. */
export interface Recipient {
  /** Undefined for a route that is not Nest's. */
  readonly match: RouteMatch | undefined;
  /** The routes of Nest's that a foreign route of Express may pass the request on to. */
  readonly passesTo: readonly RouteMatch[];
}

/** The routes at one URL, found in one search. */
export interface UrlRoutes {
  /**
   * What the router can give a request with this method to, whatever version its other headers ask for; in the order in
   * which the router tries them.
   */
  recipients(method: string): readonly Recipient[];
  /** Methods that the routes name; a route for all methods names none. */
  readonly methods: readonly string[];
  /** The routes of Nest's, for every method. */
  readonly routes: readonly Route[];
}

/** Nothing is routed at the URL. */
export const NO_ROUTES: UrlRoutes = { recipients: () => [], methods: [], routes: [] };

/**
 * Finds routes by the same rules as the router of the HTTP adapter. None of its methods throws, although application code runs
 * in them (version extractors): an error of that code ends the request before any handler, so there is no route.
 */
export interface RouteMatcher {
  /**
   * What the router dispatches this request to: empty when that is no route. More than one only where the choice
   * depends on something that can't be read here (a custom Fastify constraint).
   * @param method method of the request
   * @param url request target as the router sees it (`req.url` of the raw request)
   * @param host host name as the adapter's `getRequestHostname()` gives it
   * @param request the adapter's own request object, from which versions are read
   */
  recipients(method: string, url: string, host: string, request: unknown): readonly Recipient[];
  /**
   * The routes at a URL.
   * @param request the preflight, or another request to the same host
   */
  at(url: string, host: string, request?: unknown): UrlRoutes;
  /**
   * Names the routes at a URL, where all of them are Nest's and none is chosen by the host: equal for two URLs that have the same
   * ones, parameters aside. `undefined` where that cannot be told.
   * @param method the routes for this method have to be confirmed by the framework's own router, where that can be asked
   */
  keyOf(method: string, url: string): string | undefined;
  /** What the framework says it has dispatched the request to, where it does. */
  dispatchedTo(request: unknown): Dispatched;
  /** Whether middleware in front of the routes may read a path as another route's path than the router does. */
  readonly isReadLoosely: boolean;
  /** Nest's routes that a server finds which ignores letter case, for a path that the client need not have sent. */
  loosely(method: string, path: string, host: string): readonly Route[];
  /** Whether another library's route is chosen by the host of the request. */
  readonly readsHost: boolean;
  /** Changes when the router gets routes; `undefined` where the same URL may have other routes each time. */
  readonly revision: number | undefined;
}
