import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, ForbiddenException } from '@nestjs/common';
import { conclude } from './cors.conclusion.js';
import type { CorsEnhancerPlan } from './cors.enhancer-plan.js';
import type { CorsEvaluator, EvaluatedRequest } from './cors.evaluator.js';
import { observeActual } from './cors.observation.js';
import type { CorsPolicyRegistry } from './cors.policy-registry.js';
import {
  type CorsRequestState,
  isOwnOrigin,
  isWithheld,
  rawRequest,
  rawResponse,
  readState,
} from './cors.request-state.js';
import { refusalMessage } from './cors.response-writer.js';
import type { DecisionObserver } from './diagnostics/decision-event.js';
import type { CompiledPolicy } from './policy/compiled-policy.js';
import type { ActualDecision } from './protocol/actual-response.js';
import { type MaybePromise, whenAll } from './protocol/evaluation.js';
import { originOf } from './protocol/request-facts.js';

/** Methods that are defined to be safe (RFC 9110, section 9.2.1): there is nothing to undo when their answer stays unread. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

type Check = (context: ExecutionContext) => MaybePromise<boolean>;

/**
 * Enforces: reads the policy of the handler that Nest really dispatched to, confirms that the response was written for
 * that policy (and writes it anew when it was not), and answers 403 where the policy says `rejectDisallowed`, or where an
 * unsafe request owes its preflight to the policy of another version of the route.
 */
export class CorsGuard implements CanActivate {
  constructor(
    private readonly evaluator: CorsEvaluator,
    private readonly registry: CorsPolicyRegistry,
    private readonly plan: CorsEnhancerPlan,
    private readonly observer: DecisionObserver,
  ) {}

  /**
   * Nest asks for this member when it registers a route, and leaves out a guard that has none. Before and after that it
   * is always there: handlers of messages are registered earlier, and call the guard that they have taken in.
   */
  get canActivate(): Check {
    return (this.plan.hidesGuard ? undefined : this.check) as Check;
  }

  private readonly check: Check = (context) => {
    if (context.getType() !== 'http') {
      return true;
    }
    const http = context.switchToHttp();
    const source: unknown = http.getRequest();
    const request = rawRequest(source);
    const state = readState(request);
    const policy = this.registry.policyOfHandler(context.getClass(), context.getHandler()) ?? state?.decision.policy;
    const target: EvaluatedRequest = {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      // A middleware may have taken the header off: the request is no less another origin's for that.
      origin: state === undefined ? originOf(request.headers) : state.origin,
      source,
    };
    const stands =
      state !== undefined &&
      state.decision.policy === policy &&
      state.decision.reason !== 'route-ambiguous' &&
      state.method === target.method;
    return stands
      ? this.enforce(target, request, state)
      : this.decideAnew(target, request, http.getResponse(), policy, state);
  };

  private decideAnew(
    target: EvaluatedRequest,
    request: IncomingMessage,
    response: unknown,
    dispatched: CompiledPolicy | undefined,
    state: CorsRequestState | undefined,
  ): MaybePromise<boolean> {
    const policy = dispatched ?? this.evaluator.router.fallback(target.url);
    const inquiry = state?.inquiry ?? this.evaluator.startInquiry();
    const match = this.evaluator.router
      .candidates(target.method, target.url, target.source)
      .find(({ route }) => route.policy === policy);
    const enforce = (given: ActualDecision): MaybePromise<boolean> => {
      const { method, origin, source } = target;
      const withheld = isWithheld(given, origin, source);
      const concluded = { decision: given, method, origin, withheld, inquiry };
      conclude(request, rawResponse(response), concluded);
      observeActual(this.observer, given, withheld, target, match);
      return this.enforce(target, request, concluded);
    };
    const decision = this.evaluator.actual(target, policy, match, inquiry);
    return decision instanceof Promise ? decision.then(enforce) : enforce(decision);
  }

  private enforce(target: EvaluatedRequest, request: IncomingMessage, state: CorsRequestState): MaybePromise<boolean> {
    const { decision } = state;
    const { policy, refused } = decision;
    const { origin } = target;
    // With a cookie on it, the request was allowed to carry credentials: not by a policy that allows none.
    const borrowsCredentials = !refused && !policy.credentials && request.headers.cookie !== undefined;
    if (origin === undefined || (!refused && !borrowsCredentials)) {
      return true;
    }
    if (isOwnOrigin(origin, target.source)) {
      return true;
    }
    if (refused && policy.rejectDisallowed) {
      throw new ForbiddenException(refusalMessage(decision));
    }
    if (SAFE_METHODS.has(target.method)) {
      return true;
    }
    const inquiry = state.inquiry ?? this.evaluator.startInquiry();
    const grants = this.evaluator.router
      .candidates(target.method, target.url, target.source)
      .filter(({ route }) => route.policy !== policy || policy.tenant !== undefined)
      .filter(({ route }) => refused || route.policy.credentials)
      .map((match) => this.evaluator.judge(target, match.route.policy, match, inquiry));
    return whenAll(grants, (siblings) => {
      if (siblings.some((sibling) => !sibling.refused)) {
        throw new ForbiddenException(refusalMessage(decision));
      }
      return true;
    });
  }
}
