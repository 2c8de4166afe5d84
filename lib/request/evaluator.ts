import { type ActualDecision, combineActual, evaluateActual } from '../decision/actual-decision.js';
import type { AskApplication } from '../decision/origin-verdict.js';
import {
  type PreflightDecision,
  combineAlternatives,
  combinePreflights,
  evaluatePreflight,
  findMalformation,
  methodRefusal,
} from '../decision/preflight-decision.js';
import type { PreflightFacts } from '../fetch/preflight-request.js';
import type { CorsShadow } from '../logging/shadow.js';
import type { CorsLookups } from '../lookup/lookups.js';
import { RequestLookups } from '../lookup/request-lookups.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { RequestRouter } from '../routing/request-router.js';
import { type ActualDestination, type Destination, type RouteMatch, distinctDestinations } from '../routing/route.js';
import { type MaybePromise, whenAll, whenSettled } from '../support/maybe-promise.js';
import type { EvaluatedRequest } from './incoming-request.js';
import { PreflightLifetimes } from './preflight-lifetimes.js';
import { PreparedAnswers } from './prepared-answers.js';

/** What was decided about an actual request. */
export interface ActualEvaluation {
  readonly decision: ActualDecision;
  /** `undefined` when no route of Nest's was found. */
  readonly match: RouteMatch | undefined;
  /** Remembers the lookup calls for the request; `undefined` where the policy needs none. */
  readonly requestLookups: RequestLookups | undefined;
  /** As in {@link ActualDestination}: the decision is what both policies allow. */
  readonly alternative?: CompiledPolicy | undefined;
}

/** What was decided about a preflight. */
export interface PreflightEvaluation {
  readonly decision: PreflightDecision;
  /** `undefined` when no route of Nest's was found. */
  readonly match: RouteMatch | undefined;
  /** Undefined where it was decided before a policy was found. */
  readonly requestLookups?: RequestLookups | undefined;
}

/**
 * Evaluates requests: finds the destination, asks whether the origin is allowed, and returns one decision. Both the request hook
 * and the guard use it, so that they cannot differ.
 */
export class CorsEvaluator {
  /** How long browsers may cache preflights. */
  readonly lifetimes: PreflightLifetimes;
  /** The answers to preflights that were evaluated before; undefined where an answer may depend on more than their key. */
  readonly prepared: PreparedAnswers | undefined;

  constructor(
    readonly router: RequestRouter,
    private readonly lookups: CorsLookups,
    /** Undefined in explain mode: shadow policies are skipped and lookup calls are recorded. */
    private readonly shadow?: CorsShadow,
  ) {
    this.lifetimes = new PreflightLifetimes(router);
    // Explanations always evaluate. A tenant may depend on more than the routes of the URL.
    this.prepared = shadow === undefined || this.lifetimes.derivesTenants ? undefined : new PreparedAnswers(router);
  }

  /** Evaluates requests that no client sent, and records which lookup calls they would make. */
  forExplanations(): CorsEvaluator {
    return new CorsEvaluator(this.router, this.lookups);
  }

  /** Starts to remember the lookup calls of one request, for all decisions about it. */
  startLookups(): RequestLookups {
    return new RequestLookups(this.lookups.report, this.shadow === undefined);
  }

  /**
   * Evaluates an actual request under the policy of its destination.
   * @returns `undefined` where that place does CORS by itself (`external`)
   */
  actual(request: EvaluatedRequest): MaybePromise<ActualEvaluation> | undefined {
    const destination = this.router.actual(request.method, request.url, request.adapterRequest);
    return destination.policy.external ? undefined : this.actualAt(request, destination);
  }

  /**
   * Evaluates an actual request that goes to a known destination.
   * @param earlier the lookup calls of an earlier evaluation of the same request
   */
  actualAt(
    request: EvaluatedRequest,
    { policy, match, alternative }: ActualDestination,
    earlier?: RequestLookups,
  ): MaybePromise<ActualEvaluation> {
    const requestLookups = earlier ?? (policy.mayAsk ? this.startLookups() : undefined);
    const decision = this.actualUnder(policy, request, match, requestLookups);
    if (alternative === undefined) {
      return decision instanceof Promise
        ? decision.then((given) => ({ decision: given, match, requestLookups }))
        : { decision, match, requestLookups };
    }
    const otherLookups = requestLookups ?? (alternative.mayAsk ? this.startLookups() : undefined);
    const other = this.actualUnder(alternative, request, undefined, otherLookups);
    return whenAll([decision, other], ([first, second]) => ({
      decision: combineActual(first as ActualDecision, second as ActualDecision),
      match,
      requestLookups,
      alternative,
    }));
  }

  /** The decision under the policy of a route that the request does not reach. */
  actualElsewhere(
    request: EvaluatedRequest,
    match: RouteMatch,
    requestLookups: RequestLookups,
  ): MaybePromise<ActualDecision> {
    const ask = this.askThrough(requestLookups, request, match);
    return evaluateActual(match.route.policy, request.method, request.origin, ask);
  }

