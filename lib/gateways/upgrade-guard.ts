import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { OpenSockets } from './open-sockets.js';
import type { HandshakeGuard, HandshakePlace } from './handshake-guard.js';

type UpgradeListener = (raw: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** An upgrade goes where a GET of its URL would go: to a route, or else under a `paths` entry or the module's defaults. */
export const BY_URL: HandshakePlace = {
  shown: undefined,
  destinations: ({ url, adapterRequest }, { router }) => [[router.actual('GET', url, adapterRequest)]],
};

/**
 * Guards the `upgrade` listeners of the application's server that belong to no gateway, such as GraphQL subscriptions and the
 * application's own servers.
 */
export class UpgradeGuard {
  /** Whether a server of gateways does not report which upgrades it has taken. */
  hasUnknown = false;
  private readonly gateways = new WeakSet<object>();
  private readonly safe = new WeakSet<EventEmitter>();

  /** @param taken upgrades that a gateway has taken, and decides about by its own policy */
  constructor(
    private readonly guard: HandshakeGuard,
    private readonly sockets: OpenSockets,
    private readonly taken: WeakSet<IncomingMessage>,
  ) {}

  /** Marks a listener as a gateway's. */
  addGateway(listener: object): void {
    this.gateways.add(listener);
  }

  /** Marks a server that a gateway's adapter has made. Upgrades that the adapter drops must not end the process. */
  addServer(server: EventEmitter): void {
    if (!this.safe.has(server)) {
      this.safe.add(server);
      const catching = (_raw: IncomingMessage, socket: Duplex): void => catchErrors(socket);
      this.gateways.add(catching);
      server.prependListener('upgrade', catching);
    }
  }

  /** Whether something but gateways listens to upgrades. */
  hasOthers(server: EventEmitter): boolean {
    return server.rawListeners('upgrade').some((listener) => !this.gateways.has(listener));
  }

  /** Guards the server's listeners from now on. */
  intercept(server: EventEmitter): void {
    const emit = server.emit.bind(server);
    server.emit = (event, ...args: unknown[]) =>
      event === 'upgrade' && server.listenerCount('upgrade') > 0
        ? this.receive(server, ...(args as Parameters<UpgradeListener>))
        : emit(event, ...args);
  }

  private receive(server: EventEmitter, raw: IncomingMessage, socket: Duplex, head: Buffer): true {
    const listeners = server.rawListeners('upgrade') as UpgradeListener[];
    catchErrors(socket);
    const call = (isGateway: boolean, frames: Buffer): void =>
      listeners
        .filter((listener) => this.gateways.has(listener) === isGateway)
        .forEach((listener) => Reflect.apply(listener, server, [raw, socket, frames]));
    // Gateways read the URL by themselves. Listeners that take upgrades of every URL must not get those of a gateway.
    const written = bytesWritten(socket);
    call(true, head);
    // A server of an unknown kind, which `gateways: false` allows, shows only by its answer that it has taken an upgrade.
    const isAnswered = this.hasUnknown && bytesWritten(socket) !== written;
    if (
      !this.taken.has(raw) &&
      !isAnswered &&
      !socket.destroyed &&
      listeners.some((listener) => !this.gateways.has(listener))
    ) {
      this.guard.upgrade(raw, socket, head, BY_URL, (frames) => {
        call(false, frames);
        this.sockets.watchConnection(raw, socket);
      });
    }
    return true;
  }
}

/**
 * Node.js has removed its own listener from the socket of an upgrade. WsAdapter adds none where it cannot read the URL, and
 * servers of the application add none where the URL is not theirs. A client that resets the connection would then end the
 * process.
 */
function catchErrors(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
}

function bytesWritten(socket: Duplex): number | undefined {
  return (socket as Partial<Socket>).bytesWritten;
}
