import type { Dispatched, Route, RouteMatch, RouteMatcher, Recipient, UrlRoutes } from '../../lib/routing/route.js';

/** A matcher, and what tests ask of it: the routes of Nest's, without those of other libraries. */
export class QueriedMatcher {
  constructor(readonly matcher: RouteMatcher) {}

  recipients(...asked: Parameters<RouteMatcher['recipients']>): readonly Recipient[] {
    return this.matcher.recipients(...asked);
  }

  at(...asked: Parameters<RouteMatcher['at']>): UrlRoutes {
    return this.matcher.at(...asked);
  }

  dispatchedTo(request: unknown): Dispatched {
    return this.matcher.dispatchedTo(request);
  }

  /** The routes that the request is dispatched to. */
  dispatched(method: string, url: string, host: string, request: unknown): readonly RouteMatch[] {
    return matchesOf(this.matcher.recipients(method, url, host, request));
  }

  /** The routes that a request with this method can reach. */
  candidates(method: string, url: string, host: string, request?: unknown): readonly RouteMatch[] {
    return matchesOf(this.matcher.at(url, host, request).recipients(method));
  }

  /** The routes of the path, for every method. */
  routesAt(url: string, host: string, request?: unknown): readonly Route[] {
    return this.matcher.at(url, host, request).routes;
  }
}

function matchesOf(recipients: readonly Recipient[]): readonly RouteMatch[] {
  return recipients.flatMap(({ match }) => match ?? []);
}
