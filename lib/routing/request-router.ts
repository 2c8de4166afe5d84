import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { PathPolicies } from './path-policies.js';
import type { RegisteredRoute, RouteMatch, RouteMatcher } from './route.js';

/**
 * Where requests of this application go: to a route of a controller, or else under a `paths` entry or the module's
 * default policy. Reads the host of a request only where a route asks for it.
 */
export class RequestRouter {
  private readonly readsHost: boolean;

  /** @param hostOf host name without port, by the framework's own proxy trust settings */
  constructor(
    /** Every route of the application, in the order in which the router tries them. */
    readonly routes: readonly RegisteredRoute[],
    private readonly matcher: RouteMatcher,
    private readonly paths: PathPolicies,
    private readonly defaults: CompiledPolicy,
    readonly hostOf: (request: unknown) => string,
  ) {
    this.readsHost = routes.some(({ hosts }) => hosts !== undefined);
  }

  /** The routes that an actual request reaches; more than one only where that can't be told. */
  dispatched(method: string, url: string, request: unknown): readonly RouteMatch[] {
    return this.matcher.dispatched(method, url, this.filteredHost(request), request);
  }

  /** The routes that a request with this method can reach, whatever version its other headers ask for. */
  candidates(method: string, url: string, request: unknown): readonly RouteMatch[] {
    return this.matcher.candidates(method, url, this.filteredHost(request));
  }

  /** Whether the path has a route for any method at all. */
  hasPath(url: string, request: unknown): boolean {
    return this.matcher.hasPath(url, this.filteredHost(request));
  }

  /** The policy of what Nest does not route. */
  fallback(url: string): CompiledPolicy {
    return this.paths.find(url) ?? this.defaults;
  }

  private filteredHost(request: unknown): string {
    return this.readsHost ? this.hostOf(request) : '';
  }
}
