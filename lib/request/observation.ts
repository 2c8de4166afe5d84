import type { EvaluatedActual, EvaluatedPreflight, EvaluatedRequest } from './evaluator.js';
import type { CorsDecisionEvent, DecisionObserver } from '../logging/decision-event.js';
import type { PreflightDecision } from '../decision/preflight-response.js';
import type { CorsReason } from '../decision/reasons.js';
import type { PreflightFacts } from '../fetch/request-facts.js';
import { pathOf } from '../routing/path-policies.js';
import type { RouteMatch } from '../routing/route.js';
import type { UnroutedPlace } from '../routing/unrouted-place.js';

/** Who is told of decisions, and who knows what is at the path of a request that Nest does not route. */
export interface Observation {
  readonly observer: DecisionObserver;
  /** Asked only about decisions that the observer wants. */
  readonly placeOf: (request: EvaluatedRequest) => UnroutedPlace;
}

/** Tells the observer of a preflight's answer, if it wants to know. */
export function observePreflight(
  { observer, placeOf }: Observation,
  { match, inquiry }: Pick<EvaluatedPreflight, 'match' | 'inquiry'>,
  decision: PreflightDecision,
  { origin, requestMethod: method }: PreflightFacts,
  { url, source }: EvaluatedRequest,
): void {
  const { kind, policy, reason } = decision;
  if (observer.wants(reason)) {
    const request = { method, url, origin, source };
    observer.observe({
      ...eventOf('preflight', kind === 'granted', reason, policy?.label, request, match),
      ...(kind === 'refused' && decision.header !== undefined ? headersOf(decision.header, decision.headers) : {}),
      // Without a policy it was refused before anything was looked for, or because the path has routes for other methods.
      ...(match === undefined && policy !== undefined ? placeOf(request) : {}),
      ...tenantOf(policy && inquiry?.tenantUnder(policy)),
    });
  }
}

/**
 * Tells the observer of an actual request's decision, if it wants to know and the decision is the last word.
 * @param withheld whether the response is kept from the page that asked for it
 */
export function observeActual(
  { observer, placeOf }: Observation,
  { decision: { refused, reason, policy }, match, inquiry }: EvaluatedActual,
  withheld: boolean,
  request: EvaluatedRequest,
): void {
  if (reason === 'route-ambiguous' || !observer.wants(reason)) {
    return;
  }
  // An application's own pages send Origin too, with everything but GET: no policy lists them, and nothing is kept from them.
  if (!refused || withheld) {
    const granted = reason === 'no-origin' ? undefined : !refused;
    observer.observe({
      ...eventOf('actual', granted, reason, policy.label, request, match),
      ...(match === undefined ? placeOf(request) : {}),
      ...tenantOf(inquiry?.tenantUnder(policy)),
    });
  }
}

function headersOf(header: string, headers: readonly string[] = [header]) {
  return { header, headers };
}

function tenantOf(tenant: string | undefined): Pick<CorsDecisionEvent, 'tenant'> {
  return tenant === undefined ? {} : { tenant };
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
