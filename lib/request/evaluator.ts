import { Inject, Injectable, Optional } from '@nestjs/common';
import { CorsLookups } from '../lookup/lookups.js';
import { CorsShadow } from '../logging/shadow.js';
import type { TenantRequest } from '../options/index.js';
import type { OriginInquiry } from '../lookup/origin-inquiry.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { type ActualDecision, combineActual } from '../decision/actual-response.js';
import { type MaybePromise, evaluateActual, evaluatePreflight, whenAll } from '../decision/evaluation.js';
import type { AskApplication } from '../decision/origin-verdict.js';
import { isKnownMethod } from '../fetch/known-methods.js';
import { type CachedMethod, type PreflightLifetime, preflightLifetime } from '../decision/preflight-cache.js';
import {
  type PreflightDecision,
  combineAlternatives,
  combinePreflights,
  findMalformation,
  methodRefusal,
} from '../decision/preflight-response.js';
import type { PreflightFacts } from '../fetch/request-facts.js';
import { pathOf } from '../routing/path-policies.js';
import type { RequestRouter } from '../routing/request-router.js';
import type { ActualDestination, Destination, PreflightDestinations, RouteMatch } from '../routing/route.js';

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

/** What was decided about an actual request. */
export interface EvaluatedActual {
  readonly decision: ActualDecision;
  /** `undefined` when no route of Nest's was found. */
  readonly match: RouteMatch | undefined;
  /** Remembers what was asked of lookups already; `undefined` where nobody was to be asked. */
  readonly inquiry: OriginInquiry | undefined;
  /** As in {@link ActualDestination}: the decision is what both policies allow. */
  readonly alternative?: CompiledPolicy | undefined;
}

/** What was decided about a preflight. */
export interface EvaluatedPreflight {
  /** `'external'`: the path is left to the application. */
  readonly decision: PreflightDecision | 'external';
  /** `undefined` when no route of Nest's was found. */
  readonly match: RouteMatch | undefined;
  /** Undefined where it was decided before a policy was found. */
  readonly inquiry?: OriginInquiry | undefined;
}

/** Lifetimes that are remembered for each policy. */
const MAX_LIFETIMES = 1000;

const EXTERNAL: EvaluatedPreflight = { decision: 'external', match: undefined };

/**
 * Puts routing, policies, lookups and the protocol together into decisions. The request hook and the guard both decide
 * here, so that they cannot differ.
 */
@Injectable()
export class CorsEvaluator {
  private activeRouter: RequestRouter | undefined;
  /** Whether two methods of one URL may be answered differently: by two policies, or by one that tells methods apart. */
  private methodsDiffer = true;
  /** By policy, method and destinations. Empty where a tenant decides, which is derived from more than these. */
  private readonly lifetimes = new WeakMap<CompiledPolicy, Map<string, PreflightLifetime>>();
  private derivesTenants = false;

  constructor(
    @Inject(CorsLookups) private readonly lookups: CorsLookups,
    /** Undefined in explain mode: shadow policies are skipped and lookup calls are recorded. */
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
    const [first, ...others] = new Set(router.policies);
    this.derivesTenants = router.policies.some(({ tenant }) => tenant !== undefined);
    this.methodsDiffer = others.length > 0 || first?.methods !== undefined || first?.tenant !== undefined;
  }

  /** What one request asks of lookups: one for all the decisions about it. */
  startInquiry(): OriginInquiry {
    return this.lookups.startInquiry(this.shadow === undefined);
  }

  /** The same decisions for requests that nobody sent, with a transcript that says who answered. */
  forExplanations(): CorsEvaluator {
    const evaluator = new CorsEvaluator(this.lookups);
    evaluator.activate(this.router);
    return evaluator;
  }

