import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { CorsEvaluator, EvaluatedActual, EvaluatedPreflight } from './evaluator.js';
import { answerForbidden, answerPreflight, completePreflight, completeUndecided } from './response-writer.js';
import { describeError, describeStack } from '../support/log-line.js';
import type { MaybePromise } from '../decision/evaluation.js';
import type { PreflightDecision } from '../decision/preflight-response.js';
import { type PreflightFacts, originOf, readPreflight } from '../fetch/request-facts.js';
import { completeOnWrite } from './header-interception.js';
import type { MountedApplication } from './mounted-application.js';
import { nodeRequest, nodeResponse } from './node-objects.js';
import { type ActualRequest, StandingDecision } from './standing-decision.js';
import type { RequestReporter } from './request-reporter.js';

/** A request hook of Nest's HTTP adapters, in callback style. */
export type RequestHook = (request: unknown, response: unknown, done: (error?: unknown) => void) => unknown;

/** How the hook ends a request itself; `undefined`: the request goes on to the application. */
type Answer = ((response: ServerResponse) => void) | undefined;

/** Lets the request go on, or, with an answer, to its end. */
type Proceed = (answer?: () => void) => void;

/** A request as it came in, with what the hook reads of it. Each field is read once. */
interface Incoming extends ActualRequest {
  readonly headers: IncomingHttpHeaders;
  /** The adapter's response object. */
  readonly reply: unknown;
}

/**
 * Decides before anything else can end the response: it finds the policy of the destination of a request, answers
 * preflights and, where the policy says so, refused requests, and has the headers of every other response completed by the
 * decision when they are written.
 */
export class CorsRequestHook {
  /** @param mounted the application of Express; undefined where requests cannot come from an application around it */
  constructor(
    private readonly evaluator: CorsEvaluator,
    private readonly reporter: RequestReporter,
    private readonly mounted?: MountedApplication,
  ) {}

  /**
   * The hook to install. It calls `proceed` when the request may go on and ends the response itself otherwise; it passes
   * no error on and returns nothing, so that both adapters take it for callback style. A decision without I/O is made
   * synchronously.
   */
  readonly receive = (request: unknown, response: unknown, proceed: Proceed): void => {
    const incoming = readIncoming(request, response);
    let answer: MaybePromise<Answer>;
    try {
      answer = incoming.method === 'OPTIONS' ? this.receiveOptions(incoming) : this.receiveActual(incoming);
    } catch (error) {
      answer = this.failClosed(incoming, error);
    }
    if (answer instanceof Promise) {
      this.receiveLater(answer, incoming, proceed);
    } else {
      this.end(answer, incoming, proceed);
    }
  };

  // The asynchronous path is a method of its own, so that the synchronous one allocates no closures.
  private receiveLater(answer: Promise<Answer>, incoming: Incoming, proceed: Proceed): void {
    // Something may answer meanwhile, such as a timeout that an earlier middleware has set.
    completeUndecided(incoming.response);
    void answer
      .catch((error: unknown) => this.failClosed(incoming, error))
      .then((given) => this.end(given, incoming, proceed));
  }

  private receiveOptions(incoming: Incoming): MaybePromise<Answer> {
    const preflight = readPreflight(incoming.method, incoming.headers);
    if (preflight === undefined) {
      return this.receiveActual(incoming);
    }
    const evaluated = this.evaluator.preflight(preflight, incoming.url, incoming.source);
    return evaluated instanceof Promise
      ? evaluated.then((given) => this.answer(preflight, incoming, given))
      : this.answer(preflight, incoming, evaluated);
  }

  private answer(preflight: PreflightFacts, incoming: Incoming, evaluated: EvaluatedPreflight): Answer {
    const { decision } = evaluated;
    if (decision === 'external') {
      return leave(incoming);
    }
    completePreflight(incoming.response, decision);
    if (this.mayPassOn(preflight.requestMethod, incoming)) {
      return undefined;
    }
    this.reporter.preflight(decision, preflight, incoming, evaluated);
    return answerWith(decision);
  }

