import type { IncomingMessage, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { conclude } from './cors.conclusion.js';
import type { CorsEvaluator, EvaluatedRequest, JudgedPreflight } from './cors.evaluator.js';
import { observeActual, observePreflight } from './cors.observation.js';
import { isWithheld, rawRequest, rawResponse } from './cors.request-state.js';
import { answerForbidden, answerPreflight } from './cors.response-writer.js';
import type { DecisionObserver } from './diagnostics/decision-event.js';
import type { OriginInquiry } from './lookup/origin-inquiry.js';
import type { ActualDecision } from './protocol/actual-response.js';
import type { MaybePromise } from './protocol/evaluation.js';
import type { PreflightDecision } from './protocol/preflight-response.js';
import { originOf, readPreflight } from './protocol/request-facts.js';
import { type RouteMatch, differInPolicy } from './routing/route.js';

/** A request hook of Nest's HTTP adapters, in callback style. */
export type RequestHook = (request: unknown, response: unknown, done: (error?: unknown) => void) => unknown;

/** How the hook ends a request itself; `undefined`: the request goes on to the application. */
type Answer = ((response: ServerResponse, readable: boolean) => void) | undefined;

/** Lets the request go on, or, with an answer, to its end. */
type Proceed = (answer?: () => void) => void;

/** An actual request, and what is known of it before it is decided about. */
interface JudgedRequest extends EvaluatedRequest {
  readonly match: RouteMatch | undefined;
  readonly inquiry: OriginInquiry | undefined;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Decides and writes, before anything else can end the response: it finds the policy of the route that a request will
 * reach, answers preflights, and puts the CORS headers of every other response on the raw response.
 */
export class CorsRequestHook {
  private readonly logger = new Logger('CorsModule');

  constructor(
    private readonly evaluator: CorsEvaluator,
    private readonly observer: DecisionObserver,
  ) {}

  /**
   * The hook to install. It calls `proceed` when the request may go on and ends the response itself otherwise; it passes
   * no error on and returns nothing, so that both adapters take it for callback style. A decision without I/O is made
   * synchronously.
   */
  readonly receive = (request: unknown, response: unknown, proceed: Proceed): void => {
    const raw = rawRequest(request);
    const rawRes = rawResponse(response);
    let answer: MaybePromise<Answer>;
    try {
      answer =
        raw.method === 'OPTIONS' ? this.judgeOptions(request, raw, rawRes) : this.judgeActual(request, raw, rawRes);
    } catch (error) {
      answer = this.failClosed(raw, error);
    }
    if (answer === undefined) {
      proceed();
    } else if (answer instanceof Promise) {
      this.receiveLater(answer, raw, response, proceed);
    } else {
      finish(answer, raw, response, proceed);
    }
  };

  // Most decisions wait for nothing: what those need that do is made in methods of its own, so that nobody else pays for it.
  private receiveLater(answer: Promise<Answer>, raw: IncomingMessage, response: unknown, proceed: Proceed): void {
    void answer
      .catch((error: unknown) => this.failClosed(raw, error))
      .then((given) => finish(given, raw, response, proceed));
  }

  private judgeOptions(request: unknown, raw: IncomingMessage, response: ServerResponse): MaybePromise<Answer> {
    const preflight = readPreflight(raw.method, raw.headers);
    if (preflight === undefined) {
      return this.judgeActual(request, raw, response);
    }
    const url = raw.url ?? '/';
    const answer = ({ decision, match }: JudgedPreflight): Answer => {
      const { origin, requestMethod: method } = preflight;
      observePreflight(this.observer, decision, { method, url, origin, source: request }, match);
      return answerWith(decision);
    };
    const judged = this.evaluator.preflight(preflight, url, request);
    return judged instanceof Promise ? judged.then(answer) : answer(judged);
  }

  private judgeActual(request: unknown, raw: IncomingMessage, response: ServerResponse): MaybePromise<Answer> {
    const { router } = this.evaluator;
    const method = raw.method ?? 'GET';
    const url = raw.url ?? '/';
    const matches = router.dispatched(method, url, request);
    const match = matches[0];
    const policy = match?.route.policy ?? router.fallback(url);
    const origin = originOf(raw.headers);
    const inquiry = this.evaluator.inquiryFor(policy);
    const judged: JudgedRequest = { method, url, origin, source: request, match, inquiry, raw, response };
    // The guard knows the handler that was really dispatched to, and decides then; until it has, nothing is granted.
    if (matches.length > 1 && differInPolicy(matches.map(({ route }) => route))) {
      const reason = 'route-ambiguous';
      return this.apply(judged, { kind: 'actual', policy, refused: true, reason, allowOrigin: undefined });
    }
    const decision = this.evaluator.actual(judged, policy, match, inquiry);
    return decision instanceof Promise ? this.applyLater(judged, decision) : this.apply(judged, decision);
  }

  private applyLater(judged: JudgedRequest, decision: Promise<ActualDecision>): Promise<Answer> {
    return decision.then((given) => this.apply(judged, given));
  }

  private apply(request: JudgedRequest, decision: ActualDecision): Answer {
    const { method, origin, source, match, inquiry, raw, response } = request;
    const withheld = isWithheld(decision, origin, source);
    conclude(raw, response, { decision, method, origin, withheld, inquiry });
    observeActual(this.observer, decision, withheld, request, match);
    // The guard enforces for the handlers that Nest dispatches to; nobody else would for the rest.
    return match === undefined && withheld && decision.policy.rejectDisallowed ? forbidWith(decision) : undefined;
  }

  /** An error of our own must not become the application's: the request goes on without a grant, a preflight is refused. */
  private failClosed(raw: IncomingMessage, error: unknown): Answer {
    this.logger.error(
      'A CORS decision failed, so nothing was granted. This is a defect of nestjs-cors, please report it.',
      error instanceof Error ? error.stack : undefined,
    );
    return readPreflight(raw.method, raw.headers) === undefined
      ? undefined
      : answerWith({ kind: 'refused', policy: undefined, reason: 'internal-error' });
  }
}

/**
 * A request that came with the `upgrade` event (@fastify/websocket routes it like any other) has a socket that Node.js has
 * let go of: whoever answers it without upgrading must close it, or it stays open when its client has long gone.
 * @see https://nodejs.org/api/http.html#event-upgrade_1
 */
function closeAfterHandshake({ headers, socket }: IncomingMessage, response: ServerResponse): void {
  if (headers.upgrade !== undefined) {
    response.setHeader('Connection', 'close');
    response.once('finish', () => socket.destroySoon());
  }
}

/** Ends the request with the answer, unless somebody has ended it meanwhile. */
function finish(answer: Answer, raw: IncomingMessage, response: unknown, proceed: Proceed): void {
  const rawRes = rawResponse(response);
  if (answer === undefined || rawRes.headersSent || rawRes.writableEnded) {
    proceed();
    return;
  }
  proceed(() => {
    // Fastify has to know that nothing is left to send. Express has no such thing.
    (response as { hijack?: () => void }).hijack?.();
    closeAfterHandshake(raw, rawRes);
    // Fastify's own answers leave no headers on the raw response either.
    answer(rawRes, response === rawRes);
  });
}

function answerWith(decision: PreflightDecision): Answer {
  return (response, readable) => answerPreflight(response, decision, readable);
}

function forbidWith(decision: ActualDecision): Answer {
  return (response) => answerForbidden(response, decision);
}
