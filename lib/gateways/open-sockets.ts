import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionKey } from './connection-groups.js';
import type { Handshake } from './handshake.js';
import type { HandshakeEvaluation } from './handshake-evaluator.js';
import type { OpenConnections } from './open-connections.js';
import type { EngineSession, WsSocket } from './socket-servers.js';

/** The code for closing a WebSocket: the client violates the policy of the server (RFC 6455, section 7.4.1). */
const POLICY_VIOLATION = 1008;
const REASON = 'Origin no longer allowed';

/** The policies, origins and tenants that a session of engine.io is open under. */
interface WatchedSession {
  readonly keys: ConnectionKey[];
  readonly removals: (() => void)[];
}

/** Closes open sockets when their origin is no longer allowed. */
export class OpenSockets {
  private readonly allowed = new WeakMap<IncomingMessage, readonly ConnectionKey[]>();
  private readonly sessions = new WeakMap<EngineSession, WatchedSession>();

  constructor(private readonly connections: OpenConnections) {}

  /**
   * Remembers that policies have allowed a handshake. Those without `Origin`, and of the own origin, need no policy. A namespace that
   * decides about its socket adds to what the handshake was allowed by.
   */
  remember({ raw, origin }: Handshake, { allowedBy, requestLookups }: HandshakeEvaluation): void {
    if (origin !== undefined && allowedBy.length > 0) {
      const keys = allowedBy.map((policy) => ({ policy, origin, tenant: requestLookups?.tenantUnder(policy) }));
      const known = this.allowed.get(raw) ?? [];
      this.allowed.set(raw, [...known, ...withoutKnown(keys, known)]);
    }
  }

  /** Watches a socket of ws. */
  watchWs(raw: IncomingMessage, socket: WsSocket): void {
    const remove = this.add(this.keysOf(raw), () => socket.close(POLICY_VIOLATION, REASON));
    socket.once('close', remove);
  }

  /**
   * Watches a session of engine.io, whichever transports it goes through. Its client reconnects, and is refused then.
   * @param raw the request that was allowed: the session's first one, or one that upgrades it
   */
  watchSession(session: EngineSession, raw = session.request): void {
    if (!raw || session.readyState === 'closed') {
      return;
    }
    const watched = this.sessions.get(session) ?? this.startWatching(session);
    const added = withoutKnown(this.keysOf(raw), watched.keys);
    // A client may join and leave a namespace for as long as it likes.
    if (added.length > 0) {
      watched.keys.push(...added);
      watched.removals.push(this.add(added, () => session.close(true)));
    }
  }

  /** Watches the connection of a WebSocket that an unknown server has accepted. */
  watchConnection(raw: IncomingMessage, socket: Duplex): void {
    const remove = this.add(this.keysOf(raw), () => {
      // A server's frames are not masked. All servers write whole frames, so this one comes between two of them.
      socket.end(closeFrame());
      socket.once('finish', () => socket.destroy());
    });
    socket.once('close', remove);
  }

  private startWatching(session: EngineSession): WatchedSession {
    const watched: WatchedSession = { keys: [], removals: [] };
    this.sessions.set(session, watched);
    session.once('close', () => watched.removals.forEach((remove) => remove()));
    return watched;
  }

  private keysOf(raw: IncomingMessage): readonly ConnectionKey[] {
    return this.allowed.get(raw) ?? [];
  }

  private add(keys: readonly ConnectionKey[], close: () => void): () => void {
    const removals = keys.map((key) => this.connections.add({ ...key, close }));
    return () => removals.forEach((remove) => remove());
  }
}

/** The keys that are not among the known ones, each once. */
function withoutKnown(keys: readonly ConnectionKey[], known: readonly ConnectionKey[]): readonly ConnectionKey[] {
  return keys.filter((key, index) => ![...known, ...keys.slice(0, index)].some((other) => isEqual(key, other)));
}

function isEqual(one: ConnectionKey, other: ConnectionKey): boolean {
  return one.policy === other.policy && one.origin === other.origin && one.tenant === other.tenant;
}

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1 */
function closeFrame(): Buffer {
  const reason = Buffer.from(REASON);
  const header = Buffer.from([0x88, reason.length + 2, POLICY_VIOLATION >> 8, POLICY_VIOLATION & 0xff]);
  return Buffer.concat([header, reason]);
}
