import type { ServerResponse } from 'node:http';
import { refusal } from '../decision/actual-decision.js';
import { describeError } from '../support/log-line.js';
import { printable } from '../support/secrets/printable.js';
import { ChangedRequest } from './changed-request.js';
import { applyDecision, varyByOrigin } from './cors-headers.js';
import type { DecisionReporter } from './decision-reporter.js';
import type { ActualEvaluation, CorsEvaluator } from './evaluator.js';
import { type HeaderCompletion, completeOnWrite, completionOf } from './header-interception.js';
import {
  type ConditionalHeaders,
  type IncomingRequest,
  hasClientCertificate,
  hasCredentialHeaders,
  isFromOwnOrigin,
  removeConditions,
  restoreConditions,
} from './incoming-request.js';
import { PlainHeaders, type ResponseHeaders } from './response-headers.js';

/**
 * The decision that a response has until its headers are written: the hook's, or the guard's in its place. It belongs to the
 * request that was evaluated: where the application has changed method, URL, host or route since, the request is evaluated anew.
 */
export class AppliedDecision implements HeaderCompletion {
  /** What the application has changed of the request since it was evaluated. */
  readonly changes: ChangedRequest;
  private evaluation: ActualEvaluation;
  private isResponseBlocked: boolean;
  /** Whether a decision about the response depended on the origin, also one that another has replaced. */
  private varies: boolean;
  private readonly hasCredentialHeaders: boolean;
  private isForbidden = false;
  /** Headers that were removed from the request because its response is blocked. */
  private conditions: ConditionalHeaders | undefined;

  /**
   * Has the response completed by the decision, in the place of an earlier one.
   * @param isTentative whether the application may pass the request on to one around it, so that there may be nothing to report
   */
  constructor(
    private readonly evaluator: CorsEvaluator,
    readonly request: IncomingRequest,
    evaluation: ActualEvaluation,
    private readonly reporter: DecisionReporter,
    private isTentative = false,
  ) {
    this.changes = new ChangedRequest(evaluator.router, request, evaluation);
    this.evaluation = evaluation;
    this.hasCredentialHeaders = hasCredentialHeaders(request.raw);
    this.varies = evaluation.decision.policy.dependsOnOrigin;
    this.isResponseBlocked = isBlocked(evaluation, request);
    this.report();
    if (!completeOnWrite(request.response, this)) {
      this.complete(new PlainHeaders(request.response));
    }
  }

  /** The decision that this application has made for the response; a nested application makes its own. */
  static of(response: ServerResponse, evaluator: CorsEvaluator): AppliedDecision | undefined {
    const completion = completionOf(response);
    return completion instanceof AppliedDecision && completion.evaluator === evaluator ? completion : undefined;
  }

  get current(): ActualEvaluation {
    return this.evaluation;
  }

  /** Whether the page that sent the request cannot read the response. */
  get isBlocked(): boolean {
    return this.isResponseBlocked;
  }

  /** Whether the request came with credentials, also where the application has removed them since. */
  get isCredentialed(): boolean {
    return this.hasCredentialHeaders || hasClientCertificate(this.request.raw);
  }

  /** Puts a decision in the place of this one: the guard's, for the handler that was dispatched to. */
  replace({ method, url }: Pick<IncomingRequest, 'method' | 'url'>, evaluation: ActualEvaluation): void {
    this.changes.evaluated(method, url, evaluation);
    this.evaluation = evaluation;
    this.varies ||= evaluation.decision.policy.dependsOnOrigin;
    this.isResponseBlocked = isBlocked(evaluation, this.request);
    this.report();
  }

  /** Restores what the decision has removed from the request, which the application has passed on. */
  withdraw(): void {
    if (this.conditions !== undefined) {
      restoreConditions(this.request.raw, this.conditions);
    }
  }

  /** Has the response end as a 403 that no cache may store: `Sec-Fetch-Site` also tells the own origin from others. */
  forbid(): void {
    this.isForbidden = true;
  }

  complete(headers: ResponseHeaders): void {
    try {
      this.confirm();
      if (this.isTentative) {
        this.isTentative = false;
        this.reporter.actual(this.evaluation, this.isResponseBlocked, this.request);
      }
      const { raw, response } = this.request;
      const foreign = applyDecision(headers, this.evaluation.decision, {
        isBlocked: this.isResponseBlocked,
        isRetrieval: raw.method === 'GET' || raw.method === 'HEAD',
        sendDate: response.sendDate,
        varies: this.varies,
      });
      if (this.isForbidden) {
        varyByOrigin(headers);
        headers.set('Cache-Control', 'no-store');
      }
      if (foreign.length > 0) {
        this.reporter.foreign(foreign, this.evaluation, this.request);
      }
    } catch (error) {
      this.failClosed(headers, error);
    }
  }

  /** Evaluates the request anew where the application has changed it. */
  private confirm(): void {
    const changed = this.changes.destination();
    if (changed === undefined) {
      return;
    }
    const { method, destination, url } = changed;
    const request = { ...this.request, method, url };
    const { inquiry, decision } = this.evaluation;
    const evaluation = this.evaluator.actualAt(request, destination, inquiry);
    if (!(evaluation instanceof Promise)) {
      this.replace(request, evaluation);
      return;
    }
    // The headers are written now: there is no time to wait for a lookup.
    const { policy, match } = destination;
    this.replace(request, { decision: refusal(policy, 'request-changed'), match, inquiry });
    if (!decision.refused) {
      this.reporter.problems.warn(
        `request-changed ${policy.label}`,
        'The application changed method, URL or host of a request after its CORS policy was found. The lookup of ' +
          `${policy.label} would take too long at this moment, so nothing was granted.`,
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

  private report(): void {
    if (this.isResponseBlocked) {
      this.conditions = removeConditions(this.request.raw) ?? this.conditions;
    }
    if (!this.isTentative) {
      this.reporter.actual(this.evaluation, this.isResponseBlocked, this.request);
    }
  }
}

/** Whether the page that sent the request cannot read the response. Pages of the own origin need no grant. */
function isBlocked({ decision }: ActualEvaluation, request: IncomingRequest): boolean {
  return decision.refused && request.origin !== undefined && !isFromOwnOrigin(request);
}
