import { METHODS } from 'node:http';
import type { CorsTenantRequest } from '../options/index.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { onePolicyOf } from './disputed-policy.js';
import { type PathPolicies, type PathPolicy, pathOf } from './path-policies.js';
import { PathDisputes } from './path-disputes.js';
import { type UnroutedPlace, unroutedPlace } from './unrouted-place.js';
import {
  type ActualDestination,
  COMMON_METHODS,
  type Destination,
  type MethodDestination,
  type PreflightDestinations,
  type RegisteredRoute,
  type RouteMatch,
  type RouteMatcher,
  type Taker,
  type UrlRoutes,
  fixedPart,
  fixedPathsOf,
  isForEveryPath,
} from './route.js';

/** The request that a tenant is derived from. */
interface TenantSource {
  readonly method: string;
  readonly url: string;
  readonly origin: string | undefined;
  /** The adapter's request object. */
  readonly adapterRequest: unknown;
}

const METHOD_NAMES: ReadonlySet<string> = new Set(METHODS);

/**
 * Where requests of this application go: to a route of a controller, or else under a `paths` entry or the module's
 * default policy. Reads the host of a request only where a route asks for it.
 */
export class RequestRouter {
  private readonly routesReadHost: boolean;
  private readonly hasExternalPaths: boolean;
  private readonly disputes: PathDisputes;
  private known:
    { readonly revision: number; readonly paths: ReadonlyMap<string, Map<string, PreflightDestinations>> } | undefined;

  /** @param hostOf host name without port, by the framework's own proxy trust settings */
  constructor(
    /** Every route of the application, in the order in which the router tries them. */
    readonly routes: readonly RegisteredRoute[],
    readonly matcher: RouteMatcher,
    private readonly paths: PathPolicies,
    private readonly defaults: CompiledPolicy,
    readonly hostOf: (request: unknown) => string,
  ) {
    this.disputes = new PathDisputes(paths, defaults, routes, matcher);
    this.hasExternalPaths = paths.policies.some(({ external }) => external);
    this.routesReadHost = routes.some(
      ({ hosts, constraints }) => hosts !== undefined || constraints?.['host'] !== undefined,
    );
  }

  /** Whether some route is chosen by the host of the request: Nest's, or another library's. */
  get readsHost(): boolean {
    return this.routesReadHost || this.matcher.readsHost;
  }

  /** Every policy that a request can meet here. */
  get policies(): readonly CompiledPolicy[] {
    return [this.defaults, ...this.paths.policies, ...this.routes.map(({ policy }) => policy)];
  }

  /**
   * Where an actual request goes.
   * @param request the adapter's request object
   */
  actual(method: string, url: string, request: unknown): ActualDestination {
    const host = this.routesReadHost || this.matcher.readsHost ? this.hostOf(request) : '';
    const found = this.matcher.takers(method, url, host, request);
    const takers = this.hasExternalPaths ? this.governed(url, found) : found;
    const [first, ...others] = takers;
    if (first === undefined || (this.hasExternalPaths && this.isExternal(url, takers))) {
      return { match: undefined, policy: this.unrouted(method, url, host), alternative: undefined };
    }
    if (others.length === 0 && first.match !== undefined && !first.match.route.path.includes('*')) {
      return { match: first.match, policy: first.match.route.policy, alternative: undefined };
    }
    const policyOf = ({ match }: Taker) => match?.route.policy ?? this.fallback(url);
    return {
      match: first.match,
      policy: others.length === 0 ? policyOf(first) : onePolicyOf([policyOf(first), ...others.map(policyOf)]),
      alternative: this.alternative(method, url, host, takers),
    };
  }

  /** Where the request that follows a preflight can go. */
  preflight(method: string, url: string, request: unknown): PreflightDestinations {
    const known = METHOD_NAMES.has(method) ? this.knownPreflights(url) : undefined;
    let found = known?.get(method);
    if (found === undefined) {
      found = this.findPreflight(method, url, request);
      known?.set(method, found);
    }
    return found;
  }

