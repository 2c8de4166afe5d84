import type { RequestMethod, Type } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import type { HostMetadata } from './host-filter.js';
import type { RouteVersion } from './route.js';
import { isRouteOrderSensitive, type RouterAdapter } from './router-adapter.js';

const NOT_LOADED =
  'a module of @nestjs/core could not be loaded. Install the version of @nestjs/core that the application was built with.';

/** A declared route that is not registered yet, named as in @nestjs/core 12. */
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
 * Orders the declared routes as NestApplication.registerRouter() does: by specificity where order matters, without
 * duplicates where the adapter would reject them.
 */
export async function inRegistrationOrder(
  routes: ResolvedRoute[],
  config: ApplicationConfig,
  adapter: RouterAdapter,
): Promise<readonly ResolvedRoute[]> {
  const settings: RouteSettings = config;
  // Nest 11 has neither these settings nor the modules that they need, so the modules are imported on demand.
  if (isRouteOrderSensitive(adapter)) {
    if (settings.getRouteResolutionStrategy?.() !== 'specificity') {
      return routes;
    }
    return (await routeSpecificitySorter()).sort(routes as never) as unknown as ResolvedRoute[];
  }
  if (!settings.getRouteConflictPolicy?.()) {
    return routes;
  }
  const conflicts = (await routeConflictDetector()).detect(routes as never, config.getVersioning());
  const dropped = new Set<unknown>(
    conflicts.filter(({ kind }) => kind === 'duplicate').map(({ shadowed }) => shadowed),
  );
  return routes.filter((route) => !dropped.has(route));
}

// In a `try` block, bundlers accept that an import is missing, as these modules are in Nest 11.

async function routeSpecificitySorter() {
  try {
    return (await import('@nestjs/core/router/route-specificity-sorter.js')).RouteSpecificitySorter;
  } catch (cause) {
    throw new Error(`The routes cannot be ordered as @nestjs/core orders them: ${NOT_LOADED}`, { cause });
  }
}

async function routeConflictDetector() {
  try {
    return (await import('@nestjs/core/router/route-conflict-detector.js')).RouteConflictDetector;
  } catch (cause) {
    throw new Error(`The routes cannot be compared as @nestjs/core compares them: ${NOT_LOADED}`, { cause });
  }
}