  /**
   * Evaluates a preflight under the policies of all destinations of its actual request.
   * @returns `undefined` where that place does CORS by itself (`external`)
   */
  preflight(
    facts: PreflightFacts,
    url: string,
    adapterRequest: unknown,
  ): MaybePromise<PreflightEvaluation> | undefined {
    const malformation = findMalformation(facts);
    if (malformation !== undefined) {
      return { decision: { kind: 'refused', policy: undefined, reason: malformation }, match: undefined };
    }
    const request: EvaluatedRequest = { method: facts.requestMethod, url, origin: facts.origin, adapterRequest };
    const destinations = this.router.preflight(request.method, url, adapterRequest);
    const { candidates, alternative } = destinations;
    const [first] = candidates;
    if (first === undefined) {
      const reason = methodRefusal(request.method, 'method-not-routed');
      const refused = { decision: { kind: 'refused', policy: undefined, reason }, match: undefined } as const;
      this.prepared?.remember(facts, destinations.key, refused);
      return refused;
    }
    if (first.policy.external) {
      return undefined;
    }
    const isSole = candidates.length === 1 && alternative === undefined;
    const requestLookups = isSole && !first.policy.mayAsk ? undefined : this.startLookups();
    const routed =
      candidates.length > 1
        ? whenAll(
            distinctDestinations(candidates).map((candidate) =>
              this.preflightAt(facts, request, candidate, requestLookups),
            ),
            combined,
          )
        : this.preflightAt(facts, request, first, requestLookups);
    const evaluation =
      alternative === undefined
        ? routed
        : whenAll(
            [routed, this.preflightAt(facts, request, { policy: alternative, match: undefined }, requestLookups)],
            agreed,
          );
    return whenSettled(evaluation, (given) => {
      const decision = this.lifetimes.limited(given.decision, request, given.match, destinations);
      const evaluated = decision === given.decision ? given : { ...given, decision };
      if (isSole) {
        this.prepared?.remember(facts, destinations.key, evaluated);
      }
      return evaluated;
    });
  }

  /** Evaluates a well-formed preflight whose actual request has a known destination. */
  preflightAt(
    facts: PreflightFacts,
    request: EvaluatedRequest,
    { policy, match }: Destination,
    requestLookups: RequestLookups | undefined,
  ): MaybePromise<PreflightEvaluation> {
    const ask = requestLookups === undefined ? notAsked : this.askThrough(requestLookups, request, match);
    const decision = evaluatePreflight(policy, facts, ask);
    const evaluated = (given: PreflightDecision): PreflightEvaluation => {
      if (policy.shadow !== undefined) {
        const { method, url } = request;
        this.shadow?.preflight({ decision: given, method, route: match?.route.path, url, ask }, facts);
      }
      return { decision: given, match, requestLookups };
    };
    return whenSettled(decision, evaluated);
  }

  private actualUnder(
    policy: CompiledPolicy,
    request: EvaluatedRequest,
    match: RouteMatch | undefined,
    requestLookups: RequestLookups | undefined,
  ): MaybePromise<ActualDecision> {
    const ask = requestLookups === undefined ? notAsked : this.askThrough(requestLookups, request, match);
    const { method, url, origin } = request;
    const decision = evaluateActual(policy, method, origin, ask);
    if (policy.shadow === undefined) {
      return decision;
    }
    return whenSettled(decision, (given) => {
      this.shadow?.actual({ decision: given, method, route: match?.route.path, url, ask }, origin);
      return given;
    });
  }

  private askThrough(
    requestLookups: RequestLookups,
    request: EvaluatedRequest,
    match: RouteMatch | undefined,
  ): AskApplication {
    return (field, policy, origin) =>
      requestLookups.lookUp(field, policy, origin, () => this.router.tenantRequest({ ...request, origin }, match));
  }
}

/** For policies without a lookup or an origin function. */
const notAsked: AskApplication = () => 'not-asked';

/** The answer to a preflight whose actual request may reach several routes, and the first route that it comes from. */
function combined(all: readonly PreflightEvaluation[]): PreflightEvaluation {
  const decision = combinePreflights(all.map((each) => each.decision));
  const decisive = all.find((each) => each.decision.policy === decision.policy);
  return { decision, match: decisive?.match, requestLookups: all[0]?.requestLookups };
}

/** The answer to a preflight that both a route and the policy in front of it have to grant. */
function agreed([routed, unrouted]: readonly PreflightEvaluation[]): PreflightEvaluation {
  const { decision, match, requestLookups } = routed as PreflightEvaluation;
  return { match, requestLookups, decision: combineAlternatives(decision, (unrouted as PreflightEvaluation).decision) };
}
