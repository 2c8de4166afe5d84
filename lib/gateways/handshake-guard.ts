import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpAdapterHost } from '@nestjs/core';
import { type PreflightFacts, readPreflight } from '../fetch/preflight-request.js';
import { completeUndecided, refusalMessage } from '../request/actual-response.js';
import type { EventPlace } from '../request/decision-reporter.js';
import type { CorsEvaluator } from '../request/evaluator.js';
import { completeOnWrite } from '../request/header-interception.js';
import { PreflightCompletion } from '../request/preflight-response.js';
import type { RunningEvaluator } from '../request/running-evaluator.js';
import { type MaybePromise, whenSettled } from '../support/maybe-promise.js';
import { type Handshake, readHandshake, removeCredentials } from './handshake.js';
import {
  type DestinationGroups,
  type HandshakeEvaluation,
  evaluateGatewayPreflight,
  evaluateHandshake,
} from './handshake-evaluator.js';
import {
  type HandshakeRefusal,
  NOT_READY,
  PollingCompletion,
  holdSocket,
  refuseRequest,
  refuseUpgrade,
} from './handshake-response.js';
import type { HandshakeObserver } from './handshake-reporter.js';
import type { Polling } from './polling.js';
import type { EngineSession } from './socket-servers.js';

/** The receiver of a handshake's sockets: gateways on one server, or listeners to upgrades. */
export interface HandshakePlace {
  /** The gateways, for events; `undefined` for upgrades that no gateway takes. */
  readonly shown: EventPlace | undefined;
  /** Called when the application has bootstrapped. */
  destinations(handshake: Handshake, evaluator: CorsEvaluator): DestinationGroups;
}

/** Calls the next middleware of a namespace. */
type Next = (error?: Error) => void;

/** Continues a handshake: `undefined` accepts it. */
type Outcome = HandshakeRefusal | undefined;

const FAILED: HandshakeRefusal = { status: 403, message: refusalMessage('internal-error') };

/** Decides about handshakes before anything accepts them. A decision without I/O is made synchronously. */
export class HandshakeGuard {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly running: Pick<RunningEvaluator, 'isRunning' | 'evaluator'>,
    private readonly observer: HandshakeObserver,
  ) {}

  /**
   * Decides about an upgrade.
   * @param accept is called when the upgrade may go on, with the frames that came with it
   */
  upgrade(
    raw: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    place: HandshakePlace,
    accept: (head: Buffer) => void,
  ): void {
    const settle = (outcome: Outcome, frames: Buffer): void => {
      if (outcome === undefined) {
        this.attempt(() => accept(frames), socket);
      } else {
        refuseUpgrade(socket, outcome);
      }
    };
    const outcome = this.decide(raw, place);
    if (outcome instanceof Promise) {
      holdSocket(socket, head, outcome, settle);
    } else {
      settle(outcome, head);
    }
  }

  /**
   * Decides about a request of polling, and writes the decision into its response.
   * @param proceed is called when the request may go on
   */
  request(
    raw: IncomingMessage,
    response: ServerResponse,
    place: HandshakePlace,
    polling: Polling,
    proceed: () => void,
  ): void {
    // Something may respond meanwhile, such as a timeout.
    completeUndecided(response);
    const settle = (outcome: Outcome | 'answered'): void => {
      if (outcome === 'answered' || response.headersSent || response.destroyed) {
        return;
      }
      if (outcome === undefined) {
        this.attempt(proceed, response);
      } else {
        refuseRequest(response, outcome);
      }
    };
    const preflight = readPreflight(raw.method, raw.headers);
    const outcome =
      preflight === undefined || !this.running.isRunning
        ? this.decide(raw, place, { polling, response })
        : this.answerPreflight(preflight, raw, response, place);
    void whenSettled(outcome, settle);
  }

  /**
   * Decides about a socket of a namespace, whose handshake was allowed.
   * @param next is called with an error where the namespace refuses it
   */
  async join(raw: IncomingMessage, session: EngineSession, place: HandshakePlace, next: Next): Promise<void> {
    const refusal = await this.decide(raw, place);
    if (refusal === undefined) {
      this.observer.joined(session);
    }
    // The next middleware is the application's.
    this.attempt(() => next(refusal && new Error(refusal.message)), { destroy: () => session.close(true) });
  }

  private decide(
    raw: IncomingMessage,
    place: HandshakePlace,
    polled?: { readonly polling: Polling; readonly response: ServerResponse },
  ): MaybePromise<Outcome> {
    if (!this.running.isRunning) {
      return NOT_READY;
    }
    try {
      const { evaluator } = this.running;
      const handshake = this.read(raw);
      const destinations = place.destinations(handshake, evaluator);
      const evaluation = evaluateHandshake(evaluator, handshake, destinations, polled?.polling.isJsonp);
      if (evaluation === undefined) {
        if (polled !== undefined) {
          completeOnWrite(polled.response, undefined);
        }
        return undefined;
      }
      const apply = (given: HandshakeEvaluation): Outcome => {
        if (polled !== undefined) {
          completeOnWrite(polled.response, new PollingCompletion(polled.response, given.decision, given.isRefused));
        }
        this.observer.decided(given, place.shown, handshake, polled?.polling);
        return this.apply(given, raw);
      };
      return evaluation instanceof Promise
        ? evaluation.then(apply).catch((error: unknown) => this.fail(error))
        : apply(evaluation);
    } catch (error) {
      return this.fail(error);
    }
  }

  private apply({ isRefused, keepsCredentials, decision }: HandshakeEvaluation, raw: IncomingMessage): Outcome {
    const { policy, reason } = decision;
    if (isRefused) {
      return { status: 403, message: refusalMessage(reason) };
    }
    if (!keepsCredentials && removeCredentials(raw)) {
      this.observer.credentialsRemoved(policy);
    }
    return undefined;
  }

  private answerPreflight(
    facts: PreflightFacts,
    raw: IncomingMessage,
    response: ServerResponse,
    place: HandshakePlace,
  ): MaybePromise<Outcome | 'answered'> {
    try {
      const { evaluator } = this.running;
      const handshake = this.read(raw);
      const destinations = place.destinations(handshake, evaluator);
      const evaluation = evaluateGatewayPreflight(evaluator, facts, handshake, destinations);
      if (evaluation === undefined) {
        completeOnWrite(response, undefined);
        return undefined;
      }
      const answered = whenSettled(evaluation, (given) => {
        this.observer.preflight(given, place.shown, handshake, facts);
        if (!response.headersSent && !response.destroyed) {
          new PreflightCompletion(given.decision).answer(response);
        }
        return 'answered' as const;
      });
      return answered instanceof Promise ? answered.catch((error: unknown) => this.fail(error)) : answered;
    } catch (error) {
      return this.fail(error);
    }
  }

  private read(raw: IncomingMessage): Handshake {
    // Undefined where the application is created without HTTP.
    return readHandshake(raw, this.host.httpAdapter?.getInstance());
  }

  private fail(error: unknown): HandshakeRefusal {
    this.observer.failed(error);
    return FAILED;
  }

  /** An error after an asynchronous decision would end the process, because nothing else catches it. */
  private attempt(goOn: () => void, connection: { destroy(): unknown }): void {
    try {
      goOn();
    } catch (error) {
      this.observer.acceptFailed(error);
      connection.destroy();
    }
  }
}
