import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { conclude } from './cors.conclusion.js';
import type { CorsEvaluator, EvaluatedRequest, JudgedPreflight } from './cors.evaluator.js';
import { observeActual, observePreflight } from './cors.observation.js';
import { isWithheld, rawRequest, rawResponse } from './cors.request-state.js';
import { type Finish, finishOf } from './cors.response-head.js';
import { answerForbidden, answerPreflight } from './cors.response-writer.js';
import type { DecisionObserver } from './diagnostics/decision-event.js';
import type { OriginInquiry } from './lookup/origin-inquiry.js';
import type { ActualDecision } from './protocol/actual-response.js';
import type { MaybePromise } from './protocol/evaluation.js';
import type { PreflightDecision } from './protocol/preflight-response.js';
import { type PreflightFacts, originOf, readPreflight } from './protocol/request-facts.js';
import { type RouteMatch, differInPolicy } from './routing/route.js';

/** A request hook of Nest's HTTP adapters, in callback style. */
export type RequestHook = (request: unknown, response: unknown, done: (error?: unknown) => void) => unknown;

/** How the hook ends a request itself; `undefined`: the request goes on to the application. */
type Answer = ((response: ServerResponse) => void) | undefined;

/** Lets the request go on, or, with an answer, to its end. */
type Proceed = (answer?: () => void) => void;

/**
 * A request as it came in, with what the hook reads of it. Read once: on Express, where V8 shares no hidden class between
 * requests, each look at one takes as long as a step of the decision.
 */
interface Incoming extends EvaluatedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  /** The adapter's response object. */
  readonly reply: unknown;
}

/**
 * Decides and writes, before anything else can end the response: it finds the policy of the route that a request will
 * reach, answers preflights, and puts the CORS headers of every other response on the raw response.
 */
export class CorsRequestHook {
  private readonly logger = new Logger('CorsModule');

  /** Whether the adapter has objects of its own around those of Node.js: known from the first request on. */
  private wraps: boolean | undefined;
  /** How the application finishes the heads of all its responses: known from the first one on. */
  private finish: { readonly ofHeads: Finish | undefined } | undefined;

  constructor(
    private readonly evaluator: CorsEvaluator,
    private readonly observer: DecisionObserver,
    /** What the heads of the application's responses take. */
    private readonly taken: Finish = 'as-decided',
  ) {}

  /**
   * The hook to install. It calls `proceed` when the request may go on and ends the response itself otherwise; it passes
   * no error on and returns nothing, so that both adapters take it for callback style. A decision without I/O is made
   * synchronously.
   */
  readonly receive = (request: unknown, response: unknown, proceed: Proceed): void => {
    const incoming = this.read(request, response);
    let answer: MaybePromise<Answer>;
    try {
      answer = incoming.method === 'OPTIONS' ? this.judgeOptions(incoming) : this.judgeActual(incoming);
    } catch (error) {
      answer = this.failClosed(incoming, error);
    }
    if (answer === undefined) {
      proceed();
    } else if (answer instanceof Promise) {
      this.receiveLater(answer, incoming, proceed);
    } else {
      this.end(answer, incoming, proceed);
    }
  };

  private read(request: unknown, response: unknown): Incoming {
    this.wraps ??= rawResponse(response) !== response;
    const raw = this.wraps ? rawRequest(request) : (request as IncomingMessage);
    const { method = 'GET', url = '/', headers } = raw;
    return {
      method,
      url,
      headers,
      origin: originOf(headers),
      source: request,
      raw,
      response: this.wraps ? rawResponse(response) : (response as ServerResponse),
      reply: response,
    };
  }

  // Most decisions wait for nothing: what those need that do is made in methods of its own, so that nobody else pays for it.
  private receiveLater(answer: Promise<Answer>, incoming: Incoming, proceed: Proceed): void {
    void answer
      .catch((error: unknown) => this.failClosed(incoming, error))
      .then((given) => this.end(given, incoming, proceed));
  }

  private judgeOptions(incoming: Incoming): MaybePromise<Answer> {
    const preflight = readPreflight(incoming.method, incoming.headers);
    if (preflight === undefined) {
      return this.judgeActual(incoming);
    }
    const judged = this.evaluator.preflight(preflight, incoming.url, incoming.source);
    return judged instanceof Promise
      ? judged.then((given) => this.answer(preflight, incoming, given))
      : this.answer(preflight, incoming, judged);
  }

