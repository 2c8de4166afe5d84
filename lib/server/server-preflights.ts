import { IncomingMessage, ServerResponse } from 'node:http';
import { type PreflightFacts, readPreflight } from '../fetch/preflight-request.js';
import type { CorsEvaluator, PreflightEvaluation } from '../request/evaluator.js';
import type { PreparedEvaluation } from '../request/prepared-grants.js';
import type { CorsRequestHook } from '../request/request-hook.js';
import { http2 } from '../support/http2.cjs';
import type { MaybePromise } from '../support/maybe-promise.js';
import type { EarlyReceiver } from './framework-listener.js';
import type { Passage } from './passage.js';

/**
 * Answers preflights in front of the framework, where the request hook would do nothing else and nothing on the way to it would
 * see them. In doubt the framework gets the preflight, and the hook answers it.
 */
export class ServerPreflights {
  private readonly derivesTenants: boolean;

  /** @param isSoleHook whether no other request hook stands beside the library's */
  constructor(
    private readonly evaluator: CorsEvaluator,
    private readonly hook: Pick<CorsRequestHook, 'answerEvaluated' | 'answerPrepared'>,
    private readonly passage: Passage,
    private readonly isSoleHook: () => boolean,
  ) {
    this.derivesTenants = evaluator.router.policies.some(
      ({ tenant, shadow }) => tenant !== undefined || shadow?.tenant !== undefined,
    );
  }

  readonly receive: EarlyReceiver = (request, response, toFramework) => {
    const facts = readPreflight('OPTIONS', request.headers);
    if (facts === undefined || !this.isAnsweredHere(request, response)) {
      toFramework();
      return;
    }
    const { url = '' } = request;
    const evaluation = this.evaluated(facts, url, request);
    if (evaluation === undefined) {
      toFramework();
      return;
    }
    this.passage.prepare(response);
    if (isPrepared(evaluation)) {
      const evaluated = { method: 'OPTIONS', url, origin: facts.origin, adapterRequest: request };
      this.hook.answerPrepared(evaluation, facts, evaluated, response);
    } else {
      this.hook.answerEvaluated(evaluation, facts, request, response);
    }
  };

  /** @returns `undefined` where the framework is to have the preflight: the hook does what is to be done */
  private evaluated(
    facts: PreflightFacts,
    url: string,
    request: IncomingMessage,
  ): MaybePromise<PreflightEvaluation> | undefined {
    try {
      return this.evaluator.preflight(facts, url, request);
    } catch {
      return undefined;
    }
  }

  private isAnsweredHere(request: IncomingMessage, response: ServerResponse): boolean {
    return (
      this.isSoleHook() &&
      this.passage.isClear(request.url ?? '') &&
      // The framework tells hosts by what it trusts of proxies.
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

function isPrepared(evaluation: MaybePromise<PreflightEvaluation>): evaluation is PreparedEvaluation {
  return 'head' in evaluation;
}

/** Whether Node.js has made the request and its response. Tools that call listeners by themselves may have made others. */
function isOfNode(request: unknown, response: unknown): boolean {
  return (
    (request instanceof IncomingMessage && response instanceof ServerResponse) ||
    (request instanceof http2().Http2ServerRequest && response instanceof http2().Http2ServerResponse)
  );
}
