import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { CorsPolicyRegistry } from './cors.policy-registry.js';
import { policyOf, rawRequest, rawResponse } from './cors.request-state.js';
import { finishUnder } from './cors.response-head.js';

/**
 * Finishes what handlers do to the response, by the policy of the decision, or else of the dispatched handler:
 * `exposedHeaders: 'all'` names the headers that the response has when its head is written, and `Vary: Origin` is put back
 * where it was overwritten. The hook does as much for responses that never get here.
 */
export class CorsInterceptor implements NestInterceptor {
  constructor(private readonly registry: CorsPolicyRegistry) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() === 'http') {
      const http = context.switchToHttp();
      const request = rawRequest(http.getRequest());
      const policy = policyOf(request) ?? this.registry.policyOfHandler(context.getClass(), context.getHandler());
      if (policy !== undefined) {
        finishUnder(policy, rawResponse(http.getResponse()), request);
      }
    }
    return next.handle();
  }
}