  /**
   * Evaluates an actual request under the policy of its destination.
   * @param destination where it goes
   * @param inquiry of an earlier evaluation of the same request
   */
  actual(
    request: EvaluatedRequest,
    destination: ActualDestination,
    inquiry?: OriginInquiry,
  ): MaybePromise<EvaluatedActual> {
    const { policy, match, alternative } = destination;
    const asked = inquiry ?? (asksSomebody(policy) ? this.startInquiry() : undefined);
    const decision = this.actualUnder(policy, request, match, asked);
    if (alternative === undefined) {
      return decision instanceof Promise
        ? decision.then((given) => ({ decision: given, match, inquiry: asked }))
        : { decision, match, inquiry: asked };
    }
    const other = this.actualUnder(alternative, request, undefined, asked);
    return whenAll([decision, other], ([first, second]) => ({
      decision: combineActual(first as ActualDecision, second as ActualDecision),
      match,
      inquiry: asked,
      alternative,
    }));
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

  /** Evaluates a preflight under the policies of all destinations that its actual request may reach. */
  preflight(facts: PreflightFacts, url: string, source: unknown): MaybePromise<EvaluatedPreflight> {
    const malformation = findMalformation(facts);
    if (malformation !== undefined) {
      return { decision: { kind: 'refused', policy: undefined, reason: malformation }, match: undefined };
    }
    const request: EvaluatedRequest = { method: facts.requestMethod, url, origin: facts.origin, source };
    const destinations = this.router.preflight(request.method, url, source);
    const { candidates, alternative } = destinations;
    const [first] = candidates;
    if (first === undefined) {
      const reason = methodRefusal(request.method, 'method-not-routed');
      return { decision: { kind: 'refused', policy: undefined, reason }, match: undefined };
    }
    if (first.policy.external) {
      return EXTERNAL;
    }
    const inquiry = this.startInquiry();
    const judged =
      candidates.length > 1
        ? whenAll(
            distinct(candidates).map((candidate) => this.preflightAt(facts, request, candidate, inquiry)),
            combined,
          )
        : this.preflightAt(facts, request, first, inquiry);
    if (alternative !== undefined) {
      const other = this.preflightAt(facts, request, { policy: alternative, match: undefined }, inquiry);
      return whenAll([judged, other], ([routed, unrouted]) =>
        this.cacheable(request, destinations, {
          match: routed?.match,
          inquiry,
          decision: combineAlternatives(routed?.decision as PreflightDecision, unrouted?.decision as PreflightDecision),
        }),
      );
    }
    return judged instanceof Promise
      ? judged.then((given) => this.cacheable(request, destinations, given))
      : this.cacheable(request, destinations, judged);
  }

  /** For how long browsers may cache the preflight of a request that goes to the destination. */
  lifetime(
    request: EvaluatedRequest,
    destination: Destination,
    destinations: Pick<PreflightDestinations, 'all' | 'alternative'>,
  ): PreflightLifetime {
    const cached = (method: string, { policy, match }: Destination): CachedMethod => ({
      method,
      policy,
      tenant: () => tenantOf(policy, this.tenantRequest({ ...request, method }, match)),
    });
    const all = destinations
      .all()
      .filter(({ method, match }) => method !== request.method || match?.route !== destination.match?.route)
      .map((each) => cached(each.method, each));
    if (destinations.alternative !== undefined) {
      all.push(cached(request.method, { policy: destinations.alternative, match: undefined }));
    }
    return preflightLifetime(cached(request.method, destination), all);
  }

  private knownLifetime(
    request: EvaluatedRequest,
    destination: Destination,
    destinations: PreflightDestinations,
  ): PreflightLifetime {
    if (destinations.key === undefined || this.derivesTenants) {
      return this.lifetime(request, destination, destinations);
    }
    const key = `${request.method} ${destinations.key}`;
    let known = this.lifetimes.get(destination.policy);
    if (known === undefined) {
      known = new Map();
      this.lifetimes.set(destination.policy, known);
    }
    let lifetime = known.get(key);
    if (lifetime === undefined) {
      lifetime = this.lifetime(request, destination, destinations);
      // Methods are what clients say, so only those of HTTP are remembered; combinations of routes may be many where patterns overlap.
      if (isKnownMethod(request.method)) {
        if (known.size >= MAX_LIFETIMES) {
          known.clear();
        }
        known.set(key, lifetime);
      }
    }
    return lifetime;
  }

  private cacheable(
    request: EvaluatedRequest,
    destinations: PreflightDestinations,
    evaluated: PreflightAtRoute,
  ): EvaluatedPreflight {
    const { decision, match, inquiry } = evaluated;
    // The other methods of the URL are asked about only where it can matter.
    if (decision.kind === 'refused' || !this.methodsDiffer) {
      return evaluated;
    }
    const { maxAge } = this.knownLifetime(request, { policy: decision.policy, match }, destinations);
    return maxAge === decision.maxAge ? evaluated : { match, inquiry, decision: { ...decision, maxAge } };
  }

  private preflightAt(
    facts: PreflightFacts,
    request: EvaluatedRequest,
    { policy, match }: Destination,
    inquiry: OriginInquiry,
  ): MaybePromise<PreflightAtRoute> {
    const ask = this.asker(policy, request, inquiry, match);
    const decision = evaluatePreflight(policy, facts, ask);
    const withShadow = (given: PreflightDecision) => {
      const { method, url } = request;
      this.shadow?.preflight({ decision: given, method, route: match?.route.path, url, ask }, facts);
      return { decision: given, match, inquiry };
    };
    return decision instanceof Promise ? decision.then(withShadow) : withShadow(decision);
  }

  private actualUnder(
    policy: CompiledPolicy,
    request: EvaluatedRequest,
    match: RouteMatch | undefined,
    inquiry: OriginInquiry | undefined,
  ): MaybePromise<ActualDecision> {
    const ask = this.asker(policy, request, inquiry, match);
    const decision = evaluateActual(policy, request.method, request.origin, ask);
    return policy.shadow === undefined ? decision : this.withShadow(decision, request, match, ask);
  }

  private withShadow(
    live: MaybePromise<ActualDecision>,
    { method, url, origin }: EvaluatedRequest,
    match: RouteMatch | undefined,
    ask: AskApplication,
  ): MaybePromise<ActualDecision> {
    const report = (decision: ActualDecision): ActualDecision => {
      this.shadow?.actual({ decision, method, route: match?.route.path, url, ask }, origin);
      return decision;
    };
    return live instanceof Promise ? live.then(report) : report(live);
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
      inquiry.ask(source, policy, origin, () => this.tenantRequest({ ...request, origin }, match));
  }

  /** What a `tenant` function is told of the request. */
  tenantRequest(request: EvaluatedRequest, match: RouteMatch | undefined): TenantRequest {
    return {
      method: request.method,
      path: pathOf(request.url),
      // A copy: what routers found may be cached.
      params: { ...match?.params },
      host: this.router.hostOf(request.source),
      origin: request.origin ?? '',
    };
  }
}

/** The tenant that the policy derives. An exception is equal to nothing, so that it differs from every other tenant. */
export function tenantOf({ tenant }: CompiledPolicy, request: TenantRequest): unknown {
  try {
    return tenant?.(request);
  } catch (error) {
    return { error };
  }
}

function asksSomebody({ lookup, origin, shadow }: CompiledPolicy): boolean {
  return lookup !== undefined || origin.kind === 'predicate' || shadow !== undefined;
}

/** For policies that have nobody to ask. */
const askNobody: AskApplication = () => 'not-asked';

interface PreflightAtRoute {
  readonly decision: PreflightDecision;
  readonly match: RouteMatch | undefined;
  readonly inquiry: OriginInquiry;
}

/** The answer to a preflight whose actual request may reach several routes, and the first of them that it is from. */
function combined(all: readonly PreflightAtRoute[]): PreflightAtRoute {
  const decision = combinePreflights(all.map((each) => each.decision));
  const decisive = all.find((each) => each.decision.policy === decision.policy);
  return { decision, match: decisive?.match, inquiry: (all[0] as PreflightAtRoute).inquiry };
}

/**
 * The destinations that can be judged differently: one per policy, and one per route where the policy derives a tenant from
 * the route's parameters.
 */
function distinct(destinations: readonly Destination[]): readonly Destination[] {
  const seen = new Set<unknown>();
  return destinations.filter(({ policy, match }) => {
    const key = policy.tenant === undefined ? policy : (match?.route ?? policy);
    return !seen.has(key) && seen.add(key);
  });
}
