import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { CorsEnhancerPlan } from './cors.enhancer-plan.js';
import type { CorsPolicyRegistry } from './cors.policy-registry.js';
import { policyOf, rawRequest, rawResponse } from './cors.request-state.js';
import { finishOnWrite } from './cors.response-writer.js';

type Intercept = NestInterceptor['intercept'];

/**
 * Finishes what handlers do to the response: puts `Vary: Origin` back where `@Header('Vary', ...)`, the response object or
 * another interceptor overwrote it, and names the response's headers for `exposedHeaders: 'all'`.
 */
export class CorsInterceptor implements NestInterceptor {
  constructor(
    private readonly registry: CorsPolicyRegistry,
    private readonly plan: CorsEnhancerPlan,
  ) {}

  /** Nest asks for this member when it registers a route, and leaves out an interceptor that has none. */
  get intercept(): Intercept {
    return (this.plan.needsInterceptor(this) ? this.finish : undefined) as Intercept;
  }

  private readonly finish = (context: ExecutionContext, next: CallHandler): Observable<unknown> => {
    if (context.getType() === 'http') {
      const http = context.switchToHttp();
      const request = rawRequest(http.getRequest());
      const dispatched = () => this.registry.policyOfHandler(context.getClass(), context.getHandler());
      finishOnWrite(rawResponse(http.getResponse()), () => policyOf(request) ?? dispatched());
    }
    return next.handle();
  };
}
