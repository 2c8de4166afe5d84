import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { HttpAdapterHost } from '@nestjs/core';
import type { HandshakeEvaluation } from '../gateways/handshake-evaluator.js';
import { HandshakeGuard, type HandshakePlace } from '../gateways/handshake-guard.js';
import type { HandshakeObserver } from '../gateways/handshake-reporter.js';
import type { Polling } from '../gateways/polling.js';
import type { EngineSession } from '../gateways/socket-servers.js';
import type { CorsEvaluator, PreflightEvaluation } from '../request/evaluator.js';
import { SyntheticResponse, type SyntheticRequest } from './synthetic-exchange.js';

/** The guard's decision about a request that was never sent. */
export interface DecidedHandshake {
  /** `undefined` where the application decides. */
  readonly evaluation: HandshakeEvaluation | undefined;
  /** The evaluation of a preflight; `undefined` where the application decides. */
  readonly preflight: PreflightEvaluation | undefined;
  /** The answer to a request of polling; `undefined` for an upgrade. */
  readonly response: SyntheticResponse | undefined;
}

/** Gives synthetic handshakes to the guard of real ones. Nothing is reported, and no socket is watched. */
export class ExplainingGuard {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly evaluator: CorsEvaluator,
  ) {}

  /** @throws the error with which the decision has failed */
  upgrade(raw: IncomingMessage, place: HandshakePlace): Promise<DecidedHandshake> {
    return this.decide((guard, resolve) => {
      const socket = new UnreadSocket().once('close', () => resolve());
      guard.upgrade(raw, socket, Buffer.alloc(0), place, () => resolve());
    });
  }

  /**
   * Decides about a request of polling, or about the preflight of one.
   * @throws the error with which the decision has failed
   */
  request(raw: IncomingMessage, place: HandshakePlace, polling: Polling): Promise<DecidedHandshake> {
    return this.decide((guard, resolve) => {
      const response: SyntheticResponse = new EndingResponse(raw as SyntheticRequest & IncomingMessage, () =>
        resolve(response),
      );
      guard.request(raw, response, place, polling, () => {
        response.complete();
        resolve(response);
      });
    });
  }

  /**
   * Decides about the socket of a namespace.
   * @throws the error with which the decision has failed
   */
  join(raw: IncomingMessage, place: HandshakePlace): Promise<DecidedHandshake> {
    return this.decide((guard, resolve) => void guard.join(raw, CLOSED_SESSION, place, () => resolve()));
  }

  private async decide(
    begin: (guard: HandshakeGuard, resolve: (response?: SyntheticResponse) => void) => void,
  ): Promise<DecidedHandshake> {
    const last = new LastHandshake();
    const guard = new HandshakeGuard(this.host, { isRunning: true, evaluator: this.evaluator }, last);
    const response = await new Promise<SyntheticResponse | undefined>((resolve) => begin(guard, resolve));
    const { failure, evaluation, preflightEvaluation: preflight } = last;
    if (failure !== undefined) {
      throw failure.error;
    }
    return { evaluation, preflight, response };
  }
}

/** Remembers the guard's decision. */
class LastHandshake implements HandshakeObserver {
  evaluation: HandshakeEvaluation | undefined;
  preflightEvaluation: PreflightEvaluation | undefined;
  failure: { readonly error: unknown } | undefined;

  decided(evaluation: HandshakeEvaluation): void {
    this.evaluation = evaluation;
  }

  preflight(evaluation: PreflightEvaluation): void {
    this.preflightEvaluation = evaluation;
  }

  failed(error: unknown): void {
    this.failure = { error };
  }

  acceptFailed(error: unknown): void {
    this.failure = { error };
  }

  credentialsRemoved(): void {}

  joined(): void {}
}

/** A response that reports when the guard has ended it. Without a client, Node.js emits no event. */
class EndingResponse extends SyntheticResponse {
  constructor(
    request: SyntheticRequest,
    private readonly ended: () => void,
  ) {
    super(request);
  }

  override end(...given: unknown[]): this {
    super.end(...(given as []));
    this.ended();
    return this;
  }
}

/** A socket without a client. */
class UnreadSocket extends Duplex {
  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

/** The session of a client that has left: nothing watches it. */
const CLOSED_SESSION: EngineSession = { readyState: 'closed', close: () => {}, once: () => undefined };
