import type { Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { functionMetadata, functionMetadataKeys } from '../support/function-metadata.js';
import { PathsExplorer, type RouteDefinition } from '@nestjs/core/router/paths-explorer.js';

// Keys under which Nest's decorators store their metadata: internal names, equal in 11.1.4, 11.2 and 12.
export const PATH_METADATA = 'path'; // @nestjs/common/constants.js
export const HOST_METADATA = 'host';
export const VERSION_METADATA = '__version__';
export const MODULE_PATH = '__module_path__';
export const FASTIFY_ROUTE_CONSTRAINTS_METADATA = '__fastify_route_constraints__'; // @nestjs/platform-fastify/constants.js

/** A controller class. */
export interface Controller {
  readonly name: string;
  readonly prototype: Record<string, unknown>;
  new (...args: never[]): unknown;
}

/** A controller of a module. */
export interface ModuleController {
  readonly module: Type;
  readonly controller: Controller;
  /** Until it is instantiated, an object with the class's prototype. A request-scoped controller always has that. */
  readonly instance: Readonly<Record<string, unknown>>;
}

/** Every controller of the application, in the order in which RoutesResolver.resolve() registers their routes. */
export function controllersOf(modules: ModulesContainer): ModuleController[] {
  return [...modules.values()].flatMap(({ metatype: module, controllers }) =>
    [...controllers.values()].map(({ metatype, instance }) => ({
      module,
      controller: metatype as unknown as Controller,
      instance: instance as ModuleController['instance'],
    })),
  );
}

/** The handlers of a controller, inherited ones included, as Nest's explorer finds them on an instance. */
export function handlersOf(instance: object): RouteDefinition[] {
  return new PathsExplorer(new MetadataScanner()).scanForPaths(instance as Readonly<Record<string, unknown>>);
}

/** A handler of a controller, as its decorators declare it. */
export interface DeclaredHandler {
  readonly methodName: string;
  /** The keys of the metadata on its function. Handlers in a row with equal keys share one list, as most handlers of an application do. */
  readonly metadataKeys: readonly unknown[];
}

/** The keys of the last handler. They are names that decorators use, so nothing of an application is retained. */
let lastKeys: readonly unknown[] = [];

/** A controller's handlers, in the order of {@link handlersOf}. */
export function declaredHandlersOf({ prototype }: Controller): DeclaredHandler[] {
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((methodName) => {
    const method = prototype[methodName] as object;
    const keys = functionMetadataKeys(method);
    if (!keys.includes(PATH_METADATA) || functionMetadata(PATH_METADATA, method) === undefined) {
      return [];
    }
    const isKnown = keys.length === lastKeys.length && keys.every((key, index) => key === lastKeys[index]);
    lastKeys = isKnown ? lastKeys : keys;
    return { methodName, metadataKeys: lastKeys };
  });
}
