import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/*
 * The members of socket.io, engine.io and ws that handshakes go through. These packages are the application's, so no type and no
 * code of theirs is imported. Each is public, or called by name from the package's own listeners, in socket.io 4.x and ws 8.x.
 */

/** A socket that ws has accepted. */
export interface WsSocket {
  close(code: number, reason: string): void;
  once(event: 'close', listener: () => void): unknown;
}

/** A session of engine.io. */
export interface EngineSession {
  /** The request that has opened it; none for WebTransport. */
  readonly request?: IncomingMessage | null;
  /** `closed` when the event has been emitted. */
  readonly readyState: string;
  close(discard: boolean): void;
  once(event: 'close', listener: () => void): unknown;
}

/** The server of ws. */
export interface WsServer {
  handleUpgrade(
    raw: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    accepted: (socket: WsSocket, ...rest: unknown[]) => void,
  ): void;
}

/** The server of engine.io, which takes the HTTP requests of socket.io. */
export interface EngineServer {
  /** The open sessions by their `sid`. */
  readonly clients: Readonly<Record<string, EngineSession>>;
  handleRequest(raw: IncomingMessage, response: ServerResponse): void;
  handleUpgrade(raw: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): unknown;
  on(event: 'connection', listener: (session: EngineSession) => void): unknown;
}

/** A middleware of a namespace. */
export type NamespaceMiddleware = (
  socket: { readonly request: IncomingMessage; readonly conn: EngineSession },
  next: (error?: Error) => void,
) => void;

/** The server of socket.io. */
export interface IoServer {
  readonly engine?: unknown;
  /** Connects the server with an engine. */
  bind(engine: unknown): unknown;
  of(name: unknown): unknown;
  /** The path of its handshakes, without a slash at the end. Some servers that resemble one of socket.io lack this method. */
  path?(): string;
  use(middleware: NamespaceMiddleware): unknown;
}

/** A namespace of socket.io. */
export interface IoNamespace {
  readonly server: IoServer;
  use(middleware: NamespaceMiddleware): unknown;
}

export function isIoServer(value: unknown): value is IoServer {
  return hasMethods(value, 'of', 'bind', 'use');
}

export function ioPath(server: IoServer): string {
  return server.path?.() ?? '/socket.io';
}

export function isIoNamespace(value: unknown): value is IoNamespace {
  return hasMethods(value, 'use') && isIoServer((value as { server?: unknown }).server);
}

export function isWsServer(value: unknown): value is WsServer {
  return hasMethods(value, 'handleUpgrade');
}

/** The engine for µWebSockets.js has the same methods with other parameters. */
export function isEngineServer(value: unknown): value is EngineServer {
  return (
    hasMethods(value, 'handleRequest', 'handleUpgrade', 'close', 'on') &&
    (value as object).constructor.name !== 'uServer'
  );
}

function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
  );
}
