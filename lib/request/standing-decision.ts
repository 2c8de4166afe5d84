import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { type CorsEvaluator, type EvaluatedActual, type EvaluatedRequest, tenantOf } from './evaluator.js';
import type { ForeignHeader } from '../logging/foreign-header-log.js';
import type { ProblemLog } from '../logging/problem-log.js';
import type { TenantRequest } from '../options/index.js';
import { describeError } from '../support/log-line.js';
import { printable } from '../support/secrets/printable.js';
import { refusal } from '../decision/actual-response.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { ActualDestination, Route, RouteMatch } from '../routing/route.js';
import { applyDecision, varyByOrigin } from './cors-headers.js';
import { type HeaderCompletion, completeOnWrite, completionOf } from './header-interception.js';
import {
  type ConditionalHeaders,
  hasClientCertificate,
  hasCredentialHeaders,
  ignoreStoredResponse,
  isOwnOrigin,
  isRetrieval,
  restoreConditions,
} from './incoming-request.js';
import { baseOf, isSameTarget, targetOf } from './mounted-target.js';
import { PlainHeaders, type ResponseHeaders } from './response-headers.js';

/** An actual request, with the objects of Node.js behind the adapter's. */
export interface ActualRequest extends EvaluatedRequest {
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
}

/** Is told what happens to decisions after they were made. */
export interface DecisionReporter {
  /** Where problems of decisions are logged. */
  readonly problems: ProblemLog;
  /** A decision about an actual request that was sent. */
  actual(evaluated: EvaluatedActual, withheld: boolean, request: EvaluatedRequest): void;
  /** CORS headers that something else wrote, and that the policy replaced. */
  foreign(headers: readonly ForeignHeader[], evaluated: EvaluatedActual, request: EvaluatedRequest): void;
}

/**
 * The decision that stands for a response until its headers are written: the hook's, until the guard or the end of the
 * request knows better. It belongs to the request that was evaluated: where the application has changed method, URL, host or
 * route meanwhile, the request is evaluated anew.
 */
export class StandingDecision implements HeaderCompletion {
  private evaluated: EvaluatedActual;
  /** Whether the response is kept from a page of another origin: refused, and not to the application's own. */
  private isWithheld: boolean;
  /** Whether some decision about the response was a matter of the origin, also one that no longer stands. */
  private varies = false;
  private readonly base: string | undefined;
  /** Policy of the first decision, which was made for the request as the client sent it. */
  private readonly firstPolicy: CompiledPolicy;
  /** The route that the request goes to by its URL, as far as the hook could tell. */
  private readonly takenBy: Route | undefined;
  private readonly hasCredentialHeaders: boolean;
  private isForbidden = false;
  /** What was taken off the request because its response is withheld. */
  private conditions: ConditionalHeaders | undefined;
  /** What the policy derived the tenant from; undefined where it derives none. */
  private tenantFacts: TenantRequest | undefined;
  private host: string | undefined;
  private method: string;
  /** Request target that the decision was made for. */
  private url: string;

  private constructor(
    private readonly evaluator: CorsEvaluator,
    private readonly request: ActualRequest,
    evaluated: EvaluatedActual,
    private readonly reporter: DecisionReporter,
    /** Whether the application may pass the request on, so that there may be nothing to report. */
    private isTentative: boolean,
  ) {
    this.evaluated = evaluated;
    this.method = request.method;
    this.url = request.url;
    this.base = baseOf(request.raw);
    this.firstPolicy = evaluated.decision.policy;
    this.takenBy = evaluated.match?.route;
    this.hasCredentialHeaders = hasCredentialHeaders(request.raw);
    this.host = this.hostIfRead();
    this.tenantFacts = this.factsNow(evaluated.match);
    this.isWithheld = isWithheld(evaluated, request);
  }

  /**
   * Has the response completed by the decision, in the place of one that was made for it before.
   * @param isTentative whether the application may pass the request on to one around it
   */
  static place(
    evaluator: CorsEvaluator,
    request: ActualRequest,
    evaluated: EvaluatedActual,
    reporter: DecisionReporter,
    isTentative = false,
  ): StandingDecision {
    const standing = new StandingDecision(evaluator, request, evaluated, reporter, isTentative);
    standing.report();
    if (!completeOnWrite(request.response, standing)) {
      standing.complete(new PlainHeaders(request.response));
    }
    return standing;
  }

