import type { EvaluatedRequest } from './cors.evaluator.js';
import type { CorsDecisionEvent, DecisionObserver } from './diagnostics/decision-event.js';
import type { ActualDecision } from './protocol/actual-response.js';
import type { PreflightDecision } from './protocol/preflight-response.js';
import type { CorsReason } from './protocol/reasons.js';
import type { PreflightFacts } from './protocol/request-facts.js';
import { pathOf } from './routing/path-policies.js';
import type { RouteMatch } from './routing/route.js';

/** Tells the observer of a preflight's answer, if it wants to know. */
export function observePreflight(
  observer: DecisionObserver,
  decision: PreflightDecision,
  { origin, requestMethod: method }: PreflightFacts,
  { url, source }: EvaluatedRequest,
  match: RouteMatch | undefined,
): void {
  const { kind, policy, reason } = decision;
  if (observer.wants(reason)) {
    const request = { method, url, origin, source };
    const event = eventOf('preflight', kind === 'granted', reason, policy?.label, request, match);
    const header = kind === 'refused' ? decision.header : undefined;
    observer.observe(header === undefined ? event : { ...event, header });
  }
}

/**
 * Tells the observer of an actual request's decision, if it wants to know and the decision is the last word.
 * @param withheld whether the response is kept from the page that asked for it
 */
export function observeActual(
  observer: DecisionObserver,
  { refused, reason, policy }: ActualDecision,
  withheld: boolean,
  request: EvaluatedRequest,
  match: RouteMatch | undefined,
): void {
  if (reason === 'route-ambiguous' || !observer.wants(reason)) {
    return;
  }
  // An application's own pages send Origin too, with everything but GET: no policy lists them, and nothing is kept from them.
  if (!refused || withheld) {
    const granted = reason === 'no-origin' ? undefined : !refused;
    observer.observe(eventOf('actual', granted, reason, policy.label, request, match));
  }
}

function eventOf(
  kind: CorsDecisionEvent['kind'],
  granted: boolean | undefined,
  reason: CorsReason,
  policy: string | undefined,
  { method, url, origin }: EvaluatedRequest,
  match: RouteMatch | undefined,
): CorsDecisionEvent {
  return {
    kind,
    granted,
    reason,
    method,
    route: match?.route.path,
    handler: match && `${match.route.controller.name}.${match.route.methodName}`,
    policy,
    origin,
    path: pathOf(url),
  };
}
