import type { CorsTenantRequest } from '../options/index.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { commonPolicy } from './common-policy.js';
import { FixedPaths } from './fixed-paths.js';
import { GoverningPolicies, matchesOf } from './governing-policies.js';
import type { PathPolicies } from './path-policies.js';
import { pathOf } from './request-target.js';
import { AmbiguousPaths } from './ambiguous-paths.js';
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
  type Recipient,
  type UrlRoutes,
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

interface NamedKey {
  readonly method: string;
  readonly url: string;
  readonly revision: number | undefined;
  readonly key: string | undefined;
}

/** The routes of a longer URL are not cached. */
const MAX_KEYED_LENGTH = 1024;

/**
 * Finds where requests of this application go: to a route of a controller, or under a `paths` entry or the default policy. The host
 * of a request is read only if a route needs it.
 */
export class RequestRouter {
  /** The policies of requests that no single route of Nest answers. */
  readonly governing: GoverningPolicies;
  /** Every policy that a request can meet here, each once. */
  readonly policies: readonly CompiledPolicy[];
  private readonly routesReadHost: boolean;
  private readonly ambiguousPaths: AmbiguousPaths;
  private readonly hasEntries: boolean;
  /** The last key, because a preflight needs it several times unless its answer is prepared. */
  private lastKey: NamedKey | undefined;
  private readonly fixedPaths: FixedPaths;

  /** @param hostOf host name without port, by the framework's own proxy trust settings */
  constructor(
    /** Every route of the application, in the order in which the router tries them. */
    readonly routes: readonly RegisteredRoute[],
    readonly matcher: RouteMatcher,
    private readonly paths: PathPolicies,
    defaults: CompiledPolicy,
    readonly hostOf: (request: unknown) => string,
  ) {
    this.policies = [...new Set([defaults, ...paths.policies, ...routes.map(({ policy }) => policy)])];
    this.fixedPaths = new FixedPaths(routes, matcher);
    this.hasEntries = paths.policies.length > 0;
    this.ambiguousPaths = new AmbiguousPaths(paths, defaults, routes, matcher);
    this.governing = new GoverningPolicies(paths, defaults, this.ambiguousPaths);
    this.routesReadHost = routes.some(
      ({ hosts, constraints }) => hosts !== undefined || constraints?.['host'] !== undefined,
    );
  }

  /** Whether some route is chosen by the host of the request: Nest's, or another library's. */
  get readsHost(): boolean {
    return this.routesReadHost || this.matcher.readsHost;
  }

  /** Changes when a URL may have other destinations than before; `undefined` where it may have others each time. */
  get revision(): number | undefined {
    return this.hasEntries || this.readsHost ? undefined : this.matcher.revision;
  }

  /**
   * Where an actual request goes.
   * @param request the adapter's request object
   */
  actual(method: string, url: string, request: unknown): ActualDestination {
    const host = this.filteredHost(request);
    const found = this.matcher.recipients(method, url, host, request);
    const { governing } = this;
    const match = governing.hasExternalPaths ? undefined : soleMatch(found);
    if (match !== undefined) {
      return { match, policy: match.route.policy, alternative: undefined };
    }
    const recipients = governing.governed(url, found);
    const [first, ...others] = recipients;
    if (first === undefined || governing.isExternal(url, recipients)) {
      return { match: undefined, policy: governing.fallback(url, { method, host }), alternative: undefined };
    }
    const policyOf = ({ match: each }: Recipient) => each?.route.policy ?? governing.fallback(url);
    return {
      match: first.match,
      policy: others.length === 0 ? policyOf(first) : commonPolicy([policyOf(first), ...others.map(policyOf)]),
      alternative: governing.alternative(method, url, host, recipients),
    };
  }

  /** Where the request that follows a preflight can go. */
  preflight(method: string, url: string, request: unknown): PreflightDestinations {
    const known =
      COMMON_METHODS.includes(method) && !this.readsHost ? this.fixedPaths.at(url)?.destinations : undefined;
    let found = known?.get(method);
    if (found === undefined) {
      found = this.findPreflight(method, url, request);
      // Clients choose methods, so methods that the path does not serve are not cached.
      if (found.candidates.length > 0) {
        known?.set(method, found);
      }
    }
    return found;
  }

  /**
   * Names the destinations of preflights with this method to the URL. Two URLs have the same name if they have the same
   * destinations, parameters aside. `undefined` where that is unknown.
   */
  keyOf(method: string, url: string): string | undefined {
    if (url.length > MAX_KEYED_LENGTH || this.readsHost || this.mayBeAmbiguous(url)) {
      return undefined;
    }
    const { revision } = this.matcher;
    const { lastKey: last } = this;
    if (revision === undefined || last?.url !== url || last.method !== method || last.revision !== revision) {
      const key = this.fixedPaths.at(url)?.key ?? this.matcher.keyOf(method, url);
      this.lastKey = { method, url, revision, key };
      return key;
    }
    return last.key;
  }

