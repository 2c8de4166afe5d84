import { RequestMethod, type Type, type VersioningOptions, VersioningType } from '@nestjs/common';
import { type ApplicationConfig, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { RouterMethodFactory } from '@nestjs/core/helpers/router-method-factory.js';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { PathsExplorer } from '@nestjs/core/router/paths-explorer.js';
import type { RoutePathMetadata } from '@nestjs/core/router/interfaces/route-path-metadata.interface.js';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { compileHosts, type HostMetadata } from './host-filter.js';
import {
  FASTIFY_ROUTE_CONSTRAINTS_METADATA,
  HOST_METADATA,
  MODULE_PATH,
  PATH_METADATA,
  VERSION_METADATA,
} from './nest-metadata.js';
import { type ResolvedRoute, inRegistrationOrder } from './registration-order.js';
import type { RegisteredRoute, RouteVersion } from './route.js';
import type { RouterAdapter } from './router-adapter.js';

export interface RouteSources {
  readonly modules: ModulesContainer;
  readonly config: ApplicationConfig;
  readonly adapter: RouterAdapter;
}

/**
 * The routes of the application in the order in which Nest registered them with the adapter. Read it when Nest has
 * registered them: the global prefix and the versioning are settled then.
 */
export async function readRoutes(
  { modules, config, adapter }: RouteSources,
  policyOf: (controller: Type, methodName: string) => CompiledPolicy,
): Promise<RegisteredRoute[]> {
  const resolve = createResolver({ modules, config, adapter });
  // The nesting of RoutesResolver.resolve() and registerRouters(): it decides the order of the routes.
  const declared = [...modules.values()].flatMap(({ metatype, controllers }) =>
    [...controllers.values()].flatMap((wrapper) => resolve(wrapper as InstanceWrapper<object>, modulePath(metatype))),
  );
  const methods = new RouterMethodFactory();
  return (await inRegistrationOrder(declared, config, adapter)).map((route) => ({
    method: route.method === RequestMethod.ALL ? '*' : RequestMethod[route.method],
    path: route.path,
    hosts: compileHosts(route.host),
    controller: route.controller,
    methodName: route.methodName,
    policy: policyOf(route.controller, route.methodName),
    version: isFilteredByVersion(config.getVersioning()) ? route.version : undefined,
    constraints: Reflect.getMetadata(FASTIFY_ROUTE_CONSTRAINTS_METADATA, route.targetCallback),
    // RouterMethodFactory falls back to `use` where the adapter has no function for the method.
    mounted: methods.get(adapter as never, route.method) === (adapter as { use?: unknown }).use,
  }));

  function modulePath(metatype: object): string | undefined {
    return (
      Reflect.getMetadata(MODULE_PATH + modules.applicationId, metatype) ?? Reflect.getMetadata(MODULE_PATH, metatype)
    );
  }
}

function createResolver({ config, adapter }: RouteSources) {
  const explorer = new PathsExplorer(new MetadataScanner());
  const paths = new RoutePathFactory(config);
  const versioning = config.getVersioning();
  const globalPrefix = withLeadingSlash(config.getGlobalPrefix());

  return ({ instance, metatype }: InstanceWrapper<object>, modulePath: string | undefined): ResolvedRoute[] => {
    const controller = metatype as Type;
    const host: HostMetadata = Reflect.getMetadata(HOST_METADATA, controller);
    const controllerVersion: RouteVersion | undefined =
      versioning && (Reflect.getMetadata(VERSION_METADATA, controller) ?? versioning.defaultVersion);
    // `instance` of a request-scoped controller is an object of its prototype, which is all that the explorer reads.
    const handlers = explorer.scanForPaths(instance);

    return controllerPaths(controller).flatMap((ctrlPath) =>
      handlers.flatMap(({ path: methodPaths, requestMethod, methodName, targetCallback, version: methodVersion }) =>
        methodPaths
          .flatMap((methodPath) =>
            paths.create(
              {
                ctrlPath,
                modulePath,
                globalPrefix,
                methodPath,
                methodVersion,
                controllerVersion,
                versioningOptions: versioning,
              } as RoutePathMetadata,
              requestMethod,
            ),
          )
          .map((path) => ({
            method: requestMethod,
            path: adapter.normalizePath?.(path) ?? path,
            host,
            version: methodVersion || controllerVersion,
            controller,
            methodName,
            targetCallback,
          })),
      ),
    );
  };
}

function controllerPaths(controller: Type): string[] {
  const path: string | string[] = Reflect.getMetadata(PATH_METADATA, controller);
  return [path].flat().map(withLeadingSlash);
}

/** The `addLeadingSlash()` of @nestjs/common, which is internal to it. */
function withLeadingSlash(path: string): string {
  return !path || path.startsWith('/') || path.startsWith('{/') ? path || '' : `/${path}`;
}

// RouterExplorer.applyCallbackToRouter(): URI versions are in the path, all others are the version filter's to judge.
function isFilteredByVersion(versioning: VersioningOptions | undefined): boolean {
  return versioning !== undefined && versioning.type !== VersioningType.URI;
}
