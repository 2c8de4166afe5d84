import { IncomingMessage, ServerResponse } from 'node:http';
import { type PreflightFacts, readPreflight } from '../fetch/preflight-request.js';
import { type DecisionReporter, isWanted } from '../request/decision-reporter.js';
import type { CorsEvaluator, PreflightEvaluation } from '../request/evaluator.js';
import { PreflightCompletion, decisionFor } from '../request/preflight-response.js';
import type { PreparedAnswer } from '../request/prepared-answers.js';
import type { CorsRequestHook } from '../request/request-hook.js';
import { http2 } from '../support/http2.cjs';
import type { MaybePromise } from '../support/maybe-promise.js';
import type { EarlyReceiver, FrameworkListener } from './framework-listener.js';
import type { Passage } from './passage.js';

/**
 * Answers preflights in front of the framework, if the request hook would do nothing else and nothing on the way would see them.
 * Otherwise the framework gets the preflight, and the hook answers it.
 */
export class ServerPreflights {
  private readonly derivesTenants: boolean;

  /** @param isSoleHook whether no other request hook stands beside the library's */
  constructor(
    private readonly evaluator: CorsEvaluator,
    private readonly reporter: DecisionReporter,
    private readonly hook: Pick<CorsRequestHook, 'answerEvaluated' | 'closeUnwritten'>,
    private readonly passage: Passage,
    private readonly listener: Pick<FrameworkListener, 'isUnwatched'>,
    private readonly isSoleHook: () => boolean,
  ) {
    this.derivesTenants = evaluator.router.policies.some(
      ({ tenant, shadow }) => tenant !== undefined || shadow?.tenant !== undefined,
    );
  }

  readonly receive: EarlyReceiver = (request, response) => {
    const facts = readPreflight(request.method, request.headers);
    const evaluation = facts && this.evaluated(facts, request, response);
    if (facts === undefined || evaluation === undefined) {
      return false;
    }
    if ('response' in evaluation) {
      this.answer(evaluation, facts, request, response);
    } else {
      this.setHeaders(response);
      this.hook.answerEvaluated(evaluation, facts, request, response);
    }
    return true;
  };

  /**
   * @returns `undefined` where the framework has to get the preflight; also after an error, which the hook reports and refuses
   */
  private evaluated(
    facts: PreflightFacts,
    request: IncomingMessage,
    response: ServerResponse,
  ): PreparedAnswer | MaybePromise<PreflightEvaluation> | undefined {
    const { url = '' } = request;
    try {
      if (!this.isAnsweredHere(request, response)) {
        return undefined;
      }
      return this.evaluator.prepared?.find(facts, url) ?? this.evaluator.preflight(facts, url, request);
    } catch {
      return undefined;
    }
  }

  private answer(
    prepared: PreparedAnswer,
    facts: PreflightFacts,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const { decision } = prepared;
    try {
      if (isWanted(this.reporter, decision.reason)) {
        const { url = '' } = request;
        this.reporter.preflight(prepared, facts, {
          method: 'OPTIONS',
          url,
          origin: facts.origin,
          adapterRequest: request,
        });
      }
      if (
        !this.listener.isUnwatched(response) ||
        !prepared.response.answer(response, facts.origin, this.passage.headers)
      ) {
        this.setHeaders(response);
        new PreflightCompletion(decisionFor(facts.origin, decision)).answer(response);
      }
    } catch (error) {
      this.hook.closeUnwritten(response, error);
    }
  }

  /** Sets the headers that the framework sets before the hook. */
  private setHeaders(response: ServerResponse): void {
    const { headers } = this.passage;
    for (let i = 0; i < headers.length; i += 2) {
      response.setHeader(headers[i]!, headers[i + 1]!);
    }
  }

  private isAnsweredHere(request: IncomingMessage, response: ServerResponse): boolean {
    return (
      this.isSoleHook() &&
      this.passage.isClear(request.url ?? '') &&
      // The framework's proxy trust settings decide the host.
      !this.derivesTenants &&
      !this.evaluator.router.readsHost &&
      request.headers.upgrade === undefined &&
      !response.headersSent &&
      !response.writableEnded &&
      !response.destroyed &&
      isOfNode(request, response)
    );
  }
}

/** Whether Node.js has made the request and its response. Tools that call listeners by themselves may have made others. */
function isOfNode(request: unknown, response: unknown): boolean {
  return (
    (request instanceof IncomingMessage && response instanceof ServerResponse) ||
    (request instanceof http2().Http2ServerRequest && response instanceof http2().Http2ServerResponse)
  );
}
