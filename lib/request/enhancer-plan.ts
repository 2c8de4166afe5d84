import { Inject, Injectable, VersioningType } from '@nestjs/common';
import { AbstractHttpAdapter, ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { CorsPolicyRegistry, type HandlerPolicy } from '../routing/policy-registry.js';
import { functionMetadata } from '../support/function-metadata.js';
import { FASTIFY_ROUTE_CONSTRAINTS_METADATA, VERSION_METADATA } from '../routing/nest-controllers.js';

/**
 * Decides whether guard and interceptor have work in this application.
 *
 * Nest creates enhancers before `main.ts` configures the application, so there are two steps. Decorators and options rule them out
 * for most applications (`mayNeedGuard`, `mayNeedInterceptor`). The kind of versioning and the adapter rule them out for others
 * when Nest registers the routes (`hidesGuard`, `hidesInterceptor`).
 */
@Injectable()
export class CorsEnhancerPlan {
  /** Whether some handler's policy has `exposedHeaders: 'all'`. */
  readonly mayNeedInterceptor: boolean;
  readonly mayNeedGuard: boolean;

  private readonly rejectsDisallowed: boolean;
  private readonly policiesDiffer: boolean;
  private readonly hasRouteConstraints: boolean;
  private readonly hasExternalPaths: boolean;
  private registeringRoutes = false;

  constructor(
    @Inject(CorsPolicyRegistry) { handlers, catalog }: CorsPolicyRegistry,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {
    const policies = new Set(handlers.map(({ policy }) => policy));
    // With a tenant from parameters, one policy can decide differently about two versions of a route.
    this.policiesDiffer = policies.size > 1 || [...policies].some(({ fields }) => fields.tenant.value !== undefined);
    this.rejectsDisallowed = [...policies].some(({ fields }) => fields.rejectDisallowed.value);
    // If all handlers share one policy, neither matters.
    this.hasRouteConstraints = this.policiesDiffer && handlers.some(hasRouteConstraints);
    this.mayNeedGuard =
      this.rejectsDisallowed || this.hasRouteConstraints || (this.policiesDiffer && areVersioned(handlers));
    this.hasExternalPaths = [...catalog.paths, catalog.graphql].some((entry) => entry?.policy.external === true);
    this.mayNeedInterceptor = [...policies].some(({ fields }) => fields.exposedHeaders.value === 'all');
  }

  /** The application is configured, and its routes are about to be registered. */
  settle(): void {
    removeAbsent(this.config.getGlobalGuards());
    removeAbsent(this.config.getGlobalInterceptors());
    this.registeringRoutes = true;
  }

  /** The routes are registered, with or without the guard. */
  finish(): void {
    this.registeringRoutes = false;
  }

  /** Whether Nest is registering routes, and the guard has no work for them. */
  get hidesGuard(): boolean {
    return this.registeringRoutes && !this.needsGuard;
  }

  /** Whether Nest is registering routes, and the interceptor has no work for them. */
  get hidesInterceptor(): boolean {
    return this.registeringRoutes && this.hookSeesResponses();
  }

  /**
   * Whether the request hook decides about every response of a handler. Its decision also completes `exposedHeaders: 'all'`, and an
   * interceptor costs more than the rest of the library. The hook ignores an external path, from which a middleware may send a
   * request to a handler.
   */
  private hookSeesResponses(): boolean {
    return !this.hasExternalPaths && runsRequestHooks(this.host.httpAdapter);
  }

  /** Whether a policy refuses requests with 403, or several versions of a route share a preflight. */
  get needsGuard(): boolean {
    return this.rejectsDisallowed || (this.policiesDiffer && this.routesShareTargets());
  }

  /** Whether requests with the same method and URL may reach different handlers. */
  private routesShareTargets(): boolean {
    const versioning = this.config.getVersioning();
    return (versioning !== undefined && versioning.type !== VersioningType.URI) || this.hasRouteConstraints;
  }
}

/**
 * Removes the empty places of global enhancers whose factories returned none. Nest would skip them again for every handler: see
 * "Boot and memory" in docs/performance.md.
 */
function removeAbsent(enhancers: unknown[]): void {
  enhancers.splice(0, enhancers.length, ...enhancers.filter((enhancer) => enhancer !== undefined));
}

/** Whether a handler serves one version of a route only. */
function areVersioned(handlers: readonly HandlerPolicy[]): boolean {
  const controllers = new Set(handlers.map(({ controller }) => controller));
  return (
    // `@Controller()` writes the key in any case.
    [...controllers].some((controller) => Reflect.getMetadata(VERSION_METADATA, controller) !== undefined) ||
    handlers.some((handler) => metadataOf(handler, VERSION_METADATA) !== undefined)
  );
}

/** Whether the handler serves a route under conditions of its own (`@RouteConstraints()` of @nestjs/platform-fastify). */
function hasRouteConstraints(handler: HandlerPolicy): boolean {
  return metadataOf(handler, FASTIFY_ROUTE_CONSTRAINTS_METADATA) !== undefined;
}

function metadataOf({ controller, methodName, metadataKeys }: HandlerPolicy, key: string): unknown {
  return metadataKeys.includes(key) ? functionMetadata(key, controller.prototype[methodName] as object) : undefined;
}

/** Whether an HTTP adapter runs request hooks. The setter of the abstract adapter ignores its argument. */
export function runsRequestHooks(adapter: object): boolean {
  const { setOnRequestHook } = adapter as { readonly setOnRequestHook?: unknown };
  return setOnRequestHook !== AbstractHttpAdapter.prototype.setOnRequestHook;
}
