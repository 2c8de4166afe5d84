import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { type PathPolicies, canonicalPath } from './path-policies.js';
import {
  type ActualDestination,
  type PreflightDestinations,
  type RegisteredRoute,
  type Route,
  type RouteMatch,
  type RouteMatcher,
  differInPolicy,
} from './route.js';

/** Grants nothing: the policy of a path that a `paths` entry covers in one way of reading it, and not in the other. */
const DISPUTED: CompiledPolicy = {
  label: 'a path that can be read in two ways',
  name: 'default',
  origin: { kind: 'none' },
  lookup: undefined,
  methods: undefined,
  allowedHeaders: new Set(),
  exposedHeaders: { kind: 'none' },
  credentials: false,
  maxAge: undefined,
  optionsSuccessStatus: 204,
  rejectDisallowed: false,
  external: false,
  tenant: undefined,
  shadow: undefined,
  dependsOnOrigin: true,
};

/** The same, where one of the two readings has `rejectDisallowed`: a detour in the path is no way around it. */
const DISPUTED_REJECTING: CompiledPolicy = { ...DISPUTED, rejectDisallowed: true };

/**
 * Where requests of this application go: to a route of a controller, or else under a `paths` entry or the module's
 * default policy. Reads the host of a request only where a route asks for it.
 */
export class RequestRouter {
  /** Whether there is more than one policy among the routes. */
  readonly policiesDiffer: boolean;
  /** Whether some route is chosen by the host of the request. */
  readonly readsHost: boolean;

  /** @param hostOf host name without port, by the framework's own proxy trust settings */
  constructor(
    /** Every route of the application, in the order in which the router tries them. */
    readonly routes: readonly RegisteredRoute[],
    private readonly matcher: RouteMatcher,
    private readonly paths: PathPolicies,
    private readonly defaults: CompiledPolicy,
    readonly hostOf: (request: unknown) => string,
  ) {
    this.policiesDiffer = differInPolicy(routes);
    this.readsHost = routes.some(
      ({ hosts, constraints }) => hosts !== undefined || constraints?.['host'] !== undefined,
    );
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
    const match = this.dispatched(method, url, request)[0];
    return { match, policy: match?.route.policy ?? this.fallback(url), alternative: undefined };
  }

  /**
   * What the framework itself says it has dispatched the request to, where it does say so: `undefined` otherwise.
   * Asked when the response headers are written.
   */
  dispatchedTo(_request: unknown): RouteMatch | 'elsewhere' | undefined {
    return undefined;
  }

  /** Where the request that follows a preflight can go. */
  preflight(method: string, url: string, request: unknown): PreflightDestinations {
    const matches = this.candidates(method, url, request);
    const others = this.routesAt(url, request);
    const isRefused = matches.length === 0 && others.length > 0 && !this.isLeftToEntry(url, others);
    const fallback = this.fallback(url);
    return {
      candidates: isRefused
        ? []
        : matches.length === 0
          ? [{ policy: fallback, match: undefined }]
          : matches.map((match) => ({ policy: match.route.policy, match })),
      alternative: undefined,
      all: () => others.map((route) => ({ method: route.method, policy: route.policy, match: { route, params: {} } })),
    };
  }

  /** The routes that an actual request reaches; more than one only where that can't be told. */
  dispatched(method: string, url: string, request: unknown): readonly RouteMatch[] {
    return this.matcher.dispatched(method, url, this.filteredHost(request), request);
  }

  /** The routes that a request with this method can reach, whatever version its other headers ask for. */
  candidates(method: string, url: string, request: unknown): readonly RouteMatch[] {
    return this.matcher.candidates(method, url, this.filteredHost(request));
  }

  /** The routes of the path, for every method that it has. */
  routesAt(url: string, request: unknown): readonly Route[] {
    return this.matcher.routesAt(url, this.filteredHost(request));
  }

  /** The policy of what Nest does not route. */
  fallback(url: string): CompiledPolicy {
    const policy = this.paths.find(url) ?? this.defaults;
    // Whatever serves the path (static files, a mounted application) may read it in another way than the router does.
    const canonical = canonicalPath(url);
    const other = canonical === undefined ? policy : (this.paths.find(canonical) ?? this.defaults);
    if (other === policy) {
      return policy;
    }
    return policy.rejectDisallowed || other.rejectDisallowed ? DISPUTED_REJECTING : DISPUTED;
  }

  /** Whether the URL is left to a `paths` entry: one covers it, and no route is there but those that catch everything. */
  isLeftToEntry(url: string, routes: readonly Route[]): boolean {
    return routes.every(({ path }) => path.includes('*')) && this.paths.find(url) !== undefined;
  }

  private filteredHost(request: unknown): string {
    return this.readsHost ? this.hostOf(request) : '';
  }
}
