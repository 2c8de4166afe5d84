import { Inject, Injectable } from '@nestjs/common';
import { CorsPolicyRegistry } from './cors.policy-registry.js';
import { LookupFailureLog } from './diagnostics/lookup-failure-log.js';
import type { TenantRequest } from './interfaces/index.js';
import { OriginInquiry } from './lookup/origin-inquiry.js';
import type { CompiledPolicy } from './policy/compiled-policy.js';
import type { ActualDecision } from './protocol/actual-response.js';
import { type MaybePromise, evaluateActual, evaluatePreflight } from './protocol/evaluation.js';
import type { AskApplication } from './protocol/origin-verdict.js';
import { type PreflightDecision, findMalformation } from './protocol/preflight-response.js';
import type { PreflightFacts } from './protocol/request-facts.js';
import { pathOf } from './routing/path-policies.js';
import type { RequestRouter } from './routing/request-router.js';
import type { RouteMatch } from './routing/route.js';

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
  private readonly failures = new LookupFailureLog();
  private activeRouter: RequestRouter | undefined;

  constructor(@Inject(CorsPolicyRegistry) private readonly registry: CorsPolicyRegistry) {}

  /** Where requests go; known when the application has bootstrapped. */
  get router(): RequestRouter {
    if (this.activeRouter === undefined) {
      throw new Error('CORS decisions are made when the application has bootstrapped, not before');
    }
    return this.activeRouter;
  }

  activate(router: RequestRouter): void {
    this.activeRouter = router;
  }

  /** What one request asks of lookups: one for all the decisions about it. */
  startInquiry(): OriginInquiry {
    return new OriginInquiry(this.registry.catalog.lookupTimeout, this.failures.report);
  }

  /** Judges an actual request under the policy of the route that it reaches. */
  actual(
    request: EvaluatedRequest,
    policy: CompiledPolicy,
    match: RouteMatch | undefined,
    inquiry: OriginInquiry,
  ): MaybePromise<ActualDecision> {
    return evaluateActual(
      policy,
      request.method,
      request.origin,
      this.asker(request, inquiry, () => match),
    );
  }

  /** Judges a preflight under the policies of all the routes that its actual request may reach. */
  preflight(facts: PreflightFacts, url: string, source: unknown): MaybePromise<JudgedPreflight> {
    const malformation = findMalformation(facts);
    if (malformation !== undefined) {
      return { decision: { kind: 'refused', policy: undefined, reason: malformation }, match: undefined };
    }
    const request: EvaluatedRequest = { method: facts.requestMethod, url, origin: facts.origin, source };
    const matches = this.router.candidates(request.method, url, source);
    if (matches.length === 0 && this.router.hasPath(url, source)) {
      return { decision: { kind: 'refused', policy: undefined, reason: 'method-not-routed' }, match: undefined };
    }
    const [first, ...others] = new Set(matches.map(({ route }) => route.policy));
    const matchOf = (policy: CompiledPolicy) => matches.find(({ route }) => route.policy === policy);
    const policies = [first ?? this.router.fallback(url), ...others] as const;
    const decision = evaluatePreflight(policies, facts, this.asker(request, this.startInquiry(), matchOf));
    const judged = (given: PreflightDecision): JudgedPreflight => ({
      decision: given,
      match: given.policy && matchOf(given.policy),
    });
    return decision instanceof Promise ? decision.then(judged) : judged(decision);
  }

  private asker(
    request: EvaluatedRequest,
    inquiry: OriginInquiry,
    matchOf: (policy: CompiledPolicy) => RouteMatch | undefined,
  ): AskApplication {
    return (source, policy, origin) =>
      inquiry.ask(source, policy, origin, (): TenantRequest => ({
        method: request.method,
        path: pathOf(request.url),
        params: matchOf(policy)?.params ?? {},
        host: this.router.hostOf(request.source),
        origin,
      }));
  }
}