  /** Whether a route takes the request, Nest's or another library's, or an entry names something at its path. */
  serves(method: string, url: string, request: unknown): boolean {
    const entry = this.paths.find(url);
    const isNamed = entry !== undefined && entry.path !== '/';
    return isNamed || this.matcher.at(url, this.filteredHost(request), request).takers(method).length > 0;
  }

  /** The routes that an actual request reaches; more than one only where that can't be told. */
  dispatched(method: string, url: string, request: unknown): readonly RouteMatch[] {
    return matchesOf(this.matcher.takers(method, url, this.filteredHost(request), request));
  }

  /** The routes that a request with this method can reach, whatever version its other headers ask for. */
  candidates(method: string, url: string, request: unknown): readonly RouteMatch[] {
    return matchesOf(this.matcher.at(url, this.filteredHost(request), request).takers(method));
  }

  /** The policy of what Nest does not route, as far as the URL alone tells. */
  fallback(url: string): CompiledPolicy {
    const policy = this.paths.find(url)?.policy ?? this.defaults;
    return this.disputes.find(url, [policy]) ?? policy;
  }

  /** What a `tenant` function is given of the request. */
  tenantRequest(
    { method, url, origin, adapterRequest }: TenantSource,
    match: RouteMatch | undefined,
  ): CorsTenantRequest {
    return {
      method,
      path: pathOf(url),
      // A copy: what routers found may be cached.
      params: { ...match?.params },
      host: this.hostOf(adapterRequest),
      origin: origin ?? '',
    };
  }

  /** What is at the URL of a request that no route of Nest's takes: for people who want to know why. */
  placeOf(method: string, url: string, request: unknown): UnroutedPlace {
    const at = this.matcher.at(url, this.filteredHost(request), request);
    // The matcher leaves out the routes of other hosts.
    return unroutedPlace(
      url,
      this.paths.find(url)?.path,
      at.takers(method),
      at.routes.length > 0 || this.routesReadHost,
    );
  }

  private filteredHost(request: unknown): string {
    return this.readsHost ? this.hostOf(request) : '';
  }

  /** What has been found for preflights to the URL, where it is a fixed path and the router is as it was. */
  private knownPreflights(url: string): Map<string, PreflightDestinations> | undefined {
    const { revision } = this.matcher;
    if (this.readsHost || revision === undefined) {
      return undefined;
    }
    if (this.known?.revision !== revision) {
      this.known = { revision, paths: new Map(fixedPathsOf(this.routes).map((path) => [path, new Map()])) };
    }
    return this.known.paths.get(url);
  }

  private findPreflight(method: string, url: string, request: unknown): PreflightDestinations {
    const host = this.filteredHost(request);
    const routes = this.matcher.at(url, host, request);
    let all: readonly MethodDestination[] | undefined;
    return {
      candidates: this.destinations(method, url, host, routes),
      alternative: this.alternative(method, url, host, this.governed(url, routes.takers(method))),
      all: () => (all ??= this.allDestinations(method, url, host, routes)),
      // Entries and readings depend on the URL, and hosts on the request.
      key: this.paths.policies.length > 0 || this.readsHost || this.disputes.mayConcern(url) ? undefined : routes.key,
    };
  }

  private destinations(method: string, url: string, host: string, routes: UrlRoutes): readonly Destination[] {
    const takers = this.governed(url, routes.takers(method));
    if (takers.length > 0 && !this.isExternal(url, takers)) {
      const matches = takers.flatMap(({ match }) => match ?? []);
      return matches.length === 0
        ? [{ match: undefined, policy: this.fallback(url) }]
        : matches.map((match) => ({ match, policy: match.route.policy }));
    }
    // Nest lacks the method, but something else may serve it: under an entry, or where Nest has no route for this path.
    const isServed = this.isCovered(url, routes) || routes.routes.every(isForEveryPath);
    return isServed ? [{ match: undefined, policy: this.unrouted(method, url, host) }] : [];
  }

