import type { EvaluatedActual, EvaluatedPreflight, EvaluatedRequest } from './evaluator.js';
import { type Observation, observeActual, observePreflight } from './observation.js';
import type { DecisionObserver } from '../logging/decision-event.js';
import { ProblemLog } from '../logging/problem-log.js';
import type { ForeignHeader, ForeignHeaderLog } from '../logging/foreign-header-log.js';
import type { PreflightDecision } from '../decision/preflight-response.js';
import type { PreflightFacts } from '../fetch/request-facts.js';
import { pathOf } from '../routing/path-policies.js';
import type { DecisionReporter } from './standing-decision.js';

/** Reports what is decided about requests, and what other code would have sent. */
export class RequestReporter implements DecisionReporter {
  readonly problems = new ProblemLog();
  private readonly observation: Observation;

  /**
   * @param foreignHeaders undefined in explain mode: nothing is logged
   * @param placeOf what is at the path of a request that Nest does not route; undefined in explain mode
   */
  constructor(
    observer: DecisionObserver,
    private readonly foreignHeaders?: ForeignHeaderLog,
    placeOf: Observation['placeOf'] = () => ({}),
  ) {
    this.observation = { observer, placeOf };
  }

  preflight(
    decision: PreflightDecision,
    facts: PreflightFacts,
    request: EvaluatedRequest,
    evaluated: Pick<EvaluatedPreflight, 'match' | 'inquiry'>,
  ): void {
    observePreflight(this.observation, evaluated, decision, facts, request);
  }

  actual(evaluated: EvaluatedActual, withheld: boolean, request: EvaluatedRequest): void {
    observeActual(this.observation, evaluated, withheld, request);
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
