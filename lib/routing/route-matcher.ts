import type { ApplicationConfig } from '@nestjs/core';
import { ExpressRouteMatcher } from './express-route-matcher.js';
import { FastifyRouteMatcher } from './fastify-route-matcher.js';
import type { RegisteredRoute, Route, RouteMatch, RouteMatcher } from './route.js';
import { fastifyRouterOf, isRouteOrderSensitive, type RouterAdapter } from './router-adapter.js';

/** The matcher whose rules are those of the adapter's router; the order-sensitive one for routers that are not known. */
export function createRouteMatcher(
  routes: readonly RegisteredRoute[],
  adapter: RouterAdapter,
  config: ApplicationConfig,
): RouteMatcher {
  const router = isRouteOrderSensitive(adapter) ? undefined : fastifyRouterOf(adapter);
  return new MatcherWithoutErrors(
    router === undefined
      ? new ExpressRouteMatcher(routes, adapter, config.getVersioning())
      : new FastifyRouteMatcher(routes, adapter, router),
  );
}

/**
 * No route where matching fails: requests are judged in a hook that must answer, and among what runs here is code of
 * the application (version extractors), of which an error ends the request before any handler.
 */
class MatcherWithoutErrors implements RouteMatcher {
  constructor(private readonly matcher: RouteMatcher) {}

  dispatched(method: string, url: string, host: string, request: unknown): readonly RouteMatch[] {
    try {
      return this.matcher.dispatched(method, url, host, request);
    } catch {
      return [];
    }
  }

  candidates(method: string, url: string, host: string): readonly RouteMatch[] {
    try {
      return this.matcher.candidates(method, url, host);
    } catch {
      return [];
    }
  }

  routesAt(url: string, host: string): readonly Route[] {
    try {
      return this.matcher.routesAt(url, host);
    } catch {
      return [];
    }
  }
}
