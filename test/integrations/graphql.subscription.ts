import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';

/**
 * What a page of `origin` receives first of a subscription over a WebSocket (the protocol of graphql-ws), or the status with
 * which its handshake is answered instead.
 */
export function firstOfSubscription(port: number, origin: string, query: string, path = '/graphql'): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, 'graphql-transport-ws', { origin });
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data: Buffer) => {
      const { type, payload } = JSON.parse(data.toString()) as { type: string; payload?: unknown };
      if (type === 'connection_ack') {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
      } else if (type === 'next' || type === 'error') {
        socket.close();
        resolve(payload);
      }
    });
    socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
      response.resume();
      resolve(response.statusCode);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The connection was closed before anything was received')));
  });
}
