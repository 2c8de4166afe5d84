import { Inject, Injectable, Optional } from '@nestjs/common';
import { CorsLookups } from './cors.lookups.js';
import { CorsShadow } from './cors.shadow.js';
import type { TenantRequest } from './interfaces/index.js';
import type { OriginInquiry } from './lookup/origin-inquiry.js';
import type { CompiledPolicy } from './policy/compiled-policy.js';
import type { ActualDecision } from './protocol/actual-response.js';
import { type MaybePromise, evaluateActual, evaluatePreflight, whenAll } from './protocol/evaluation.js';
import type { AskApplication } from './protocol/origin-verdict.js';
import {
  type PreflightDecision,
  combinePreflights,
  findMalformation,
  withoutMaxAge,
} from './protocol/preflight-response.js';
import type { PreflightFacts } from './protocol/request-facts.js';
import { pathOf } from './routing/path-policies.js';
import { PreflightTargets } from './routing/preflight-targets.js';
import type { RequestRouter } from './routing/request-router.js';
import { type RouteMatch, differInPolicy } from './routing/route.js';

/** A request as the evaluator needs it: where it goes, and the adapter's own object for what the framework knows. */
export interface EvaluatedRequest {
  /** Method of the actual request. */
  readonly method: string;
  /** Request target of the raw request. */
  readonly url: string;
  readonly origin: string | undefined;
  /** The adapter's request object. */
  readonly source: unknown;
}

/** A preflight's answer, and the route that it was found for. */
export interface JudgedPreflight {
  readonly decision: PreflightDecision;
  /** `undefined` when no route of Nest's was found. */
  readonly match: RouteMatch | undefined;
}

/**
 * Puts routing, policies, lookups and the protocol together into decisions. The request hook and the guard both decide
 * here, so that they cannot differ.
 */
@Injectable()
export class CorsEvaluator {
  private activeRouter: RequestRouter | undefined;
  /** For requests that were sent. */
  private targets: PreflightTargets | undefined;

  constructor(
    @Inject(CorsLookups) private readonly lookups: CorsLookups,
    /** Absent: requests that nobody sent, whose shadows nobody counts, and whose questions somebody wants to see. */
    @Optional() @Inject(CorsShadow) private readonly shadow?: CorsShadow,
  ) {}

  /** Where requests go; known when the application has bootstrapped. */
  get router(): RequestRouter {
    if (this.activeRouter === undefined) {
      throw new Error('CORS decisions are made when the application has bootstrapped, not before');
    }
    return this.activeRouter;
  }

  activate(router: RequestRouter): void {
    this.activeRouter = router;
    this.targets = this.shadow && new PreflightTargets(router);
  }

  /** What one request asks of lookups: one for all the decisions about it. */
  startInquiry(): OriginInquiry {
    return this.lookups.startInquiry(this.shadow === undefined);
  }

  /** The same where the policy asks somebody; most ask nobody, and then there is nothing to remember. */
  inquiryFor(policy: CompiledPolicy): OriginInquiry | undefined {
    return asksSomebody(policy) ? this.startInquiry() : undefined;
  }

  /** The same decisions for requests that nobody sent: without the shadows of policies, and with a transcript that says who answered. */
  forExplanations(): CorsEvaluator {
    const evaluator = new CorsEvaluator(this.lookups);
    evaluator.activate(this.router);
    return evaluator;
  }

  /** Judges an actual request under the policy of the route that it reaches. */
  actual(
    request: EvaluatedRequest,
    policy: CompiledPolicy,
    match: RouteMatch | undefined,
    inquiry: OriginInquiry | undefined,
  ): MaybePromise<ActualDecision> {
    const ask = this.asker(policy, request, inquiry, match);
    const decision = evaluateActual(policy, request.method, request.origin, ask);
    return policy.shadow === undefined ? decision : this.withShadow(decision, request, match, ask);
  }

  /** What the decision would be under the policy of a route that the request does not reach. */
  judge(
    request: EvaluatedRequest,
    policy: CompiledPolicy,
    match: RouteMatch,
    inquiry: OriginInquiry,
  ): MaybePromise<ActualDecision> {
    return evaluateActual(policy, request.method, request.origin, this.asker(policy, request, inquiry, match));
  }

