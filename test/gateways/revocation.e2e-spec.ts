import { AsyncLocalStorage } from 'node:async_hooks';
import type { Server } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { io } from 'socket.io-client';
import { WebSocket, WebSocketServer } from 'ws';
import { OpenConnections } from '../../lib/gateways/open-connections.js';
import { CorsOriginCache, type OriginChange, type OriginLookup } from '../../lib/index.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import { PLATFORMS, startApplication } from '../support/application.js';
import { ALLOWED, SOCKET_ADAPTERS, STRANGER, startGateway } from './gateway-application.js';
import { handshake } from './socket-clients.js';

/** Rows that can be removed, and that tell of it. */
class Rows implements OriginLookup {
  readonly asked: string[] = [];
  readonly origins = new Set([ALLOWED, STRANGER]);
  readonly changes = new Subject<OriginChange>();

  isOriginAllowed(origin: string): Promise<boolean> {
    this.asked.push(origin);
    return Promise.resolve(this.origins.has(origin));
  }

  remove(origin: string): void {
    this.origins.delete(origin);
    this.changes.next({ origin });
  }
}

interface Closed {
  readonly code: number;
  readonly reason: string;
}

async function openWs(
  port: number,
  origin: string,
): Promise<{ readonly socket: WebSocket; readonly closed: Promise<Closed> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { Origin: origin } });
  const closed = new Promise<Closed>((resolve) => {
    socket.on('close', (code: number, reason: Buffer) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return { socket, closed };
}

const REVOKED = { code: 1008, reason: 'Origin no longer allowed' };

describe.each(PLATFORMS)('open sockets of a removed origin, on %s', (platform) => {
  const start = closedAfterEach(startGateway);

  it('ws: are closed with 1008 after one lookup call, and those of other origins stay open', async () => {
    const rows = new Rows();
    const { port } = await start(platform, 'WsAdapter', 'shared port', { cors: { originLookup: rows } });
    const open = await Promise.all(Array.from({ length: 20 }, () => openWs(port, ALLOWED)));
    const other = await openWs(port, STRANGER);
    const ownOrigin = await openWs(port, `http://127.0.0.1:${port}`);
    rows.asked.length = 0;
    rows.remove(ALLOWED);
    expect(await Promise.all(open.map(({ closed }) => closed))).toEqual(open.map(() => REVOKED));
    expect(rows.asked).toEqual([ALLOWED]);
    expect([other.socket.readyState, ownOrigin.socket.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    expect(await handshake('WsAdapter', port, { Origin: ALLOWED })).toMatchObject({ status: 403 });
    other.socket.terminate();
    ownOrigin.socket.terminate();
  });

  it.each([['polling'], ['websocket']])(
    'socket.io over %s: are closed, and come back with the row',
    async (transport) => {
      const rows = new Rows();
      const cors = { originLookup: rows, cache: { refusalTtl: 200 } };
      const { gatewayPort: port } = await start(platform, 'IoAdapter', 'own port', { cors });
      const socket = io(`http://127.0.0.1:${port}`, {
        transports: [transport],
        extraHeaders: { Origin: ALLOWED },
        reconnectionDelay: 10,
        reconnectionDelayMax: 20,
        forceNew: true,
      });
      const next = (event: string) => new Promise<unknown>((resolve) => socket.once(event, resolve));
      await next('connect');
      const disconnected = next('disconnect');
      const refused = next('connect_error');
      rows.remove(ALLOWED);
      await disconnected;
      await refused;
      const back = next('connect');
      rows.origins.add(ALLOWED);
      rows.remove('https://another.example');
      await back;
      expect(socket.connected).toBe(true);
      const closed = new Promise<void>((resolve) => socket.io.engine.once('close', () => resolve()));
      socket.disconnect();
      await closed;
    },
  );

  it.each(SOCKET_ADAPTERS)('closed by their clients: leave nothing in memory: %s', async (adapter) => {
    const { app, port } = await start(platform, adapter, 'shared port', { cors: { originLookup: new Rows() } });
    const connections = app.get(OpenConnections);
    for (let round = 0; round < 20; round++) {
      expect(await handshake(adapter, port, { Origin: ALLOWED })).toEqual({ echo: 'hello' });
    }
    while (connections.counts.length > 0) {
      await new Promise(setImmediate);
    }
    expect(connections.sizes).toEqual({ groups: 0, checks: 0, timers: 0 });
  });

  it('closeRevoked: false, or a lookup that fails: stay open', async () => {
    for (const setup of ['off', 'failing']) {
      const rows = new Rows();
      const { port } = await start(platform, 'WsAdapter', 'shared port', {
        cors: { originLookup: rows, sockets: { closeRevoked: setup !== 'off' } },
      });
      const { socket } = await openWs(port, ALLOWED);
      if (setup === 'failing') {
        rows.isOriginAllowed = () => Promise.reject(new Error('The store is down'));
      }
      rows.remove(ALLOWED);
      expect(await handshake('WsAdapter', port, { Origin: ALLOWED })).toMatchObject({ status: 403 });
      expect(socket.readyState).toBe(WebSocket.OPEN);
      socket.terminate();
    }
  });
});

describe.each(PLATFORMS)('open sockets of a removed origin, on a server of the application on %s', (platform) => {
  const start = closedAfterEach(startApplication);

  it('WebSocketServer of the application: are closed with 1008', async () => {
    const rows = new Rows();
    const { port } = await start(platform, 'NestFactory', {
      cors: { originLookup: rows },
      configure: (app) => void new WebSocketServer({ server: app.getHttpServer() as Server }),
    });
    const { closed } = await openWs(port, ALLOWED);
    rows.remove(ALLOWED);
    expect(await closed).toEqual(REVOKED);
  });

  it('first upgrade within an AsyncLocalStorage: the origin is asked about again outside of it', async () => {
    const storage = new AsyncLocalStorage<string>();
    const stores: unknown[] = [];
    const { app, port } = await start(platform, 'NestFactory', {
      cors: { origin: () => Promise.resolve(stores.push(storage.getStore()) > 0) },
      configure: (configured) => void new WebSocketServer({ server: configured.getHttpServer() as Server }),
    });
    const server = app.getHttpServer() as Server;
    const emit = server.emit.bind(server);
    server.emit = (event: string, ...args: unknown[]) => storage.run('an upgrade', () => emit(event, ...args));
    const { socket } = await openWs(port, ALLOWED);
    await app.get(CorsOriginCache).invalidate();
    while (stores.length < 2) {
      await new Promise(setImmediate);
    }
    socket.terminate();
    expect(stores).toEqual(['an upgrade', undefined]);
  });
});
