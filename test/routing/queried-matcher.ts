import type { Dispatched, Route, RouteMatch, RouteMatcher, Taker, UrlRoutes } from '../../lib/routing/route.js';

/** A matcher, and what tests ask of it: the routes of Nest's, without those of other libraries. */
export class QueriedMatcher {
  constructor(readonly matcher: RouteMatcher) {}

  takers(...asked: Parameters<RouteMatcher['takers']>): readonly Taker[] {
    return this.matcher.takers(...asked);
  }

  at(...asked: Parameters<RouteMatcher['at']>): UrlRoutes {
    return this.matcher.at(...asked);
  }

  dispatchedTo(request: unknown): Dispatched {
    return this.matcher.dispatchedTo(request);
  }

  /** The routes that the request is dispatched to. */
  dispatched(method: string, url: string, host: string, request: unknown): readonly RouteMatch[] {
    return matchesOf(this.matcher.takers(method, url, host, request));
  }

  /** The routes that a request with this method can reach. */
  candidates(method: string, url: string, host: string, request?: unknown): readonly RouteMatch[] {
    return matchesOf(this.matcher.at(url, host, request).takers(method));
  }

  /** The routes of the path, for every method. */
  routesAt(url: string, host: string, request?: unknown): readonly Route[] {
    return this.matcher.at(url, host, request).routes;
  }
}

function matchesOf(takers: readonly Taker[]): readonly RouteMatch[] {
  return takers.flatMap(({ match }) => match ?? []);
}
