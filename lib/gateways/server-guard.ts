import type { IncomingMessage } from 'node:http';
import { type GatewayPlace, namespaceName } from './gateway-place.js';
import type { HandshakeGuard } from './handshake-guard.js';
import type { OpenSockets } from './open-sockets.js';
import { refuseRequest, refuseUpgrade } from './handshake-response.js';
import { MALFORMED, readPolling } from './polling.js';
import { type IoNamespace, type IoServer, type WsServer, isEngineServer } from './socket-servers.js';

/** Thrown for a server that takes handshakes in an unknown way. */
export class UnknownServer extends Error {}

/**
 * Guards the servers of gateways. It overrides methods of the instances, where every handshake arrives, whatever has read its URL.
 */
export class ServerGuard {
  /** Upgrades that a gateway has taken. */
  readonly taken = new WeakSet<IncomingMessage>();
  private readonly guarded = new WeakSet<object>();

  constructor(
    private readonly guard: HandshakeGuard,
    private readonly sockets: OpenSockets,
  ) {}

  guardWs(server: WsServer, place: GatewayPlace): void {
    if (!this.isNew(server)) {
      return;
    }
    const handleUpgrade = server.handleUpgrade.bind(server);
    server.handleUpgrade = (raw, socket, head, accepted) => {
      this.taken.add(raw);
      this.guard.upgrade(raw, socket, head, place, (frames) =>
        handleUpgrade(raw, socket, frames, (webSocket, ...rest) => {
          this.sockets.watchWs(raw, webSocket);
          accepted(webSocket, ...rest);
        }),
      );
    };
  }

  guardIo(server: IoServer, place: GatewayPlace): void {
    if (!this.isNew(server)) {
      return;
    }
    const { engine } = server;
    if (engine !== undefined) {
      this.guardEngine(engine, place);
    }
    // An engine that is attached later, or again.
    const bind = server.bind.bind(server);
    server.bind = (later) => {
      this.guardEngine(later, place);
      return bind(later);
    };
    this.guardNamespace(server, '/', place);
  }

  /** Makes a namespace decide about its sockets, where others on its server have other policies. */
  guardNamespace(namespace: IoServer | IoNamespace, name: unknown, place: GatewayPlace): void {
    const key = namespaceName(name);
    if (place.namespaces.size < 2 || !place.namespaces.has(key) || !this.isNew(namespace, key)) {
      return;
    }
    const own = place.in(key);
    namespace.use(({ request, conn }, next) => void this.guard.join(request, conn, own, next));
  }

  private guardEngine(engine: unknown, place: GatewayPlace): void {
    if (!isEngineServer(engine)) {
      throw new UnknownServer();
    }
    if (!this.isNew(engine)) {
      return;
    }
    engine.on('connection', (session) => this.sockets.watchSession(session));
    const handleRequest = engine.handleRequest.bind(engine);
    const handleUpgrade = engine.handleUpgrade.bind(engine);
    const close = engine.close.bind(engine);
    let timesClosed = 0;
    engine.close = () => {
      timesClosed++;
      return close();
    };
    engine.handleRequest = (raw, response) => {
      const polling = readPolling(raw);
      if (polling === undefined) {
        refuseRequest(response, MALFORMED);
        return;
      }
      const timesBefore = timesClosed;
      this.guard.request(raw, response, place, polling, () => {
        if (timesClosed === timesBefore) {
          handleRequest(raw, response);
        } else {
          // The engine would begin a session that nothing closes any more. ws accepts no sockets after it has closed.
          refuseRequest(response, CLOSED);
        }
      });
    };
    engine.handleUpgrade = (raw, socket, head) => {
      this.taken.add(raw);
      const polling = readPolling(raw);
      if (polling === undefined) {
        refuseUpgrade(socket, MALFORMED);
        return;
      }
      this.guard.upgrade(raw, socket, head, place, (frames) => {
        const session = Object.hasOwn(engine.clients, polling.sid) ? engine.clients[polling.sid] : undefined;
        if (session !== undefined) {
          // The first request of the page may have come without Origin, or with the server's own.
          this.sockets.watchSession(session, raw);
        }
        handleUpgrade(raw, socket, frames);
      });
    };
  }

  private isNew(server: object, namespace?: string): boolean {
    // The main namespace and its server are one object.
    const key = namespace === '/' ? ((server as { sockets?: object }).sockets ?? server) : server;
    if (this.guarded.has(key)) {
      return false;
    }
    this.guarded.add(key);
    return true;
  }
}

/** The engine was closed while the decision took I/O. */
const CLOSED = { status: 503, message: 'The application is closing' } as const;