  /** The decision that this application has made for the response; a nested application makes its own. */
  static of(response: ServerResponse, evaluator: CorsEvaluator): StandingDecision | undefined {
    const completion = completionOf(response);
    return completion instanceof StandingDecision && completion.evaluator === evaluator ? completion : undefined;
  }

  get current(): EvaluatedActual {
    return this.evaluated;
  }

  get withheld(): boolean {
    return this.isWithheld;
  }

  /** Origin and method that the decision was made for: changing the request's header changes neither. */
  get origin(): string | undefined {
    return this.request.origin;
  }

  get decidedMethod(): string {
    return this.method;
  }

  /** Puts a decision in the place of the one that stands: the guard's, for the handler that was dispatched to. */
  replace({ method, url }: Pick<EvaluatedRequest, 'method' | 'url'>, evaluated: EvaluatedActual): void {
    this.evaluated = evaluated;
    this.method = method;
    this.url = url;
    this.host = this.hostIfRead();
    this.tenantFacts = this.factsNow(evaluated.match);
    this.isWithheld = isWithheld(evaluated, this.request);
    this.report();
  }

  /** Takes back what the decision has changed of the request, which the application has passed on. */
  withdraw(): void {
    if (this.conditions !== undefined) {
      restoreConditions(this.request.raw, this.conditions);
    }
  }

  /** Request target at this moment. */
  get currentUrl(): string {
    return targetOf(this.request.raw, this.base, this.request.url);
  }

  /** Whether the policy derives another tenant from the request than when the decision was made. */
  get hasOtherTenant(): boolean {
    if (this.tenantFacts === undefined) {
      return false;
    }
    const dispatched = this.evaluator.router.dispatchedTo(this.request.source);
    return this.derivesOtherTenant(typeof dispatched === 'object' ? dispatched : this.evaluated.match);
  }

  /** Has the response end as a 403 that no cache may store: the own origin is told from others by `Sec-Fetch-Site` too. */
  forbid(): void {
    this.isForbidden = true;
  }

  /** Whether the request came with credentials: what the application takes off it later changes nothing. */
  get isCredentialed(): boolean {
    return this.hasCredentialHeaders || hasClientCertificate(this.raw);
  }

  /** The request of Node.js, whatever the application has made of the adapter's. */
  get raw(): IncomingMessage {
    return this.request.raw;
  }

  complete(headers: ResponseHeaders): void {
    const { raw, response } = this.request;
    try {
      this.confirm();
      if (this.isTentative) {
        this.isTentative = false;
        this.reporter.actual(this.evaluated, this.isWithheld, this.request);
      }
      const foreign = applyDecision(headers, this.evaluated.decision, {
        withheld: this.isWithheld,
        isRetrieval: isRetrieval(raw),
        sendDate: response.sendDate,
        varies: this.varies,
      });
      if (this.isForbidden) {
        varyByOrigin(headers);
        headers.set('Cache-Control', 'no-store');
      }
      if (foreign.length > 0) {
        this.reporter.foreign(foreign, this.evaluated, this.request);
      }
    } catch (error) {
      this.reporter.problems.error(
        'completion',
        'The CORS headers of a response could not be completed, so nothing was granted. ' +
          `This is a defect of nestjs-cors, please report it. ${printable(describeError(error), 1000)}`,
      );
      const { policy } = this.evaluated.decision;
      applyDecision(headers, refusal(policy, 'internal-error'), {
        withheld: true,
        isRetrieval: true,
        sendDate: false,
        varies: true,
      });
    }
  }

  /** Evaluates the request anew where it is not the one that the decision was made for. */
  private confirm(): void {
    const changed = this.changedDestination();
    if (changed === undefined) {
      return;
    }
    const { method, destination, url } = changed;
    const request = { ...this.request, method, url };
    const { inquiry, decision } = this.evaluated;
    const evaluated = this.evaluator.actual(request, destination, inquiry);
    // The headers are written now: there is no time to wait for a lookup.
    this.replace(
      request,
      evaluated instanceof Promise
        ? { decision: refusal(destination.policy, 'request-changed'), match: destination.match, inquiry }
        : evaluated,
    );
    if (evaluated instanceof Promise && !decision.refused) {
      this.reporter.problems.warn(
        `request-changed ${destination.policy.label}`,
        'The application changed method, URL or host of a request after its CORS policy was found, and the lookup of ' +
          `${destination.policy.label} could not be waited for, so nothing was granted.`,
      );
    }
  }