  /** Whether the request is another application's, unless a middleware of this one answers it. */
  private mayPassOn(method: string, { response, url, source }: Incoming): boolean {
    const passesOn = this.mounted?.passesOn(response, url) ?? false;
    return passesOn && !this.evaluator.router.serves(method, url, source);
  }

  private receiveActual(incoming: Incoming): MaybePromise<Answer> {
    const destination = this.evaluator.router.actual(incoming.method, incoming.url, incoming.source);
    if (destination.policy.external) {
      return leave(incoming);
    }
    const evaluated = this.evaluator.actual(incoming, destination);
    return evaluated instanceof Promise
      ? evaluated.then((given) => this.apply(incoming, given))
      : this.apply(incoming, evaluated);
  }

  private apply(incoming: Incoming, evaluated: EvaluatedActual): Answer {
    const mayPassOn = this.mayPassOn(incoming.method, incoming);
    const standing = StandingDecision.place(this.evaluator, incoming, evaluated, this.reporter, mayPassOn);
    const { decision } = evaluated;
    if (mayPassOn || !standing.withheld || !decision.policy.rejectDisallowed) {
      return undefined;
    }
    standing.forbid();
    return (response) => answerForbidden(response, decision);
  }

  /** Ends the request with the answer, unless somebody has ended it meanwhile. */
  private end(answer: Answer, incoming: Incoming, proceed: Proceed): void {
    const { headersSent, writableEnded } = incoming.response;
    if (answer === undefined || headersSent || writableEnded) {
      proceed();
      return;
    }
    // Also where the client has left: what is answered here is not the application's to answer.
    proceed(() => this.write(answer, incoming));
  }

  /** Another request hook may have run since the decision, and may have ended the response in its own time. */
  private write(answer: (response: ServerResponse) => void, incoming: Incoming): void {
    const { raw, response, reply } = incoming;
    try {
      // Fastify has to know that nothing is left to send. Express has no such thing.
      if (reply !== response) {
        (reply as { hijack?: () => void }).hijack?.();
      }
      if (isEnded(response)) {
        return;
      }
      closeAfterHandshake(raw, response);
      answer(response);
    } catch (error) {
      this.reporter.problems.error(
        'response',
        `A response to a CORS request could not be written, so its connection was closed. ${describeError(error)}`,
        describeStack(error),
      );
      response.destroy();
    }
  }

  /** An error of our own must not become the application's: the request goes on without a grant, a preflight is refused. */
  private failClosed(incoming: Incoming, error: unknown): Answer {
    completeUndecided(incoming.response);
    this.reporter.problems.error(
      'decision',
      'A CORS decision failed, so nothing was granted. Unless the error comes from what the application configures, such ' +
        `as a trust function of the adapter, this is a defect of nestjs-cors, please report it. ${describeError(error)}`,
      describeStack(error),
    );
    return readPreflight(incoming.method, incoming.headers) === undefined
      ? undefined
      : answerWith({ kind: 'refused', policy: undefined, reason: 'internal-error' });
  }
}

function readIncoming(request: unknown, response: unknown): Incoming {
  const raw = nodeRequest(request);
  const { method = 'GET', url = '/', headers } = raw;
  return {
    method,
    url,
    headers,
    origin: originOf(headers),
    source: request,
    raw,
    response: nodeResponse(response),
    reply: response,
  };
}

/** Leaves the request to the application, also where another application around this one has decided about it. */
function leave({ response }: Incoming): undefined {
  completeOnWrite(response, undefined);
}

function isEnded({ headersSent, writableEnded, destroyed }: ServerResponse): boolean {
  return headersSent || writableEnded || destroyed;
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

function answerWith(decision: PreflightDecision): Answer {
  return (response) => answerPreflight(response, decision);
}
