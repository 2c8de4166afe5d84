import { RequestMethod, type Type, VersioningType } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { RouterMethodFactory } from '@nestjs/core/helpers/router-method-factory.js';
import type { RoutePathMetadata } from '@nestjs/core/router/interfaces/route-path-metadata.interface.js';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { functionMetadata } from '../support/function-metadata.js';
import { type HostMetadata, compileHosts } from './host-filter.js';
import {
  FASTIFY_ROUTE_CONSTRAINTS_METADATA,
  HOST_METADATA,
  MODULE_PATH,
  PATH_METADATA,
  VERSION_METADATA,
  controllersOf,
  handlersOf,
} from './nest-controllers.js';
import { type ResolvedRoute, inRegistrationOrder } from './registration-order.js';
import type { RegisteredRoute, RouteVersion } from './route.js';
import type { RouterAdapter } from './router-adapter.js';

/** The parts of an application that its routes are read from. */
export interface RoutedApplication {
  readonly modules: ModulesContainer;
  readonly config: ApplicationConfig;
  readonly adapter: RouterAdapter;
}

/**
 * Reads the routes of the application in the order in which Nest registered them, for adapters whose registrations do not suffice
 * ({@link ToldRoutes}). Call it when Nest has registered them, because the global prefix and the versioning are final then.
 */
export async function readRoutes(
  application: RoutedApplication,
  policyOf: (controller: Type, methodName: string) => CompiledPolicy,
): Promise<RegisteredRoute[]> {
  const { config, adapter } = application;
  const versioning = config.getVersioning();
  // RouterExplorer.applyCallbackToRouter(): URI versions are in the path, the version filter reads all others.
  const isFilteredByVersion = versioning !== undefined && versioning.type !== VersioningType.URI;
  const methods = new RouterMethodFactory();
  return (await inRegistrationOrder(declaredRoutes(application), config, adapter)).map((route) => ({
    method: route.method === RequestMethod.ALL ? '*' : RequestMethod[route.method],
    path: route.path,
    hosts: compileHosts(route.host),
    controller: route.controller,
    methodName: route.methodName,
    policy: policyOf(route.controller, route.methodName),
    version: isFilteredByVersion ? route.version : undefined,
    constraints: functionMetadata(
      FASTIFY_ROUTE_CONSTRAINTS_METADATA,
      route.targetCallback,
    ) as RegisteredRoute['constraints'],
    // RouterMethodFactory falls back to `use` where the adapter has no function for the method.
    mounted: methods.get(adapter as never, route.method) === (adapter as { use?: unknown }).use,
  }));
}

/**
 * The routes that decorators declare. The loops are nested as in RoutesResolver and RouterExplorer, because that decides their
 * order.
 */
function declaredRoutes({ modules, config, adapter }: RoutedApplication): ResolvedRoute[] {
  const paths = new RoutePathFactory(config);
  const versioningOptions = config.getVersioning();
  const globalPrefix = withLeadingSlash(config.getGlobalPrefix());
  const normalized = (path: string) => adapter.normalizePath?.(path) ?? path;
  const routes: ResolvedRoute[] = [];
  for (const { module, controller: owner, instance } of controllersOf(modules)) {
    const controller = owner as Type;
    const modulePath: string | undefined =
      Reflect.getMetadata(MODULE_PATH + modules.applicationId, module) ?? Reflect.getMetadata(MODULE_PATH, module);
    const controllerPaths: string | string[] = Reflect.getMetadata(PATH_METADATA, controller);
    const host: HostMetadata = Reflect.getMetadata(HOST_METADATA, controller);
    const controllerVersion: RouteVersion | undefined =
      versioningOptions && (Reflect.getMetadata(VERSION_METADATA, controller) ?? versioningOptions.defaultVersion);
    const handlers = handlersOf(instance);
    for (const ctrlPath of [controllerPaths].flat().map(withLeadingSlash)) {
      for (const { path: methodPaths, requestMethod: method, methodName, targetCallback, version } of handlers) {
        const common = {
          method,
          host,
          version: (version || controllerVersion) as RouteVersion | undefined,
          controller,
          methodName,
          targetCallback,
        };
        const parts = {
          ctrlPath,
          modulePath,
          globalPrefix,
          methodVersion: version,
          controllerVersion,
          versioningOptions,
        };
        for (const methodPath of methodPaths) {
          const created = paths.create({ ...parts, methodPath } as RoutePathMetadata, method);
          routes.push(...created.map((path) => ({ ...common, path: normalized(path) })));
        }
      }
    }
  }
  return routes;
}

/** The `addLeadingSlash()` of @nestjs/common, which is internal to it. */
function withLeadingSlash(path: string): string {
  return !path || path.startsWith('/') || path.startsWith('{/') ? path || '' : `/${path}`;
}
