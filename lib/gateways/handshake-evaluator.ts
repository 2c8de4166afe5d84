import { decideActual, refusal } from '../decision/actual-decision.js';
import { combineHandshakes, refusalWithoutOrigin } from '../decision/handshake-decision.js';
import { combineAlternatives, combinePreflights, findMalformation } from '../decision/preflight-decision.js';
import type { PreflightFacts } from '../fetch/preflight-request.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { ActualEvaluation, CorsEvaluator, PreflightEvaluation } from '../request/evaluator.js';
import { hasClientCertificate } from '../request/incoming-request.js';
import type { ActualDestination } from '../routing/route.js';
import { type MaybePromise, whenAll, whenSettled } from '../support/maybe-promise.js';
import type { Handshake } from './handshake.js';

/** Destinations of a handshake. Those of one group get each socket together; one group that allows the handshake is enough. */
export type DestinationGroups = readonly (readonly ActualDestination[])[];

/** What was decided about a handshake. */
export interface HandshakeEvaluation extends ActualEvaluation {
  /** Whether it is refused with a 403. */
  readonly isRefused: boolean;
  /** The policies that have allowed its origin; none where it needs no policy. */
  readonly allowedBy: readonly CompiledPolicy[];
  /** Whether the application may see cookies and HTTP authentication. */
  readonly keepsCredentials: boolean;
}

/**
 * Evaluates a handshake under the policies of all places that get its socket.
 * @param isJsonp whether the answer would be a script
 * @returns `undefined` where the application decides by itself (`external`)
 */
export function evaluateHandshake(
  evaluator: CorsEvaluator,
  handshake: Handshake,
  destinations: DestinationGroups,
  isJsonp = false,
): MaybePromise<HandshakeEvaluation> | undefined {
  const groups = governed(destinations);
  const first = groups[0]?.[0];
  if (first === undefined) {
    return undefined;
  }
  const { method, origin, raw, site, isFromOwnOrigin } = handshake;
  const { policy, match } = first;
  if (origin === undefined || isFromOwnOrigin) {
    const fault = origin === undefined ? refusalWithoutOrigin({ site, isJsonp }) : undefined;
    // Without Origin there is no lookup call, so a failing lookup does not affect the application's own pages.
    const decision =
      fault === undefined ? decideActual(policy, method, undefined, 'no-origin') : refusal(policy, fault);
    const isRefused = fault !== undefined;
    return { decision, match, requestLookups: undefined, isRefused, allowedBy: [], keepsCredentials: !isRefused };
  }
  const requestLookups = evaluator.startLookups();
  const decisions = groups.map((group) =>
    whenAll(
      group.map((destination) => evaluator.actualAt(handshake, destination, requestLookups)),
      (evaluations) => evaluations.map(({ decision }) => decision),
    ),
  );
  return whenAll(decisions, (given) => {
    const combined = combineHandshakes(given);
    // A certificate cannot be taken from the request, so a policy without credentials refuses it.
    const borrows = !combined.refused && !combined.allowCredentials && hasClientCertificate(raw);
    const decision = borrows ? refusal(combined.policy, 'credentials-not-allowed') : combined;
    const { refused: isRefused, allowCredentials: keepsCredentials } = decision;
    const allowedBy = given.flat().flatMap(({ refused, policy: by }) => (refused ? [] : [by]));
    return { decision, match, requestLookups, isRefused, allowedBy, keepsCredentials };
  });
}

/**
 * Evaluates the preflight of a request to gateways.
 * @returns `undefined` where the application decides by itself (`external`)
 */
export function evaluateGatewayPreflight(
  evaluator: CorsEvaluator,
  facts: PreflightFacts,
  handshake: Handshake,
  destinations: DestinationGroups,
): MaybePromise<PreflightEvaluation> | undefined {
  const groups = governed(destinations);
  if (groups.length === 0) {
    return undefined;
  }
  const malformation = findMalformation(facts);
  if (malformation !== undefined) {
    return { decision: { kind: 'refused', policy: undefined, reason: malformation }, match: undefined };
  }
  const requestLookups = evaluator.startLookups();
  const request = { ...handshake, method: facts.requestMethod };
  const evaluations = groups.map((group) =>
    whenAll(
      group.map((destination) => evaluator.preflightAt(facts, request, destination, requestLookups)),
      (each) => each.map(({ decision }) => decision).reduce((all, next) => combineAlternatives(all, next)),
    ),
  );
  return whenSettled(
    whenAll(evaluations, (decisions) => combinePreflights(decisions)),
    (decision): PreflightEvaluation => ({ decision, match: undefined, requestLookups }),
  );
}

/** If some gateways of a server have a policy, gateways that are left to the application do not count. */
function governed(destinations: DestinationGroups): DestinationGroups {
  return destinations
    .map((group) => group.filter(({ policy }) => !policy.external))
    .filter((group) => group.length > 0);
}
