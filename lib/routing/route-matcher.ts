import type { ApplicationConfig } from '@nestjs/core';
import { ExpressForeignRoutes, type ExpressLayer } from './express/foreign-routes.js';
import { ExpressRouteMatcher } from './express/route-matcher.js';
import { FastifyRouteMatcher } from './fastify/route-matcher.js';
import type { RouteIdentities } from './registered-routes.js';
import type { Dispatched, RegisteredRoute, Route, RouteMatch, RouteMatcher, Taker, UrlRoutes } from './route.js';
import { fastifyRouterOf, isRouteOrderSensitive, type RouterAdapter } from './router-adapter.js';

/** What a matcher of one router has to do, and may fail at. */
type RouterMatcher = Omit<RouteMatcher, 'dispatched' | 'candidates' | 'routesAt'>;

/**
 * The matcher whose rules are those of the adapter's router; the order-sensitive one for routers that are not known.
 * @param identities which entries of the router are Nest's, where their registration was watched
 */
export function createRouteMatcher(
  routes: readonly RegisteredRoute[],
  adapter: RouterAdapter,
  config: ApplicationConfig,
  identities?: RouteIdentities,
): RouteMatcher {
  const router = isRouteOrderSensitive(adapter) ? undefined : fastifyRouterOf(adapter);
  return new MatcherWithoutErrors(
    router === undefined
      ? new ExpressRouteMatcher(
          routes,
          adapter,
          config.getVersioning(),
          identities && new ExpressForeignRoutes(identities.stack as readonly ExpressLayer[], identities.layers),
          identities,
        )
      : new FastifyRouteMatcher(routes, adapter, router, identities),
  );
}

const NO_ROUTES: UrlRoutes = { takers: () => [], methods: [], routes: [], key: undefined };

/**
 * No route where matching fails: requests are judged in a hook that must answer, and among what runs here is code of
 * the application (version extractors), of which an error ends the request before any handler.
 */
export class MatcherWithoutErrors implements RouteMatcher {
  constructor(private readonly matcher: RouterMatcher) {}

  get revision(): number | undefined {
    return this.matcher.revision;
  }

  get isReadLoosely(): boolean {
    return this.matcher.isReadLoosely;
  }

  get readsHost(): boolean {
    return this.matcher.readsHost;
  }

  takers(method: string, url: string, host: string, request: unknown): readonly Taker[] {
    try {
      return this.matcher.takers(method, url, host, request);
    } catch {
      return [];
    }
  }

  at(url: string, host: string, request?: unknown): UrlRoutes {
    const found = attempt(() => this.matcher.at(url, host, request), NO_ROUTES);
    return {
      takers: (method) => attempt(() => found.takers(method), []),
      get methods() {
        return found.methods;
      },
      get routes() {
        return attempt(() => found.routes, []);
      },
      key: found.key,
    };
  }

  dispatchedTo(request: unknown): Dispatched {
    return attempt(() => this.matcher.dispatchedTo(request), undefined);
  }

  loosely(method: string, path: string, host: string): readonly Route[] {
    return attempt(() => this.matcher.loosely(method, path, host), []);
  }

  dispatched(method: string, url: string, host: string, request: unknown): readonly RouteMatch[] {
    return matchesOf(this.takers(method, url, host, request));
  }

  candidates(method: string, url: string, host: string, request?: unknown): readonly RouteMatch[] {
    return matchesOf(this.at(url, host, request).takers(method));
  }

  routesAt(url: string, host: string, request?: unknown): readonly Route[] {
    return this.at(url, host, request).routes;
  }
}

function matchesOf(takers: readonly Taker[]): readonly RouteMatch[] {
  return takers.flatMap(({ match }) => match ?? []);
}

function attempt<T>(find: () => T, otherwise: T): T {
  try {
    return find();
  } catch {
    return otherwise;
  }
}
