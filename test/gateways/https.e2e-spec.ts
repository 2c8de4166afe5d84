import { describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { closedAfterEach } from '../support/closed-after-each.js';
import { PLATFORMS, type Platform } from '../support/application.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { ALLOWED, SOCKET_ADAPTERS, STRANGER, type SocketAdapter, startGateway } from './gateway-application.js';

const certificate = selfSignedCertificate();

/** The status of a refusal, or what the gateway echoed. */
function overTls(adapter: SocketAdapter, port: number, origin: string | undefined): Promise<unknown> {
  const headers = origin === undefined ? {} : { Origin: origin };
  return adapter === 'WsAdapter' ? wss(port, headers) : socketIo(port, headers);
}

function wss(port: number, headers: Record<string, string>): Promise<unknown> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/`, { headers, ca: certificate.cert });
  return new Promise<unknown>((resolve, reject) => {
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode));
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ event: 'echo', data: 'hello' })));
    socket.on('message', (data: Buffer) => resolve((JSON.parse(data.toString()) as { data: unknown }).data));
  }).finally(() => socket.on('error', () => undefined).terminate());
}

function socketIo(port: number, extraHeaders: Record<string, string>): Promise<unknown> {
  const socket = io(`https://127.0.0.1:${port}/`, {
    transports: ['websocket'],
    extraHeaders,
    ca: certificate.cert,
    reconnection: false,
    forceNew: true,
  });
  return new Promise<unknown>((resolve) => {
    socket.on('connect_error', (error) => {
      const { description } = error as { description?: { message?: string } };
      resolve(Number(/response: (\d{3})/.exec(description?.message ?? '')?.[1] ?? error.message));
    });
    socket.on('connect', () => socket.emit('echo', 'hello'));
    socket.on('echo', resolve);
  }).finally(() => socket.disconnect());
}

const CASES = PLATFORMS.flatMap((platform) => SOCKET_ADAPTERS.map((adapter) => [platform, adapter] as const));

describe.each(CASES)('a handshake over TLS on %s with %s', (platform: Platform, adapter) => {
  const start = closedAfterEach(startGateway);

  it('any origin: is decided by the policy, and the own origin is the one with https', async () => {
    const { gatewayPort, seen } = await start(platform, adapter, 'shared port', {
      cors: { origin: [ALLOWED], credentials: true },
      options: { httpsOptions: certificate },
      adapterOptions: { https: certificate },
    });
    expect(await overTls(adapter, gatewayPort, ALLOWED)).toBe('hello');
    expect(await overTls(adapter, gatewayPort, undefined)).toBe('hello');
    expect(await overTls(adapter, gatewayPort, `https://127.0.0.1:${gatewayPort}`)).toBe('hello');
    for (const origin of [STRANGER, 'null', ALLOWED.replace('https:', 'http:'), 'https://127.0.0.1']) {
      expect(await overTls(adapter, gatewayPort, origin)).toBe(403);
    }
    expect(seen.connections).toHaveLength(3);
  });
});
