import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { CorsEnhancerPlan } from './enhancer-plan.js';
import { exposeAll, varyByOrigin } from './actual-response.js';
import { completeOnWrite, completionOf } from './header-interception.js';
import { nodeResponse } from './incoming-request.js';
import type { HeaderCompletion, ResponseHeaders } from './response-headers.js';

type Intercept = (context: ExecutionContext, next: CallHandler) => Observable<unknown>;

/**
 * Names the headers under `exposedHeaders: 'all'` for responses that the request hook has not seen, by the policy of the dispatched
 * handler. A decision of the hook already does this, and stays.
 */
export class CorsInterceptor implements NestInterceptor {
  constructor(
    private readonly registry: CorsPolicyRegistry,
    private readonly plan: CorsEnhancerPlan,
  ) {}

  /** Absent while Nest registers routes that need no interceptor, like the member of the guard. */
  get intercept(): Intercept {
    return (this.plan.hidesInterceptor ? undefined : this.complete) as Intercept;
  }

  private readonly complete: Intercept = (context, next) => {
    if (context.getType() === 'http') {
      const response = nodeResponse(context.switchToHttp().getResponse());
      const policy = this.registry.policyOfHandler(context.getClass(), context.getHandler());
      if (policy !== undefined && completionOf(response) === undefined && !response.headersSent) {
        completeOnWrite(response, new UndecidedCompletion(policy, response.sendDate));
      }
    }
    return next.handle();
  };
}

/** Completes a response without a decision: it grants nothing, and does not change the grants of others. */
class UndecidedCompletion implements HeaderCompletion {
  constructor(
    private readonly policy: CompiledPolicy,
    private readonly sendDate: boolean,
  ) {}

  complete(headers: ResponseHeaders): void {
    const { dependsOnOrigin, exposedHeaders } = this.policy;
    if (dependsOnOrigin) {
      varyByOrigin(headers);
    }
    if (exposedHeaders.kind === 'all' && headers.lines('access-control-allow-origin').length > 0) {
      const names = exposeAll(headers, this.sendDate);
      if (names !== undefined) {
        headers.set('Access-Control-Expose-Headers', names);
      }
    }
  }
}
