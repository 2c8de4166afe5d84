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

/** Whether the route catches all paths that no other route takes, so that its policy says nothing about the path. */
export function isForEveryPath({ path }: Route): boolean {
  return path.includes('*') && fixedPart(path) === '';
}

/** What all paths that the pattern matches begin with. */
export function fixedPart(path: string): string {
  return path.slice(0, path.search(/[*:{(]|$/)).replace(/\/+$/, '');
}

/** The version of a route: one, `VERSION_NEUTRAL`, or a list of these. */
export type RouteVersion = string | typeof VERSION_NEUTRAL | (string | typeof VERSION_NEUTRAL)[];

/** A route with everything that routers choose by. */
export interface RegisteredRoute extends Route {
  /** Version that the request must ask for; `undefined` for routes without one, and when versions are in the path. */
  readonly version: RouteVersion | undefined;
  /** The `@RouteConstraints()` of @nestjs/platform-fastify. */
  readonly constraints: Readonly<Record<string, unknown>> | undefined;
  /**
   * `true` where the adapter lacks the method, so that Nest mounted the handler with `use()`, for any method and any path below.
   */
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
 * How the framework says that it has dispatched a request: to a route of Nest, to one of another library (`'elsewhere'`), or to
 * none (`'nowhere'`), when something in front of all routes responds. `undefined` where it does not say.
 */
export type Dispatched = RouteMatch | 'elsewhere' | 'nowhere' | undefined;

/** A path of characters that every router reads literally. */
const FIXED_PATH = /^[\w\-.~/]+$/;

/** Whether the path of a route certainly has no parameters. */
export function isFixedPath(path: string): boolean {
  return FIXED_PATH.test(path);
}

/** A route of Nest with its policy, or the policy of a path that Nest does not route. */
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
   * The policy of something that may respond in front of a catch-all route, such as a middleware under a `paths` entry. Both
   * policies have to allow the request. `undefined` where nothing else can respond, or where it has the same policy.
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
   * Destinations of the requested method. There are several where headers that a preflight lacks, such as a version, choose between
   * them. There are none where the path serves other methods only.
   */
  readonly candidates: readonly Destination[];
  /** As in {@link ActualDestination}. */
  readonly alternative: CompiledPolicy | undefined;
  /**
   * Destinations of all methods that the URL serves, the requested one included. A browser may send a request with any of them
   * after it has cached the preflight.
   */
  all(): readonly MethodDestination[];
  /** As {@link RequestRouter.keyOf} names them. */
  readonly key: string | undefined;
}

/** The methods that are looked for at every URL: a browser may send a request with any of them. */
export const COMMON_METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Whether the list has every common method, as that of a route for all methods does. */
export function isForAll(methods: readonly string[]): boolean {
  return COMMON_METHODS.every((method) => methods.includes(method));
}

/** A route that the router may give a request to, of Nest or of another library. */
export interface Recipient {
  /** Undefined for a route that is not Nest's. */
  readonly match: RouteMatch | undefined;
  /** Nest's routes to which a foreign route of Express may pass the request on. */
  readonly passesTo: readonly RouteMatch[];
}

/** The routes at one URL, found in one search. */
export interface UrlRoutes {
  /**
   * The recipients of requests with this method, whatever version their other headers ask for, in the order in which the router
   * tries them.
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
 * Finds routes by the same rules as the router of the HTTP adapter. No method throws, although application code runs in them
 * (version extractors). An error of that code ends the request before any handler, so there is no route then.
 */
export interface RouteMatcher {
  /**
   * The routes to which the router dispatches this request; empty where there is none. There are several only where the choice
   * depends on something that cannot be read here, such as a custom Fastify constraint.
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
   * Names the routes at a URL, if all of them are Nest's and none is chosen by the host. Two URLs have the same name if they have
   * the same routes, parameters aside. `undefined` where that is unknown.
   * @param method the routes for this method have to be confirmed by the framework's own router, where that can be asked
   */
  keyOf(method: string, url: string): string | undefined;
  /** How the framework says that it has dispatched the request. */
  dispatchedTo(request: unknown): Dispatched;
  /** Whether middleware in front of the routes may read a path as the path of another route than the router does. */
  readonly isReadLoosely: boolean;
  /** Nest's routes for a path as a server finds them that ignores letter case. The client need not have sent that path. */
  loosely(method: string, path: string, host: string): readonly Route[];
  /** Whether another library's route is chosen by the host of the request. */
  readonly readsHost: boolean;
  /** Changes when the router gets routes; `undefined` where one URL may have other routes each time. */
  readonly revision: number | undefined;
}
