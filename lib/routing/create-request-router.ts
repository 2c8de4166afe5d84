import type { AbstractHttpAdapter, ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { Controller } from './nest-controllers.js';
import { type PathPolicy, createPathPolicies } from './path-policies.js';
import type { RegisteredRoutes } from './registered-routes.js';
import { RequestRouter } from './request-router.js';
import { createRouteMatcher } from './create-route-matcher.js';
import { readRoutes } from './route-table.js';
import type { RouterAdapter } from './router-adapter.js';

/** The policies that govern requests. */
export interface RoutedPolicies {
  readonly defaults: CompiledPolicy;
  readonly paths: readonly PathPolicy[];
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
  const policyOf = (controller: object, methodName: string) => policies.policyOf(controller as Controller, methodName);
  const { normalizedPaths } = registered ?? {};
  const table = await readRoutes({ modules, config, adapter: routed, normalizedPaths }, policyOf);
  const identities = registered?.close(table, policyOf);
  const routes = identities?.routes ?? table;
  return new RequestRouter(
    routes,
    await createRouteMatcher(routes, routed, config, identities),
    await createPathPolicies(policies.paths, routed),
    policies.defaults,
    (request) => adapter.getRequestHostname(request) || '',
  );
}