  private changedDestination():
    { readonly method: string; readonly url: string; readonly destination: ActualDestination } | undefined {
    const { raw, source } = this.request;
    const { router } = this.evaluator;
    const { decision, match, alternative } = this.evaluated;
    const { method = 'GET' } = raw;
    const url = this.currentUrl;
    const under = (policy: CompiledPolicy, of?: RouteMatch) => ({
      method,
      url,
      destination: { policy, match: of, alternative: undefined },
    });
    const dispatched = router.dispatchedTo(source);
    if (typeof dispatched === 'object') {
      const { policy } = dispatched.route;
      const isSame =
        policy === decision.policy &&
        method === this.method &&
        alternative === undefined &&
        !this.derivesOtherTenant(dispatched);
      return isSame ? undefined : under(policy, dispatched);
    }
    if (dispatched === 'elsewhere') {
      const policy = router.fallback(url);
      const isAsked = method === this.method && isSameTarget(this.url, url);
      const inFront = isAsked ? this.routeInFront(policy) : undefined;
      if (inFront !== undefined) {
        return { method, url, destination: { policy, match: undefined, alternative: inFront } };
      }
      const isSame =
        policy === decision.policy &&
        method === this.method &&
        alternative === undefined &&
        !this.derivesOtherTenant(undefined);
      return isSame ? undefined : under(policy);
    }
    if (method !== this.method || !isSameTarget(this.url, url) || this.host !== this.hostIfRead()) {
      const destination = router.actual(method, url, source);
      // What answers may have shortened the URL for itself, or have been sent the request under another one.
      const isShared = destination.alternative === undefined && destination.policy !== this.firstPolicy;
      return { method, url, destination: isShared ? { ...destination, alternative: this.firstPolicy } : destination };
    }
    // What the entry of the path names has answered in front of the catch-all route.
    if (dispatched === 'nowhere' && match !== undefined && alternative !== undefined) {
      return under(alternative);
    }
    if (!this.derivesOtherTenant(match)) {
      return undefined;
    }
    return alternative === undefined
      ? under(decision.policy, match)
      : { method, url, destination: router.actual(method, url, source) };
  }

  /**
   * Policy of the route that takes the request unless something in front of it answers, such as a middleware of its controller
   * that hands the request to another application of Express. A route that catches everything says nothing of the path.
   */
  private routeInFront(policy: CompiledPolicy): CompiledPolicy | undefined {
    const taken = this.takenBy;
    return taken === undefined || taken.path.includes('*') || taken.policy === policy ? undefined : taken.policy;
  }

  /** Tenant functions are called anew only where what they are told has changed. */
  private derivesOtherTenant(match: RouteMatch | undefined): boolean {
    if (this.tenantFacts === undefined) {
      return false;
    }
    const facts = this.factsNow(match) as TenantRequest;
    return (
      !isDeepStrictEqual(facts, this.tenantFacts) &&
      this.policies.some((policy) => tenantOf(policy, this.tenantFacts as TenantRequest) !== tenantOf(policy, facts))
    );
  }

  private factsNow(match: RouteMatch | undefined): TenantRequest | undefined {
    const { decision, alternative } = this.evaluated;
    if (alternative === undefined && decision.policy.tenant === undefined) {
      return undefined;
    }
    const url = isSameTarget(this.url, this.currentUrl) ? this.url : this.currentUrl;
    return this.policies.some(({ tenant }) => tenant !== undefined)
      ? this.evaluator.tenantRequest({ ...this.request, method: this.method, url }, match)
      : undefined;
  }

  /** Every policy that had a say in the decision. */
  private get policies(): readonly CompiledPolicy[] {
    const { decision, alternative, match } = this.evaluated;
    return alternative === undefined
      ? [decision.policy]
      : [decision.policy, alternative, ...(match === undefined ? [] : [match.route.policy])];
  }

  private hostIfRead(): string | undefined {
    const { router } = this.evaluator;
    return router.readsHost ? router.hostOf(this.request.source) : undefined;
  }

  private report(): void {
    this.varies ||= this.evaluated.decision.policy.dependsOnOrigin;
    if (this.isWithheld) {
      this.conditions = ignoreStoredResponse(this.request.raw) ?? this.conditions;
    }
    if (!this.isTentative) {
      this.reporter.actual(this.evaluated, this.isWithheld, this.request);
    }
  }
}

/** Whether the response is kept from the page that asked for it. Pages of the own origin need no grant. */
function isWithheld({ decision }: EvaluatedActual, { origin, raw, source }: ActualRequest): boolean {
  return decision.refused && origin !== undefined && !isOwnOrigin(origin, raw, source);
}
