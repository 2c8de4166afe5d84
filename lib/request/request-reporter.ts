import type { EvaluatedActual, EvaluatedRequest } from '../cors.evaluator.js';
import { observeActual, observePreflight } from '../cors.observation.js';
import type { DecisionObserver } from '../diagnostics/decision-event.js';
import type { ForeignHeaderLog } from '../diagnostics/foreign-header-log.js';
import type { PreflightDecision } from '../protocol/preflight-response.js';
import type { PreflightFacts } from '../protocol/request-facts.js';
import { pathOf } from '../routing/path-policies.js';
import type { RouteMatch } from '../routing/route.js';
import type { ForeignHeader } from './cors-headers.js';
import type { DecisionReporter } from './standing-decision.js';

/** Reports what is decided about requests, and what other code would have sent. */
export class RequestReporter implements DecisionReporter {
  /** @param foreignHeaders undefined in explain mode: nothing is logged */
  constructor(
    private readonly observer: DecisionObserver,
    private readonly foreignHeaders?: ForeignHeaderLog,
  ) {}

  preflight(
    decision: PreflightDecision,
    facts: PreflightFacts,
    request: EvaluatedRequest,
    match: RouteMatch | undefined,
  ): void {
    observePreflight(this.observer, decision, facts, request, match);
  }

  actual({ decision, match }: EvaluatedActual, withheld: boolean, request: EvaluatedRequest): void {
    observeActual(this.observer, decision, withheld, request, match);
  }

  foreign(headers: readonly ForeignHeader[], { decision, match }: EvaluatedActual, request: EvaluatedRequest): void {
    const { label: policy } = decision.policy;
    if (match === undefined) {
      this.foreignHeaders?.report({ unrouted: pathOf(request.url), policy }, headers);
      return;
    }
    const { method, path, controller, methodName } = match.route;
    this.foreignHeaders?.report({ route: `${method} ${path} (${controller.name}.${methodName})`, policy }, headers);
  }
}
