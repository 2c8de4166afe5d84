import { Inject, Injectable, VersioningType } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { CorsPolicyRegistry, type HandlerPolicy } from '../routing/policy-registry.js';
import { functionMetadata } from '../support/function-metadata.js';
import { FASTIFY_ROUTE_CONSTRAINTS_METADATA, VERSION_METADATA } from '../routing/nest-controllers.js';

/**
 * Whether the guard and the interceptor have work in this application.
 *
 * The guard needs two steps, because Nest creates enhancers before `main.ts` configures the application. Decorators and options
 * rule it out for most applications (`mayNeedGuard`). The kind of versioning, which is known when Nest registers the routes, rules
 * it out for others (`hidesGuard`).
 */
@Injectable()
export class CorsEnhancerPlan {
  /** Whether some handler's policy has `exposedHeaders: 'all'`. */
  readonly needsInterceptor: boolean;
  readonly mayNeedGuard: boolean;

  private readonly rejectsDisallowed: boolean;
  private readonly policiesDiffer: boolean;
  private readonly hasRouteConstraints: boolean;
  private registeringRoutes = false;

  constructor(
    @Inject(CorsPolicyRegistry) { handlers }: CorsPolicyRegistry,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
  ) {
    const policies = new Set(handlers.map(({ policy }) => policy));
    // With a tenant derived from parameters, one policy may decide differently about two versions of a route.
    this.policiesDiffer = policies.size > 1 || [...policies].some(({ fields }) => fields.tenant.value !== undefined);
    this.rejectsDisallowed = [...policies].some(({ fields }) => fields.rejectDisallowed.value);
    // Where one policy is for all handlers, neither is asked for.
    this.hasRouteConstraints = this.policiesDiffer && handlers.some(hasRouteConstraints);
    this.mayNeedGuard =
      this.rejectsDisallowed || this.hasRouteConstraints || (this.policiesDiffer && areVersioned(handlers));
    this.needsInterceptor = [...policies].some(({ fields }) => fields.exposedHeaders.value === 'all');
  }

  /** The application is configured, and its routes are about to be registered. */
  settle(): void {
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

  /** Some policy refuses requests with 403, or several versions of a route share a preflight. */
  private get needsGuard(): boolean {
    return this.rejectsDisallowed || (this.policiesDiffer && this.routesShareTargets());
  }

  /** Whether requests with the same method and URL may reach different handlers. */
  private routesShareTargets(): boolean {
    const versioning = this.config.getVersioning();
    return (versioning !== undefined && versioning.type !== VersioningType.URI) || this.hasRouteConstraints;
  }
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
