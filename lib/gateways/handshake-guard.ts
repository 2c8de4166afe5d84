import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpAdapterHost } from '@nestjs/core';
import { readPreflight } from '../fetch/preflight-request.js';
import { completeUndecided, refusalMessage } from '../request/actual-response.js';
import type { DecisionReporter, EventPlace } from '../request/decision-reporter.js';
import type { CorsEvaluator } from '../request/evaluator.js';
import { completeOnWrite } from '../request/header-interception.js';
import { PreflightCompletion } from '../request/preflight-response.js';
import type { RunningEvaluator } from '../request/running-evaluator.js';
import { describeError, describeStack } from '../support/log-line.js';
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
import type { OpenSockets } from './open-sockets.js';
import type { EngineSession } from './socket-servers.js';

/** What gets the sockets of a handshake: gateways on one server, or whatever listens to upgrades. */
export interface HandshakePlace {
  /** The gateways, for events; `undefined` for upgrades that no gateway takes. */
  readonly shown: EventPlace | undefined;
  /** Called when the application has bootstrapped. */
  destinations(handshake: Handshake, evaluator: CorsEvaluator): DestinationGroups;
}

/** What the query of a polling request says, as engine.io reads it. */
export interface Polling {
  /** Whether the answer would be a script. */
  readonly isJsonp: boolean;
  /** The session that it belongs to; empty for a new one. */
  readonly sid: string;
}

/** Has the next middleware of a namespace called. */
type Next = (error?: Error) => void;

/** How a handshake goes on: `undefined` accepts it. */
type Outcome = HandshakeRefusal | undefined;

const FAILED: HandshakeRefusal = { status: 403, message: refusalMessage('internal-error') };

/** Decides about handshakes before anything accepts them. A decision without I/O is made synchronously. */
export class HandshakeGuard {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly running: RunningEvaluator,
    private readonly reporter: DecisionReporter,
    private readonly sockets: OpenSockets,
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
   * Decides about a request of polling, and has its response say the decision.
   * @param proceed is called when the request may go on
   */
  request(
    raw: IncomingMessage,
    response: ServerResponse,
    place: HandshakePlace,
    polling: Polling,
    proceed: () => void,
  ): void {
    // Something may answer meanwhile, such as a timeout.
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
      // The namespace may have refused the origin when the session began.
      this.sockets.watchSession(session);
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
        // The polls of an open session are reported only where they are refused.
        if (given.isRefused || (polled?.polling.sid ?? '') === '') {
          this.reporter.handshake(given, place.shown, handshake);
        }
        if (!given.isRefused) {
          this.sockets.remember(handshake, given);
        }
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
      this.reporter.problems.warn(
        `credentials-removed ${policy.label}`,
        `A handshake came with cookies or HTTP authentication, and ${policy.label} allows none, so they were removed. If the ` +
          'gateway needs them, write `credentials: true` in its policy.',
      );
    }
    return undefined;
  }

  private answerPreflight(
    facts: NonNullable<ReturnType<typeof readPreflight>>,
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
        this.reporter.preflight(given, facts, handshake, place.shown);
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
    this.reporter.problems.error(
      'handshake',
      'The decision about a handshake failed, so it was refused. Unless the error comes from what the application configures, such ' +
        `as a trust function of the adapter, this is a defect of nestjs-cors, please report it. ${describeError(error)}`,
      describeStack(error),
    );
    return FAILED;
  }

  /** An error after a decision that took I/O would end the process: nothing else is there to catch it. */
  private attempt(goOn: () => void, connection: { destroy(): unknown }): void {
    try {
      goOn();
    } catch (error) {
      this.reporter.problems.error(
        'handshake-accepted',
        `What accepts handshakes has thrown, so the connection was closed. ${describeError(error)}`,
        describeStack(error),
      );
      connection.destroy();
    }
  }
}