  private answer(preflight: PreflightFacts, incoming: Incoming, { decision, match }: JudgedPreflight): Answer {
    observePreflight(this.observer, decision, preflight, incoming, match);
    return answerWith(decision);
  }

  private judgeActual(incoming: Incoming): MaybePromise<Answer> {
    const { method, url, source } = incoming;
    const { router } = this.evaluator;
    const matches = router.dispatched(method, url, source);
    const match = matches[0];
    const policy = match?.route.policy ?? router.fallback(url);
    const inquiry = this.evaluator.inquiryFor(policy);
    // The guard knows the handler that was really dispatched to, and decides then; until it has, nothing is granted.
    if (matches.length > 1 && differInPolicy(matches.map(({ route }) => route))) {
      const reason = 'route-ambiguous';
      const decision = { kind: 'actual', policy, refused: true, reason, allowOrigin: undefined } as const;
      return this.apply(incoming, match, inquiry, decision);
    }
    const decision = this.evaluator.actual(incoming, policy, match, inquiry);
    return decision instanceof Promise
      ? this.applyLater(incoming, match, inquiry, decision)
      : this.apply(incoming, match, inquiry, decision);
  }

  private applyLater(
    incoming: Incoming,
    match: RouteMatch | undefined,
    inquiry: OriginInquiry | undefined,
    decision: Promise<ActualDecision>,
  ): Promise<Answer> {
    return decision.then((given) => this.apply(incoming, match, inquiry, given));
  }

  private apply(
    incoming: Incoming,
    match: RouteMatch | undefined,
    inquiry: OriginInquiry | undefined,
    decision: ActualDecision,
  ): Answer {
    const { method, origin, source } = incoming;
    const withheld = isWithheld(decision, origin, source);
    this.finish ??= { ofHeads: finishOf(incoming.response, this.taken) };
    conclude(incoming.raw, incoming.response, { decision, method, origin, withheld, inquiry }, this.finish.ofHeads);
    observeActual(this.observer, decision, withheld, incoming, match);
    // The guard enforces for the handlers that Nest dispatches to; nobody else would for the rest.
    return match === undefined && withheld && decision.policy.rejectDisallowed ? forbidWith(decision) : undefined;
  }

  /** Ends the request with the answer, unless somebody has ended it meanwhile. */
  private end(answer: Answer, incoming: Incoming, proceed: Proceed): void {
    const { response, reply } = incoming;
    if (answer === undefined || response.headersSent || response.writableEnded) {
      proceed();
      return;
    }
    proceed(() => {
      // Fastify has to know that nothing is left to send. Express has no such thing.
      if (this.wraps) {
        (reply as { hijack?: () => void }).hijack?.();
      }
      closeAfterHandshake(incoming);
      answer(response);
    });
  }

  /** An error of our own must not become the application's: the request goes on without a grant, a preflight is refused. */
  private failClosed({ method, headers }: Incoming, error: unknown): Answer {
    this.logger.error(
      'A CORS decision failed, so nothing was granted. This is a defect of nestjs-cors, please report it.',
      error instanceof Error ? error.stack : undefined,
    );
    return readPreflight(method, headers) === undefined
      ? undefined
      : answerWith({ kind: 'refused', policy: undefined, reason: 'internal-error' });
  }
}

/**
 * A request that came with the `upgrade` event (@fastify/websocket routes it like any other) has a socket that Node.js has
 * let go of: whoever answers it without upgrading must close it, or it stays open when its client has long gone.
 * @see https://nodejs.org/api/http.html#event-upgrade_1
 */
function closeAfterHandshake({ headers, raw, response }: Incoming): void {
  if (headers.upgrade !== undefined) {
    response.setHeader('Connection', 'close');
    response.once('finish', () => raw.socket.destroySoon());
  }
}

function answerWith(decision: PreflightDecision): Answer {
  return (response) => answerPreflight(response, decision);
}

function forbidWith(decision: ActualDecision): Answer {
  return (response) => answerForbidden(response, decision);
}