  /** Judges a preflight under the policies of all the routes that its actual request may reach. */
  preflight(facts: PreflightFacts, url: string, source: unknown): MaybePromise<JudgedPreflight> {
    const malformation = findMalformation(facts);
    if (malformation !== undefined) {
      return { decision: { kind: 'refused', policy: undefined, reason: malformation }, match: undefined };
    }
    const request: EvaluatedRequest = { method: facts.requestMethod, url, origin: facts.origin, source };
    const targets = this.targets ?? this.router;
    const matches = targets.candidates(request.method, url, source);
    const others = matches.length === 0 ? targets.routesAt(url, source) : undefined;
    if (others !== undefined && others.length > 0 && !this.router.isLeftToEntry(url, others)) {
      return { decision: { kind: 'refused', policy: undefined, reason: 'method-not-routed' }, match: undefined };
    }
    const inquiry = this.startInquiry();
    const keep = (judged: JudgedPreflight): JudgedPreflight => {
      // The other methods of the URL are asked about only where it can matter.
      const isKept =
        judged.decision.kind === 'refused' ||
        !this.router.policiesDiffer ||
        !differInPolicy(others ?? targets.routesAt(url, source));
      return isKept ? judged : { ...judged, decision: withoutMaxAge(judged.decision) };
    };
    const judged =
      matches.length > 1
        ? whenAll(
            distinct(matches).map((match) => this.judgePreflight(facts, request, match, inquiry)),
            combined,
          )
        : this.judgePreflight(facts, request, matches[0], inquiry);
    return judged instanceof Promise ? judged.then(keep) : keep(judged);
  }

  private judgePreflight(
    facts: PreflightFacts,
    request: EvaluatedRequest,
    match: RouteMatch | undefined,
    inquiry: OriginInquiry,
  ): MaybePromise<JudgedPreflight> {
    const policy = match?.route.policy ?? this.router.fallback(request.url);
    const ask = this.asker(policy, request, inquiry, match);
    const decision = evaluatePreflight(policy, facts, ask);
    const conclude = (given: PreflightDecision): JudgedPreflight => {
      this.shadow?.preflight({ decision: given, method: request.method, route: match?.route.path, ask }, facts);
      return { decision: given, match };
    };
    return decision instanceof Promise ? decision.then(conclude) : conclude(decision);
  }

  private withShadow(
    live: MaybePromise<ActualDecision>,
    { method, origin }: EvaluatedRequest,
    match: RouteMatch | undefined,
    ask: AskApplication,
  ): MaybePromise<ActualDecision> {
    const conclude = (decision: ActualDecision): ActualDecision => {
      this.shadow?.actual({ decision, method, route: match?.route.path, ask }, origin);
      return decision;
    };
    return live instanceof Promise ? live.then(conclude) : conclude(live);
  }

  private asker(
    policy: CompiledPolicy,
    request: EvaluatedRequest,
    inquiry: OriginInquiry | undefined,
    match: RouteMatch | undefined,
  ): AskApplication {
    return asksSomebody(policy) ? this.askerAbout(request, inquiry ?? this.startInquiry(), match) : askNobody;
  }

  private askerAbout(request: EvaluatedRequest, inquiry: OriginInquiry, match: RouteMatch | undefined): AskApplication {
    return (source, policy, origin) =>
      inquiry.ask(source, policy, origin, (): TenantRequest => ({
        method: request.method,
        path: pathOf(request.url),
        // A copy: what routers found may be kept.
        params: { ...match?.params },
        host: this.router.hostOf(request.source),
        origin,
      }));
  }
}

function asksSomebody({ lookup, origin, shadow }: CompiledPolicy): boolean {
  return lookup !== undefined || origin.kind === 'predicate' || shadow !== undefined;
}

/** For policies that have nobody to ask. */
const askNobody: AskApplication = () => 'not-asked';

/** The answer to a preflight whose actual request may reach several routes, and the first of them that it is from. */
function combined(all: readonly JudgedPreflight[]): JudgedPreflight {
  const decision = combinePreflights(all.map((each) => each.decision));
  return { decision, match: all.find((each) => each.decision.policy === decision.policy)?.match };
}

/**
 * The matches that can be judged differently: one per policy, and one per route where the policy derives a tenant from the
 * route's parameters.
 */
function distinct(matches: readonly RouteMatch[]): readonly RouteMatch[] {
  const seen = new Set<unknown>();
  return matches.filter(({ route }) => {
    const key = route.policy.tenant === undefined ? route.policy : route;
    return !seen.has(key) && seen.add(key);
  });
}
