import type { PreflightFacts } from '../fetch/preflight-request.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { DecisionReporter, EventPlace } from '../request/decision-reporter.js';
import type { PreflightEvaluation } from '../request/evaluator.js';
import { describeError, describeStack } from '../support/log-line.js';
import type { Handshake } from './handshake.js';
import type { HandshakeEvaluation } from './handshake-evaluator.js';
import type { OpenSockets } from './open-sockets.js';
import type { Polling } from './polling.js';
import type { EngineSession } from './socket-servers.js';

/**
 * Receives the decisions of the handshake guard. `place` has the gateways; it is `undefined` for upgrades that no gateway takes.
 */
export interface HandshakeObserver {
  /** @param polling `undefined` for an upgrade, and for the socket of a namespace */
  decided(
    given: HandshakeEvaluation,
    place: EventPlace | undefined,
    handshake: Handshake,
    polling: Polling | undefined,
  ): void;
  preflight(
    given: PreflightEvaluation,
    place: EventPlace | undefined,
    handshake: Handshake,
    facts: PreflightFacts,
  ): void;
  /** Cookies or HTTP authentication were removed from a handshake. */
  credentialsRemoved(policy: CompiledPolicy): void;
  /** A namespace has allowed its socket. */
  joined(session: EngineSession): void;
  /** The decision failed. */
  failed(error: unknown): void;
  /** The receiver of an allowed handshake has thrown. */
  acceptFailed(error: unknown): void;
}

/** Reports decisions about handshakes, and starts to watch the sockets that they open. */
export class HandshakeReporter implements HandshakeObserver {
  constructor(
    private readonly reporter: DecisionReporter,
    private readonly sockets: OpenSockets,
  ) {}

  decided(
    given: HandshakeEvaluation,
    place: EventPlace | undefined,
    handshake: Handshake,
    polling: Polling | undefined,
  ): void {
    // The polls of an open session are reported only if they are refused.
    if (given.isRefused || (polling?.sid ?? '') === '') {
      this.reporter.handshake(given, place, handshake);
    }
    if (!given.isRefused) {
      this.sockets.remember(handshake, given);
    }
  }

  preflight(
    given: PreflightEvaluation,
    place: EventPlace | undefined,
    handshake: Handshake,
    facts: PreflightFacts,
  ): void {
    this.reporter.preflight(given, facts, handshake, place);
  }

  credentialsRemoved({ label }: CompiledPolicy): void {
    this.reporter.problems.warn(
      `credentials-removed ${label}`,
      `A handshake came with cookies or HTTP authentication, and ${label} allows none, so they were removed. If the ` +
        'gateway needs them, write `credentials: true` in its policy.',
    );
  }

  joined(session: EngineSession): void {
    // The namespace may have refused the origin when the session began.
    this.sockets.watchSession(session);
  }

  failed(error: unknown): void {
    this.reporter.problems.error(
      'handshake',
      'The decision about a handshake failed, so it was refused. Unless the error comes from what the application configures, such ' +
        `as a trust function of the adapter, this is a defect of nestjs-cors, please report it. ${describeError(error)}`,
      describeStack(error),
    );
  }

  acceptFailed(error: unknown): void {
    this.reporter.problems.error(
      'handshake-accepted',
      `What accepts handshakes has thrown, so the connection was closed. ${describeError(error)}`,
      describeStack(error),
    );
  }
}
