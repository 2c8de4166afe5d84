import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { type Socket, connect } from 'node:net';
import type { RunningApplication } from '../support/application.js';
import { startMercurius } from './graphql-mercurius.application.js';
import { firstOfSubscription } from './graphql.subscription.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';
const SUBSCRIPTION = 'subscription { prices }';

/** @fastify/websocket, which mercurius uses, has handshakes routed by Fastify, as requests; nobody else does. */
describe('handshakes of WebSockets that reach Fastify’s hooks', () => {
  let application: RunningApplication;
  /** Server side of the connections that were to be upgraded. Node.js leaves them to whoever upgrades. */
  let sockets: Socket[];

  beforeEach(async () => {
    application = await startMercurius({ rejectDisallowed: true, websockets: true });
    sockets = [];
    application.app.getHttpServer().on('upgrade', (_: IncomingMessage, socket: Socket) => sockets.push(socket));
  });

  afterEach(async () => {
    sockets.forEach((socket) => socket.destroy());
    await application.close();
  });

  /** What is answered to a handshake with this request line, and whether its connection is closed after that. */
  const shakeHands = (requestLine: string, origin?: string) =>
    new Promise<{ status: string; closed: boolean }>((resolve, reject) => {
      const socket = connect(application.port, '127.0.0.1', () =>
        socket.write(
          `${requestLine}\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
            (origin === undefined ? '' : `Origin: ${origin}\r\n`) +
            'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
            'Access-Control-Request-Method: POST\r\n\r\n',
        ),
      );
      let received = '';
      const status = () => received.split(' ')[1] ?? '';
      socket.on('data', (chunk) => (received += chunk.toString()));
      socket.on('error', reject);
      socket.on('close', () => resolve({ status: status(), closed: true }));
      // Reached by a connection that is kept open, and by no other.
      socket.setTimeout(5000, () => {
        resolve({ status: status(), closed: false });
        socket.destroy();
      });
    });

  it('policy that rejects: are accepted of allowed origins alone', async () => {
    expect(await firstOfSubscription(application.port, APP, SUBSCRIPTION)).toEqual({ data: { prices: 90 } });
    expect(await firstOfSubscription(application.port, STRANGER, SUBSCRIPTION)).toBe(403);
  });

  it('Fastify answers them itself: leave no connection open', async () => {
    expect(await shakeHands('GET /nowhere HTTP/1.1')).toEqual({ status: '404', closed: true });
  });

  it('defaults that allow no origin: leave no connection open', async () => {
    expect(await shakeHands('GET /nowhere HTTP/1.1', APP)).toEqual({ status: '403', closed: true });
  });

  it('refused: leave no connection open', async () => {
    expect(await shakeHands('GET /graphql HTTP/1.1', STRANGER)).toEqual({ status: '403', closed: true });
  });

  it.each([
    [APP, '204'],
    [STRANGER, '403'],
  ])('look like a preflight, from %s: leave no connection open', async (origin, status) => {
    expect(await shakeHands('OPTIONS /graphql HTTP/1.1', origin)).toEqual({ status, closed: true });
  });
});
