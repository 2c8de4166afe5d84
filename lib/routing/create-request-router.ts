import type { AbstractHttpAdapter, ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { Controller } from './nest-controllers.js';
import { type PathPolicy, createPathPolicies } from './path-policies.js';
import type { HandlerPolicy } from './policy-registry.js';
import type { RegisteredRoutes } from './registered-routes.js';
import { RequestRouter } from './request-router.js';
import { createRouteMatcher } from './create-route-matcher.js';
import type { PolicyOf } from './route.js';
import { readRoutes } from './route-table.js';
import { type RouterAdapter, fastifyRouterOf } from './router-adapter.js';
import { ToldRoutes } from './told-routes.js';

/** The policies that govern requests. */
export interface RoutedPolicies {
  readonly defaults: CompiledPolicy;
  readonly paths: readonly PathPolicy[];
  /** Every handler that a route can have. */
  readonly handlers: readonly HandlerPolicy[];
  policyOf(controller: Controller, methodName: string): CompiledPolicy;
}

/**
 * Creates the router of requests from the routes that Nest registered with the adapter.
 * @param registered the watcher of their registration
 */
export async function createRequestRouter(
  adapter: AbstractHttpAdapter,
  modules: ModulesContainer,
  config: ApplicationConfig,
  policies: RoutedPolicies,
  registered?: RegisteredRoutes,
): Promise<RequestRouter> {
  const routed = adapter as unknown as RouterAdapter;
  const policyOf: PolicyOf = (controller, methodName) => policies.policyOf(controller as Controller, methodName);
  const told = new ToldRoutes(policies.handlers, config, policyOf, fastifyRouterOf(routed) !== undefined);
  let identities = registered?.closeAsTold(told);
  let routes = identities?.routes;
  if (routes === undefined) {
    const table = await readRoutes({ modules, config, adapter: routed }, policyOf);
    identities = registered?.close(table, policyOf);
    routes = identities?.routes ?? table;
  }
  return new RequestRouter(
    routes,
    await createRouteMatcher(routes, routed, config, identities),
    await createPathPolicies(policies.paths, routed),
    policies.defaults,
    (request) => adapter.getRequestHostname(request) || '',
  );
}
