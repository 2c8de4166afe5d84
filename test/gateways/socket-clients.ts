import type { ClientRequest, IncomingMessage } from 'node:http';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import type { SocketAdapter } from './gateway-application.js';

export type ClientHeaders = Readonly<Record<string, string>>;

/** How a client's handshake ended: the status of the refusal, or what the gateway echoed. */
export type Handshake = { readonly status: number; readonly body: string } | { readonly echo: unknown };

/** Opens a socket, has a message echoed, and closes it. The message is sent with the handshake where the protocol allows it. */
export async function handshake(adapter: SocketAdapter, port: number, headers: ClientHeaders): Promise<Handshake> {
  return adapter === 'WsAdapter' ? viaWs(port, headers) : viaSocketIo(port, headers);
}

/** Opens a WebSocket without any protocol on top. */
export async function viaWs(port: number, headers: ClientHeaders, path = '/'): Promise<Handshake> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  try {
    return await new Promise<Handshake>((resolve, reject) => {
      socket.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      });
      socket.on('error', reject);
      socket.on('open', () => socket.send(JSON.stringify({ event: 'echo', data: 'hello' })));
      socket.on('message', (data: Buffer) =>
        resolve({ echo: (JSON.parse(data.toString()) as { data: unknown }).data }),
      );
    });
  } finally {
    socket.on('error', () => undefined);
    socket.terminate();
  }
}

export interface SocketIoOptions {
  readonly transports?: readonly ('polling' | 'websocket')[];
  readonly namespace?: string;
  readonly path?: string;
}

/** Opens a socket of socket.io. */
export async function viaSocketIo(
  port: number,
  headers: ClientHeaders,
  { transports = ['websocket'], namespace = '/', path = '/socket.io' }: SocketIoOptions = {},
): Promise<Handshake> {
  const socket = io(`http://127.0.0.1:${port}${namespace}`, {
    path,
    transports: [...transports],
    extraHeaders: { ...headers },
    reconnection: false,
    forceNew: true,
  });
  try {
    return await new Promise<Handshake>((resolve) => {
      socket.on('connect_error', (error) => resolve(refusalIn(error)));
      socket.on('connect', () => socket.emit('echo', 'hello'));
      socket.on('echo', (data) => resolve({ echo: data }));
    });
  } finally {
    const { engine } = socket.io;
    const closed =
      engine.readyState === 'open' ? new Promise<void>((resolve) => engine.once('close', () => resolve())) : undefined;
    socket.disconnect();
    // Polling takes a request to close.
    await closed;
  }
}

/** The transport's error has the status of the response; a namespace's error has a message alone. */
function refusalIn(error: Error): Handshake {
  const { description, context } = error as { description?: unknown; context?: { responseText?: string } };
  const status =
    typeof description === 'number'
      ? description
      : Number(/response: (\d{3})/.exec(String((description as { message?: string } | undefined)?.message))?.[1] ?? 0);
  return { status, body: context?.responseText ?? error.message };
}
