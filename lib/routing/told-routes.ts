import { RequestMethod, VersioningType } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { functionMetadata } from '../support/function-metadata.js';
import { valueOf } from '../support/memo.js';
import { type HostMetadata, compileHosts } from './host-filter.js';
import { FASTIFY_ROUTE_CONSTRAINTS_METADATA, HOST_METADATA, VERSION_METADATA } from './nest-controllers.js';
import type { NestHandler } from './nest-registrations.js';
import type { PolicyOf, RegisteredRoute, RouteVersion } from './route.js';

/** A call of one of the adapter's route methods by Nest. */
export interface ToldRegistration {
  readonly handler: NestHandler;
  /** Name of the adapter's method. */
  readonly method: string;
  readonly path: string;
}

/** What the decorators of a controller say about all of its routes. */
interface Declared {
  readonly hosts: RegisteredRoute['hosts'];
  readonly version: RouteVersion | undefined;
}

/**
 * Makes routes from what Nest passes to its router and to the adapter, so that no decorator is read a second time. See "Boot and memory" in
 * docs/performance.md.
 */
export class ToldRoutes {
  private readonly declared = new Map<NestHandler['controller'], Declared>();

  /**
   * @param handlers every handler that the application's decorators declare
   * @param readsConstraints whether the router chooses by `@RouteConstraints()`
   */
  constructor(
    private readonly handlers: readonly Pick<NestHandler, 'controller' | 'methodName'>[],
    private readonly config: ApplicationConfig,
    private readonly policyOf: PolicyOf,
    private readonly readsConstraints: boolean,
  ) {}

  /** Whether the registrations have every handler with all of its paths, and the data that its routes need. */
  isComplete(registrations: readonly ToldRegistration[]): boolean {
    const told = new Map<NestHandler['controller'], Set<string>>();
    let last: NestHandler | undefined;
    let missing = 0;
    for (const { handler } of registrations) {
      if (handler !== last) {
        const { requestMethod, targetCallback, pathCount } = handler;
        if (missing > 0 || requestMethod === undefined || targetCallback === undefined || pathCount === undefined) {
          return false;
        }
        valueOf(told, handler.controller, () => new Set<string>()).add(handler.methodName);
        last = handler;
        missing = pathCount;
      }
      missing--;
    }
    return missing <= 0 && this.handlers.every((handler) => told.get(handler.controller)?.has(handler.methodName));
  }

  routeOf({ handler, method, path }: ToldRegistration): RegisteredRoute {
    const { controller, methodName, requestMethod, version, targetCallback } = handler;
    const declared = valueOf(this.declared, controller, () => this.declaredBy(controller));
    return {
      method: requestMethod === RequestMethod.ALL ? '*' : RequestMethod[requestMethod!],
      path,
      hosts: declared.hosts,
      controller,
      methodName,
      policy: this.policyOf(controller, methodName),
      version: this.isFilteredByVersion ? version || declared.version : undefined,
      constraints: this.readsConstraints
        ? (functionMetadata(FASTIFY_ROUTE_CONSTRAINTS_METADATA, targetCallback!) as RegisteredRoute['constraints'])
        : undefined,
      mounted: method === 'use',
    };
  }

  /** RouterExplorer.applyCallbackToRouter(): URI versions are in the path, the version filter reads all others. */
  private get isFilteredByVersion(): boolean {
    const versioning = this.config.getVersioning();
    return versioning !== undefined && versioning.type !== VersioningType.URI;
  }

  private declaredBy(controller: NestHandler['controller']): Declared {
    const host = Reflect.getMetadata(HOST_METADATA, controller) as HostMetadata;
    const version = Reflect.getMetadata(VERSION_METADATA, controller) as RouteVersion | undefined;
    return { hosts: compileHosts(host), version: version ?? this.config.getVersioning()?.defaultVersion };
  }
}
