import type { ServerResponse } from 'node:http';
import { refusal } from '../decision/actual-decision.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { Dispatched, Route } from '../routing/route.js';
import { describeError } from '../support/log-line.js';
import { printable } from '../support/secrets/printable.js';
import { ChangedRequest, type DecidedFacts, type DecidedRequest } from './changed-request.js';
import { applyDecision, varyByOrigin } from './actual-response.js';
import { type DecisionReporter, isWanted } from './decision-reporter.js';
import type { ActualEvaluation, CorsEvaluator } from './evaluator.js';
import { completeOnWrite, completionOf } from './header-interception.js';
import {
  type ConditionalHeaders,
  type IncomingRequest,
  hasClientCertificate,
  isFromOwnOrigin,
  removeConditions,
  restoreConditions,
} from './incoming-request.js';
import { type HeaderCompletion, PlainHeaders, type ResponseHeaders } from './response-headers.js';

/**
 * The decision about a response until its headers are written: the hook's, or the guard's that replaced it. It was made for the
 * request as it was evaluated. If the application has changed method, URL, host or route since, the request is evaluated again.
 */
export class AppliedDecision implements HeaderCompletion, DecidedRequest {
  evaluation: ActualEvaluation;
  method: string;
  url: string;
  facts: DecidedFacts | undefined;
  readonly firstPolicy: CompiledPolicy;
  readonly routed: Route | undefined;
  /** Whether the page that sent the request cannot read the response. */
  isBlocked: boolean;
  /** Whether the guard will read the decision later: a middleware may write the headers earlier, and change the request. */
  isKept: boolean;
  /** Whether any decision about this response depended on the origin, also one that was replaced. */
  private varies: boolean;
  private isForbidden: boolean;
  /** Headers that were removed from the request because its response is blocked. */
  private conditions: ConditionalHeaders | undefined;

  /**
   * Registers itself as the completion of the response, and replaces an earlier one.
   * @param isTentative whether the application may pass the request on to one around it, so that there may be nothing to report
   */
  constructor(
    private readonly evaluator: CorsEvaluator,
    readonly request: IncomingRequest,
    evaluation: ActualEvaluation,
    private readonly reporter: DecisionReporter,
    private isTentative = false,
  ) {
    const { policy } = evaluation.decision;
    this.firstPolicy = policy;
    this.routed = evaluation.match?.route;
    this.varies = policy.dependsOnOrigin;
    this.isBlocked = false;
    this.isKept = false;
    this.isForbidden = false;
    this.evaluation = evaluation;
    this.method = request.method;
    this.url = request.url;
    this.facts = undefined;
    this.replace(request, evaluation);
    if (!completeOnWrite(request.response, this)) {
      this.complete(new PlainHeaders(request.response));
    }
  }

  /** The decision that this application has made for the response; a nested application makes its own. */
  static of(response: ServerResponse, evaluator: CorsEvaluator): AppliedDecision | undefined {
    const completion = completionOf(response);
    return completion instanceof AppliedDecision && completion.evaluator === evaluator ? completion : undefined;
  }

  /** Whether the request came with credentials, also where the application has removed them since. */
  get isCredentialed(): boolean {
    return this.request.hasCredentials || hasClientCertificate(this.request.raw);
  }

  /** Whether the guard cannot refuse the request, whatever it has become. This holds for most requests. */
  get passesGuard(): boolean {
    const { refused, policy } = this.evaluation.decision;
    return this.request.origin === undefined || (!refused && (policy.credentials || !this.isCredentialed));
  }

  /** Replaces this decision by the guard's, which is made for the dispatched handler. */
  replace({ method, url }: Pick<IncomingRequest, 'method' | 'url'>, evaluation: ActualEvaluation): void {
    const { decision, alternative } = evaluation;
    this.evaluation = evaluation;
    this.method = method;
    this.url = url;
    const { router } = this.evaluator;
    // Only these depend on a host or on a tenant.
    const mayHaveFacts = alternative !== undefined || decision.policy.tenant !== undefined || router.readsHost;
    this.facts = mayHaveFacts ? new ChangedRequest(router, this).facts : undefined;
    this.varies ||= decision.policy.dependsOnOrigin;
    // Pages of the own origin need no grant.
    this.isBlocked = decision.refused && this.request.origin !== undefined && !isFromOwnOrigin(this.request);
    if (this.isBlocked) {
      this.conditions = removeConditions(this.request.raw) ?? this.conditions;
    }
    if (!this.isTentative) {
      this.report();
    }
  }

