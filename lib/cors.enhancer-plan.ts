import { Inject, Injectable, VersioningType } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { dependsOnOrigin, hasRouteConstraints, isVersioned, needsFinishing } from './cors.enhancer-needs.js';
import { CorsPolicyRegistry } from './cors.policy-registry.js';

/**
 * Whether the guard and the interceptor have work in this application. It is found out in two steps, because Nest creates
 * enhancers before `main.ts` configures the application: decorators and options rule out most of them at once (`may...`),
 * versioning and other global interceptors the rest (`needs...`), by the time that Nest registers the routes.
 */
@Injectable()
export class CorsEnhancerPlan {
  readonly mayNeedGuard: boolean;
  readonly mayNeedInterceptor: boolean;

  private readonly rejectsDisallowed: boolean;
  private readonly policiesDiffer: boolean;
  private readonly hasRouteConstraints: boolean;
  private readonly responsesNeedFinishing: boolean;
  private configured = false;

  constructor(
    @Inject(CorsPolicyRegistry) { handlers }: CorsPolicyRegistry,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
  ) {
    const policies = new Set(handlers.map(({ policy }) => policy));
    this.policiesDiffer = policies.size > 1;
    this.rejectsDisallowed = [...policies].some(({ fields }) => fields.rejectDisallowed.value);
    this.hasRouteConstraints = handlers.some(hasRouteConstraints);
    this.responsesNeedFinishing = handlers.some(needsFinishing);
    this.mayNeedGuard =
      this.rejectsDisallowed || (this.policiesDiffer && (this.hasRouteConstraints || handlers.some(isVersioned)));
    this.mayNeedInterceptor =
      this.responsesNeedFinishing || [...policies].some(({ fields }) => dependsOnOrigin(fields));
  }

  /** The application is configured, and its routes are about to be registered. */
  settle(): void {
    this.configured = true;
  }

  /** Some policy refuses requests with 403, or several versions of a route share a preflight. */
  get needsGuard(): boolean {
    return !this.configured || this.rejectsDisallowed || (this.policiesDiffer && this.routesShareTargets());
  }

  /** Some handler, or another global interceptor, can do something to a response that has to be put right. */
  needsInterceptor(ours: object): boolean {
    const others = this.config.getGlobalInterceptors().filter((each) => each && (each as object) !== ours);
    return !this.configured || this.responsesNeedFinishing || others.length > 0;
  }

  /** Whether requests with the same method and URL may reach different handlers. */
  private routesShareTargets(): boolean {
    const versioning = this.config.getVersioning();
    return (versioning !== undefined && versioning.type !== VersioningType.URI) || this.hasRouteConstraints;
  }
}
