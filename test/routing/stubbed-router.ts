import { ApplicationConfig } from '@nestjs/core';
import findMyWay from 'find-my-way';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import type { RegisteredRoute, Route } from '../../lib/routing/route.js';
import { createRouteMatcher } from '../../lib/routing/create-route-matcher.js';
import type { FastifyRouter, RouterAdapter } from '../../lib/routing/router-adapter.js';
import { QueriedMatcher } from './queried-matcher.js';

class AnyController {}

/** A route whose handler is named after it. */
export function route(method: string, path: string, rest: Partial<RegisteredRoute> = {}): RegisteredRoute {
  const policy = {} as CompiledPolicy;
  return {
    ...{ method, path, hosts: undefined, controller: AnyController, methodName: `${method} ${path}`, policy },
    ...{ version: undefined, constraints: undefined, mounted: false },
    ...rest,
  };
}

export type Registered = readonly [method: string, path: string, constraints?: object];

/** A router with these routes in it, and no more of Fastify than its public API. */
export function routerWith(registered: readonly Registered[], rest: Partial<FastifyRouter> = {}): FastifyRouter {
  const router = findMyWay();
  for (const [method, path, constraints = {}] of registered) {
    router.on(method as 'GET', path, { constraints }, () => undefined);
  }
  return {
    hasRoute: ({ method, url, constraints }) => router.hasRoute(method as 'GET', url, constraints),
    findRoute: ({ method, url, constraints }) => router.find(method as 'GET', url, constraints as never),
    ...rest,
  };
}

/** The matcher of an adapter that has this router. */
export function matcherOf(
  routes: readonly RegisteredRoute[],
  router: FastifyRouter,
  internals: object = {},
): QueriedMatcher {
  const adapter: RouterAdapter = { getInstance: () => router, applyVersionFilter: (handler) => handler, ...internals };
  return new QueriedMatcher(createRouteMatcher(routes, adapter, new ApplicationConfig()));
}

export const namesOf = (found: readonly { readonly route: Pick<Route, 'methodName'> }[]) =>
  found.map(({ route: { methodName } }) => methodName);