  /** Restores the headers that were removed from the request, because the application has passed it on. */
  withdraw(): void {
    if (this.conditions !== undefined) {
      restoreConditions(this.request.raw, this.conditions);
    }
  }

  /** Ends the response as a 403 that no cache stores: the decision also depends on `Sec-Fetch-Site`. */
  forbid(): void {
    this.isForbidden = true;
  }

  /** The usual case: the request was dispatched to a route with the policy of the decision, and nothing else matters. */
  isMadeFor(dispatched: Dispatched): boolean {
    const { decision, alternative } = this.evaluation;
    return (
      typeof dispatched === 'object' &&
      dispatched.route.policy === decision.policy &&
      this.request.raw.method === this.method &&
      alternative === undefined &&
      this.facts === undefined
    );
  }

  complete(headers: ResponseHeaders): void {
    try {
      const { adapterRequest, raw, response } = this.request;
      const dispatched = this.evaluator.router.matcher.dispatchedTo(adapterRequest);
      if (!this.isMadeFor(dispatched)) {
        this.evaluateAnew(dispatched);
      }
      if (this.isTentative) {
        this.isTentative = false;
        this.report();
      }
      const foreign = applyDecision(headers, this.evaluation.decision, {
        isBlocked: this.isBlocked,
        isRetrieval: raw.method === 'GET' || raw.method === 'HEAD',
        sendDate: response.sendDate,
        varies: this.varies,
      });
      if (this.isForbidden) {
        varyByOrigin(headers);
        headers.set('Cache-Control', 'no-store');
      }
      if (this.reporter.reportsEventStreams) {
        this.reporter.written(headers, this.evaluation, this.request);
      }
      if (foreign.length > 0) {
        this.reporter.foreign(foreign, this.evaluation, this.request);
      }
    } catch (error) {
      this.failClosed(headers, error);
    }
  }

  /**
   * Calls the reporter only for a decision that is wanted, because tools that trace calls of providers would report every request.
   */
  private report(): void {
    if (isWanted(this.reporter, this.evaluation.decision.reason)) {
      this.reporter.actual(this.evaluation, this.isBlocked, this.request);
    }
  }

  /** Evaluates the request again if the application has changed it. */
  private evaluateAnew(dispatched: Dispatched): void {
    const changed = new ChangedRequest(this.evaluator.router, this).destination(dispatched);
    if (changed === undefined) {
      return;
    }
    const { method, destination, url } = changed;
    const request = { ...this.request, method, url };
    const { requestLookups, decision } = this.evaluation;
    const evaluation = this.evaluator.actualAt(request, destination, requestLookups);
    if (!(evaluation instanceof Promise)) {
      this.replace(request, evaluation);
      return;
    }
    // The headers are being written, so a lookup cannot be awaited.
    const { policy, match } = destination;
    this.replace(request, { decision: refusal(policy, 'request-changed'), match, requestLookups });
    if (!decision.refused) {
      this.reporter.problems.warn(
        `request-changed ${policy.label}`,
        'The application changed method, URL or host of a request after its CORS policy was found, and the lookup of ' +
          `${policy.label} could not be waited for, so nothing was granted.`,
      );
    }
  }

  private failClosed(headers: ResponseHeaders, error: unknown): void {
    this.reporter.problems.error(
      'completion',
      'The CORS headers of a response could not be completed, so nothing was granted. ' +
        `This is a defect of nestjs-cors, please report it. ${printable(describeError(error), 1000)}`,
    );
    const { policy } = this.evaluation.decision;
    const response = { isBlocked: true, isRetrieval: true, sendDate: false, varies: true };
    applyDecision(headers, refusal(policy, 'internal-error'), response);
  }
}

/** Stores the completion of a response, so that an application that passes its request on can restore it. */
export function rememberCompletion(response: ServerResponse): () => void {
  const before = completionOf(response);
  return () => {
    const own = completionOf(response);
    if (own !== before) {
      if (own instanceof AppliedDecision) {
        own.withdraw();
      }
      completeOnWrite(response, before);
    }
  };
}