  /** Whether an entry says who serves the methods that Nest lacks. One for every path leaves the paths that controllers name. */
  private isCovered(url: string, { routes }: UrlRoutes): boolean {
    const entry = this.paths.find(url);
    return entry !== undefined && (entry.path !== '/' || routes.every(({ path }) => /[*:{(]/.test(path)));
  }

  private allDestinations(method: string, url: string, host: string, routes: UrlRoutes): MethodDestination[] {
    const methods = new Set([...COMMON_METHODS, ...routes.methods, method]);
    return [...methods].flatMap((each) => {
      const alternative = this.alternative(each, url, host, this.governed(url, routes.takers(each)));
      const destinations = this.destinations(each, url, host, routes);
      return [...destinations, ...(alternative === undefined ? [] : [{ policy: alternative, match: undefined }])].map(
        (destination) => ({ method: each, ...destination }),
      );
    });
  }

  /** The policy where the router has no route for the request. */
  private unrouted(method: string, url: string, host: string): CompiledPolicy {
    const policy = this.paths.find(url)?.policy ?? this.defaults;
    return this.disputes.find(url, [policy], { method, host }) ?? policy;
  }

  /** Nobody enforces between Nest's routes and those of other libraries: all of them have to allow. */
  private foreignAlternative(url: string, takers: readonly Taker[], { behind }: Taker): CompiledPolicy | undefined {
    const matches = takers.flatMap(({ match }) => match ?? []);
    const governing = matches[0]?.route.policy ?? this.fallback(url);
    const [other = governing, ...others] = [
      ...(matches.length === 0 ? [] : [this.fallback(url)]),
      ...policiesOf(behind),
    ].filter((policy) => policy !== governing);
    const policy = onePolicyOf([other, ...others]);
    return policy === governing ? undefined : policy;
  }

  /**
   * The takers whose policies govern. Where an entry leaves the path to another library, and that may pass the request on to a
   * route of Nest's, the route governs: nothing would be enforced there otherwise.
   */
  private governed(url: string, takers: readonly Taker[]): readonly Taker[] {
    if (!this.hasExternalPaths) {
      return takers;
    }
    const behind = takers.flatMap((taker) => taker.behind);
    return behind.length === 0 || this.paths.find(url)?.policy.external !== true
      ? takers
      : [...takers.flatMap(({ match }) => match ?? []), ...behind].map((match) => ({ match, behind: [] }));
  }

  /** Whether an entry leaves the path to the application, and Nest has no route there but those that catch more. */
  private isExternal(url: string, takers: readonly Taker[]): boolean {
    const entry = this.paths.find(url);
    return (
      entry?.policy.external === true && takers.every(({ match }) => match !== undefined && catchesMore(match, entry))
    );
  }

  /** The policy of what may answer in the place of Nest's routes: another library's, or what an entry in front names. */
  private alternative(method: string, url: string, host: string, takers: readonly Taker[]): CompiledPolicy | undefined {
    const foreign = takers.find(({ match }) => match === undefined);
    if (foreign !== undefined) {
      return this.foreignAlternative(url, takers, foreign);
    }
    const matches = takers.map(({ match }) => match as RouteMatch);
    const caught = matches.filter(({ route }) => route.path.includes('*'));
    if (caught.length === 0) {
      return undefined;
    }
    const entry = this.paths.find(url);
    const policies = policiesOf(matches);
    const governing = entry === undefined ? policies : [entry.policy, ...policies];
    const disputed = this.disputes.find(url, governing, { method, host, isCaught: true });
    if (disputed !== undefined || entry === undefined || policies.every((policy) => policy === entry.policy)) {
      return disputed;
    }
    return caught.some((match) => catchesMore(match, entry)) ? entry.policy : undefined;
  }
}

function matchesOf(takers: readonly Taker[]): readonly RouteMatch[] {
  return takers.flatMap(({ match }) => match ?? []);
}

function policiesOf(matches: readonly RouteMatch[]): readonly CompiledPolicy[] {
  return matches.map(({ route }) => route.policy);
}

/** Whether the route catches everything below a path that is shorter than the entry's, which names something there. */
function catchesMore({ route: { path } }: RouteMatch, entry: PathPolicy): boolean {
  return path.includes('*') && entry.path !== '/' && entry.path.length > fixedPart(path).length;
}
