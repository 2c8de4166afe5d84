import type { RequestMethod, Type } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import type { HostMetadata } from './host-filter.js';
import type { RouteVersion } from './route.js';
import { isRouteOrderSensitive, type RouterAdapter } from './router-adapter.js';

/** A route between Nest's metadata and the adapter, named as the `ResolvedRoute` of @nestjs/core 12. */
export interface ResolvedRoute {
  readonly method: RequestMethod;
  readonly path: string;
  readonly host: HostMetadata;
  readonly version: RouteVersion | undefined;
  readonly controller: Type;
  readonly methodName: string;
  readonly targetCallback: object;
}

/** Settings of @nestjs/core 12. */
interface RouteSettings {
  getRouteResolutionStrategy?(): string | undefined;
  getRouteConflictPolicy?(): unknown;
}

/**
 * What NestApplication.registerRouter() makes of the declared routes before the adapter sees them: sorted by
 * specificity where order matters, without duplicates where the adapter would reject them.
 */
export async function inRegistrationOrder(
  routes: ResolvedRoute[],
  config: ApplicationConfig,
  adapter: RouterAdapter,
): Promise<readonly ResolvedRoute[]> {
  const settings: RouteSettings = config;
  if (isRouteOrderSensitive(adapter)) {
    return settings.getRouteResolutionStrategy?.() === 'specificity' ? sortedBySpecificity(routes) : routes;
  }
  return settings.getRouteConflictPolicy?.() ? withoutDuplicates(routes, config) : routes;
}

// Both modules are imported late because 11 does not have them, and neither the settings that lead here.
async function sortedBySpecificity(routes: ResolvedRoute[]): Promise<readonly ResolvedRoute[]> {
  const { RouteSpecificitySorter } = await import('@nestjs/core/router/route-specificity-sorter.js');
  return RouteSpecificitySorter.sort(routes as never) as unknown as ResolvedRoute[];
}

async function withoutDuplicates(
  routes: ResolvedRoute[],
  config: ApplicationConfig,
): Promise<readonly ResolvedRoute[]> {
  const { RouteConflictDetector } = await import('@nestjs/core/router/route-conflict-detector.js');
  const dropped = new Set<unknown>();
  for (const { kind, shadowed } of RouteConflictDetector.detect(routes as never, config.getVersioning())) {
    if (kind === 'duplicate') {
      dropped.add(shadowed);
    }
  }
  return routes.filter((route) => !dropped.has(route));
}
