import type { ApplicationConfig } from '@nestjs/core';
import { ExpressForeignRoutes, type ExpressLayer } from './express/foreign-routes.js';
import { ExpressRouteMatcher } from './express/route-matcher.js';
import type { RouteIdentities } from './registered-routes.js';
import type { RegisteredRoute, RouteMatcher } from './route.js';
import { fastifyRouterOf, isRouteOrderSensitive, type RouterAdapter } from './router-adapter.js';

/**
 * The matcher with the rules of the adapter's router. An unknown router gets the matcher that tries routes in the order of
 * registration.
 * @param identities which entries of the router are Nest's, where their registration was watched
 */
export async function createRouteMatcher(
  routes: readonly RegisteredRoute[],
  adapter: RouterAdapter,
  config: ApplicationConfig,
  identities?: RouteIdentities,
): Promise<RouteMatcher> {
  const router = isRouteOrderSensitive(adapter) ? undefined : fastifyRouterOf(adapter);
  if (router === undefined) {
    return new ExpressRouteMatcher(
      routes,
      adapter,
      config.getVersioning(),
      identities && new ExpressForeignRoutes(identities.stack as readonly ExpressLayer[], identities.layers),
      identities,
    );
  }
  // This matcher needs find-my-way, which only applications on Fastify have loaded already.
  const { FastifyRouteMatcher } = await import('./fastify/route-matcher.js');
  return new FastifyRouteMatcher(routes, adapter, router, identities);
}