  /** Whether a route of Nest or of another library takes the request, or an entry names something at its path. */
  serves(method: string, url: string, request: unknown): boolean {
    const entry = this.paths.find(url);
    const isNamed = entry !== undefined && entry.path !== '/';
    return isNamed || this.matcher.at(url, this.filteredHost(request), request).recipients(method).length > 0;
  }

  /** The routes that an actual request reaches. There are several only where the choice is unknown. */
  dispatched(method: string, url: string, request: unknown): readonly RouteMatch[] {
    return matchesOf(this.matcher.recipients(method, url, this.filteredHost(request), request));
  }

  /** The routes that a request with this method can reach, whatever version its other headers ask for. */
  candidates(method: string, url: string, request: unknown): readonly RouteMatch[] {
    return matchesOf(this.matcher.at(url, this.filteredHost(request), request).recipients(method));
  }

  /** The parts of the request that a `tenant` function gets. */
  tenantRequest(
    { method, url, origin, adapterRequest }: TenantSource,
    match: RouteMatch | undefined,
  ): CorsTenantRequest {
    return {
      method,
      path: pathOf(url),
      // A copy, because the router's result may be cached.
      params: { ...match?.params },
      host: this.hostOf(adapterRequest),
      origin: origin ?? '',
    };
  }

  /** Describes the URL of a request that no route of Nest takes, for log lines and explanations. */
  placeOf(method: string, url: string, request: unknown): UnroutedPlace {
    const at = this.matcher.at(url, this.filteredHost(request), request);
    // The matcher leaves out the routes of other hosts.
    return unroutedPlace(
      url,
      this.paths.find(url)?.path,
      at.recipients(method),
      at.routes.length > 0 || this.routesReadHost,
    );
  }

  private filteredHost(request: unknown): string {
    return this.readsHost ? this.hostOf(request) : '';
  }

  /** Other readings of the path can have other policies only if there are entries, or middleware that reads paths loosely. */
  private mayBeAmbiguous(url: string): boolean {
    return this.hasEntries || (this.matcher.isReadLoosely && this.ambiguousPaths.mayConcern(url));
  }

  private findPreflight(method: string, url: string, request: unknown): PreflightDestinations {
    const host = this.filteredHost(request);
    const routes = this.matcher.at(url, host, request);
    const { governing } = this;
    const found = routes.recipients(method);
    const match = governing.hasExternalPaths ? undefined : soleMatch(found);
    let all: readonly MethodDestination[] | undefined;
    return {
      candidates:
        match === undefined ? this.destinations(method, url, host, routes) : [{ match, policy: match.route.policy }],
      alternative:
        match === undefined ? governing.alternative(method, url, host, governing.governed(url, found)) : undefined,
      all: () => (all ??= this.allDestinations(method, url, host, routes)),
      key: this.keyOf(method, url),
    };
  }

  private destinations(method: string, url: string, host: string, routes: UrlRoutes): readonly Destination[] {
    const { governing } = this;
    const recipients = governing.governed(url, routes.recipients(method));
    if (recipients.length > 0 && !governing.isExternal(url, recipients)) {
      const matches = matchesOf(recipients);
      return matches.length === 0
        ? [{ match: undefined, policy: governing.fallback(url) }]
        : matches.map((match) => ({ match, policy: match.route.policy }));
    }
    // Something other than Nest may serve this method: under an entry, or where Nest has no route for this path.
    const isServed = governing.isCovered(url, routes) || routes.routes.every(isForEveryPath);
    return isServed ? [{ match: undefined, policy: governing.fallback(url, { method, host }) }] : [];
  }

  private allDestinations(method: string, url: string, host: string, routes: UrlRoutes): MethodDestination[] {
    const methods = new Set([...COMMON_METHODS, ...routes.methods, method]);
    return [...methods].flatMap((each) => {
      const { governing } = this;
      const alternative = governing.alternative(each, url, host, governing.governed(url, routes.recipients(each)));
      const destinations = this.destinations(each, url, host, routes);
      return [...destinations, ...(alternative === undefined ? [] : [{ policy: alternative, match: undefined }])].map(
        (destination) => ({ method: each, ...destination }),
      );
    });
  }
}

/** The usual case: one route of Nest without a wildcard takes every such request. */
function soleMatch(recipients: readonly Recipient[]): RouteMatch | undefined {
  const match = recipients.length === 1 ? recipients[0]?.match : undefined;
  return match?.route.path.includes('*') === true ? undefined : match;
}
