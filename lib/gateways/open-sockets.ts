import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { Handshake } from './handshake.js';
import type { HandshakeEvaluation } from './handshake-evaluator.js';
import { OpenConnections } from './open-connections.js';
import type { EngineSession, WsSocket } from './socket-servers.js';

/** The code that a WebSocket is closed with: the client violates the policy of the server (RFC 6455, section 7.4.1). */
const POLICY_VIOLATION = 1008;
const REASON = 'Origin no longer allowed';

/** Under which policies a handshake was allowed, and for whom. */
interface Access {
  readonly policies: readonly CompiledPolicy[];
  readonly origin: string;
  readonly tenantUnder: (policy: CompiledPolicy) => string | undefined;
}

/** Has open sockets closed when their origin is no longer allowed. */
@Injectable()
export class OpenSockets {
  private readonly allowed = new WeakMap<IncomingMessage, Access>();

  constructor(@Inject(OpenConnections) private readonly connections: OpenConnections) {}

  /** Remembers that policies have allowed a handshake. Those without `Origin`, and of the own origin, need no policy. */
  remember({ raw, origin }: Handshake, { allowedBy, requestLookups }: HandshakeEvaluation): void {
    if (origin !== undefined && allowedBy.length > 0) {
      const tenantUnder = (policy: CompiledPolicy) => requestLookups?.tenantUnder(policy);
      this.allowed.set(raw, { policies: allowedBy, origin, tenantUnder });
    }
  }

  /** Watches a socket of ws. */
  watchWs(raw: IncomingMessage, socket: WsSocket): void {
    const remove = this.add(raw, () => socket.close(POLICY_VIOLATION, REASON));
    socket.once('close', remove);
  }

  /** Watches a session of engine.io, whichever transports it goes through. Its client reconnects, and is refused then. */
  watchSession(session: EngineSession): void {
    if (session.request) {
      session.once(
        'close',
        this.add(session.request, () => session.close(true)),
      );
    }
  }

  /** Watches the connection of a WebSocket that something unknown has accepted. */
  watchConnection(raw: IncomingMessage, socket: Duplex): void {
    const remove = this.add(raw, () => {
      // A server's frames are not masked. All servers write whole frames, so this one is between two of them.
      socket.end(closeFrame());
      socket.once('finish', () => socket.destroy());
    });
    socket.once('close', remove);
  }

  private add(raw: IncomingMessage, close: () => void): () => void {
    const { policies = [], origin = '', tenantUnder } = this.allowed.get(raw) ?? {};
    const removals = policies.map((policy) =>
      this.connections.add({ policy, origin, tenant: tenantUnder?.(policy), close }),
    );
    return () => removals.forEach((remove) => remove());
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1 */
function closeFrame(): Buffer {
  const reason = Buffer.from(REASON);
  const header = Buffer.from([0x88, reason.length + 2, POLICY_VIOLATION >> 8, POLICY_VIOLATION & 0xff]);
  return Buffer.concat([header, reason]);
}
