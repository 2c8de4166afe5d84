import type { IncomingMessage, ServerResponse } from 'node:http';
import { type PreflightFacts, readPreflight } from '../fetch/preflight-request.js';
import { describeError, describeStack } from '../support/log-line.js';
import { type MaybePromise, whenSettled } from '../support/maybe-promise.js';
import { AppliedDecision } from './applied-decision.js';
import type { DecisionReporter } from './decision-reporter.js';
import type { ActualEvaluation, CorsEvaluator, PreflightEvaluation } from './evaluator.js';
import { completeOnWrite } from './header-interception.js';
import { type IncomingRequest, readIncoming } from './incoming-request.js';
import type { MountedApplication } from '../routing/express/watched-application.js';
import { answerForbidden, completeUndecided } from './actual-response.js';
import { PreflightCompletion, decisionFor } from './preflight-response.js';

/** A request hook of Nest's HTTP adapters, in callback style. */
export type RequestHook = (request: unknown, response: unknown, done: (error?: unknown) => void) => unknown;

/** Runs the other hooks that share the adapter's slot, and then calls `proceed`, unless one of them has ended the request. */
export type RunOthers = (proceed: () => void) => void;

/** Writes the response in the place of the application; `undefined` lets the request go on. */
type Answer = ((response: ServerResponse) => void) | undefined;

/**
 * Evaluates each request before anything else can end its response, and applies the decision. It answers preflights, and refused
 * requests where the policy rejects. All other responses are completed when their headers are written.
 */
export class CorsRequestHook {
  /** Whether other hooks share the adapter's slot. One of them may have found {@link receive} there, and call it. */
  isShared = false;

  /**
   * @param mounted the application of Express; undefined where requests cannot come from an application around it
   * @param isGuarded whether the guard has work in the application
   */
  constructor(
    private readonly evaluator: CorsEvaluator,
    private readonly reporter: DecisionReporter,
    private readonly mounted?: MountedApplication,
    private readonly isGuarded = false,
  ) {}

  /**
   * The hook to install. It calls `done` when the request may go on, and ends the response itself otherwise. It passes no error
   * on and returns nothing, so that both adapters use it in callback style. A decision without I/O is made synchronously.
   * @param runOthers where other hooks share the adapter's slot: they run between the decision and what comes of it
   */
  readonly receive = (request: unknown, response: unknown, done: () => void, runOthers?: RunOthers): void => {
    if (this.isShared && runOthers === undefined) {
      done();
      return;
    }
    const incoming = readIncoming(request, response);
    let answer: MaybePromise<Answer>;
    try {
      const preflight = incoming.method === 'OPTIONS' ? readPreflight(incoming.method, incoming.headers) : undefined;
      answer = preflight === undefined ? this.receiveActual(incoming) : this.receivePreflight(preflight, incoming);
    } catch (error) {
      answer = this.failClosed(incoming, error);
    }
    if (answer === undefined && runOthers === undefined) {
      done();
    } else {
      this.follow(answer, incoming, done, runOthers);
    }
  };

  /**
   * Answers a preflight that was evaluated in front of the framework. It does nothing where something else has ended the response
   * meanwhile.
   */
  answerEvaluated(
    evaluation: MaybePromise<PreflightEvaluation>,
    facts: PreflightFacts,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const incoming = readIncoming(request, response);
    let answer: MaybePromise<Answer>;
    try {
      answer = whenSettled(evaluation, (given) => this.applyPreflight(facts, incoming, given));
    } catch (error) {
      answer = this.failClosed(incoming, error);
    }
    this.follow(answer, incoming, () => undefined);
  }

  private follow(answer: MaybePromise<Answer>, incoming: IncomingRequest, done: () => void, others?: RunOthers): void {
    if (!(answer instanceof Promise)) {
      this.end(answer, incoming, done, others);
      return;
    }
    // Something may answer meanwhile, such as a timeout that an earlier middleware has set.
    completeUndecided(incoming.response);
    void answer
      .catch((error: unknown) => this.failClosed(incoming, error))
      .then((given) => this.end(given, incoming, done, others));
  }

  private receiveActual(incoming: IncomingRequest): MaybePromise<Answer> {
    const evaluation = this.evaluator.actual(incoming);
    if (evaluation === undefined) {
      return leaveAlone(incoming);
    }
    return evaluation instanceof Promise
      ? evaluation.then((given) => this.applyActual(incoming, given))
      : this.applyActual(incoming, evaluation);
  }

  private receivePreflight(preflight: PreflightFacts, incoming: IncomingRequest): MaybePromise<Answer> {
    const { url, adapterRequest } = incoming;
    const prepared = this.evaluator.prepared?.find(preflight, url);
    if (prepared !== undefined) {
      const decision = decisionFor(preflight.origin, prepared.decision);
      return this.applyPreflight(preflight, incoming, { decision, match: prepared.match });
    }
    const evaluation = this.evaluator.preflight(preflight, url, adapterRequest);
    if (evaluation === undefined) {
      return leaveAlone(incoming);
    }
    return evaluation instanceof Promise
      ? evaluation.then((given) => this.applyPreflight(preflight, incoming, given))
      : this.applyPreflight(preflight, incoming, evaluation);
  }

  private applyActual(incoming: IncomingRequest, evaluation: ActualEvaluation): Answer {
    const mayPassOn = this.mounted?.hasOuter === true && this.mayPassOn(incoming.method, incoming);
    const applied = new AppliedDecision(this.evaluator, incoming, evaluation, this.reporter, mayPassOn);
    const { decision } = evaluation;
    // A library that reads a handshake as a request, such as @fastify/websocket, would accept it: browsers check no response header
    // there.
    const isForbidden = !mayPassOn && applied.isBlocked && (decision.policy.rejectDisallowed || isHandshake(incoming));
    if (!isForbidden) {
      applied.isKept = this.isGuarded;
      return undefined;
    }
    applied.forbid();
    return (answered) => answerForbidden(answered, decision);
  }

  private applyPreflight(facts: PreflightFacts, incoming: IncomingRequest, evaluation: PreflightEvaluation): Answer {
    const completion = new PreflightCompletion(evaluation.decision);
    completeOnWrite(incoming.response, completion);
    if (this.mayPassOn(facts.requestMethod, incoming)) {
      return undefined;
    }
    this.reporter.preflight(evaluation, facts, incoming);
    return (answered) => completion.answer(answered);
  }

  /** Whether the request goes to an application around this one, unless a middleware of this one responds. */
  private mayPassOn(method: string, { response, url, adapterRequest }: IncomingRequest): boolean {
    return this.mounted?.passesOn(response, url) === true && !this.evaluator.router.serves(method, url, adapterRequest);
  }

  /** Ends the request with the answer, unless something else has ended it. Without an answer, the request goes on. */
  private end(answer: Answer, incoming: IncomingRequest, done: () => void, runOthers: RunOthers | undefined): void {
    const { headersSent, writableEnded } = incoming.response;
    // A client that has left counts, too: the application must not answer such a request.
    const proceed = answer === undefined || headersSent || writableEnded ? done : () => this.write(answer, incoming);
    if (runOthers === undefined) {
      proceed();
    } else {
      runOthers(proceed);
    }
  }

  /** Another request hook may have run since the decision, and may have ended the response. */
  private write(answer: NonNullable<Answer>, { raw, response, adapterResponse }: IncomingRequest): void {
    try {
      // Fastify has to be told that nothing is left to send; Express needs no such call.
      if (adapterResponse !== response) {
        (adapterResponse as { hijack?: () => void }).hijack?.();
      }
      if (response.headersSent || response.writableEnded || response.destroyed) {
        return;
      }
      closeAfterHandshake(raw, response);
      answer(response);
    } catch (error) {
      this.closeUnwritten(response, error);
    }
  }

  /** Closes the connection of a response that could not be written. */
  closeUnwritten(response: ServerResponse, error: unknown): void {
    this.reporter.problems.error(
      'response',
      `A response to a CORS request could not be written, so its connection was closed. ${describeError(error)}`,
      describeStack(error),
    );
    response.destroy();
  }

  /** Keeps an error of the library out of the application: the request goes on without a grant, and a preflight is refused. */
  private failClosed(incoming: IncomingRequest, error: unknown): Answer {
    completeUndecided(incoming.response);
    this.reporter.problems.error(
      'decision',
      'A CORS decision failed, so nothing was granted. Unless the error comes from what the application configures, such ' +
        `as a trust function of the adapter, this is a defect of nestjs-cors, please report it. ${describeError(error)}`,
      describeStack(error),
    );
    return readPreflight(incoming.method, incoming.headers) === undefined
      ? undefined
      : (response) => REFUSED.answer(response);
  }
}

function isHandshake({ headers }: IncomingRequest): boolean {
  return headers.upgrade !== undefined && /\bwebsocket\b/i.test(headers.upgrade);
}

/** Leaves the response alone, also where another application around this one has decided about it. */
function leaveAlone({ response }: IncomingRequest): undefined {
  completeOnWrite(response, undefined);
}

/**
 * Closes the socket of a request that came with the `upgrade` event, once it is answered without an upgrade (@fastify/websocket
 * routes such requests like any other). Node.js has let go of the socket, so it would stay open when its client has left.
 * @see https://nodejs.org/api/http.html#event-upgrade_1
 */
function closeAfterHandshake({ headers, socket }: IncomingMessage, response: ServerResponse): void {
  if (headers.upgrade !== undefined) {
    response.setHeader('Connection', 'close');
    response.once('finish', () => socket.destroySoon());
  }
}

const REFUSED = new PreflightCompletion({ kind: 'refused', policy: undefined, reason: 'internal-error' });
