import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { type Socket, io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { CorsPolicy, type OriginChange, type OriginLookup } from '../../lib/index.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import { PLATFORMS, startApplication } from '../support/application.js';
import { send } from '../support/http-client.js';
import { ALLOWED, echoGateway, startGateway } from './gateway-application.js';

const PARTNER = 'https://partner.example';
const POLLING = '/socket.io/?EIO=4&transport=polling';

/** Rows that tell of their changes. */
class Rows implements OriginLookup {
  readonly changes = new Subject<OriginChange>();
  readonly origins: Set<string>;

  constructor(...origins: string[]) {
    this.origins = new Set(origins);
  }

  isOriginAllowed(origin: string): Promise<boolean> {
    return Promise.resolve(this.origins.has(origin));
  }

  add(origin: string): void {
    this.origins.add(origin);
    this.changes.next({ origin });
  }

  remove(origin: string): void {
    this.origins.delete(origin);
    this.changes.next({ origin });
  }
}

function next(socket: Socket, ...events: string[]): Promise<string> {
  return new Promise((resolve) => events.forEach((event) => socket.once(event, () => resolve(event))));
}

/** Connects until the namespace accepts. */
async function connect(socket: Socket): Promise<void> {
  do {
    socket.connect();
  } while ((await next(socket, 'connect', 'connect_error')) !== 'connect');
}

async function openSession(port: number, headers: Readonly<Record<string, string>>): Promise<string> {
  const { body } = await send(port, POLLING, { headers });
  return (JSON.parse(body.slice(1)) as { sid: string }).sid;
}

describe('session of socket.io in a namespace', () => {
  const start = closedAfterEach(startApplication);

  it('namespace joined later no longer allows the origin: is closed', async () => {
    const [late, early] = [new Rows(), new Rows(PARTNER)];
    const joined = echoGateway({ namespace: 'late' }, 0, CorsPolicy({ originLookup: late }));
    const first = echoGateway({ namespace: 'early' }, 0, CorsPolicy({ originLookup: early }));
    const { port } = await start('express', 'NestFactory', { cors: {}, providers: [joined.gateway, first.gateway] });
    const socket = io(`http://127.0.0.1:${port}/early`, {
      transports: ['websocket'],
      extraHeaders: { Origin: PARTNER },
      reconnection: false,
      forceNew: true,
    });
    await next(socket, 'connect');
    const other = socket.io.socket('/late');
    expect(await next(other, 'connect', 'connect_error')).toBe('connect_error');
    late.add(PARTNER);
    await connect(other.disconnect());
    const disconnected = [next(other, 'disconnect'), next(socket, 'disconnect')];
    late.remove(PARTNER);
    await Promise.all(disconnected);
    expect([other.connected, socket.connected]).toEqual([false, false]);
  });

  it('middleware that throws after the decision of the namespace: session is closed, and the process lives', async () => {
    const { gateway } = echoGateway({ namespace: 'first' }, 0, CorsPolicy({ origin: [PARTNER] }));
    const failing = echoGateway({ namespace: 'failing' }, 0, CorsPolicy({ origin: [PARTNER] }));
    Object.assign(failing.gateway.prototype as object, {
      afterInit(namespace: { use(middleware: () => void): void }): void {
        namespace.use(() => {
          throw new Error('A defect of the application');
        });
      },
    });
    const { port, logger } = await start('express', 'NestFactory', { cors: {}, providers: [gateway, failing.gateway] });
    const options = { transports: ['websocket'], extraHeaders: { Origin: PARTNER }, reconnection: false };
    const socket = io(`http://127.0.0.1:${port}/failing`, { ...options, forceNew: true });
    await new Promise<void>((resolve) => socket.io.once('close', () => resolve()));
    expect(logger.errors).toEqual([expect.stringContaining('A defect of the application')]);
  });
});

describe.each(PLATFORMS)('session of socket.io on %s', (platform) => {
  const start = closedAfterEach(startGateway);

  it.each([
    ['from the own origin', {}],
    ['from another origin', { Origin: ALLOWED }],
  ])('begun %s, and upgraded by an origin that loses its access: is closed', async (_, headers) => {
    const rows = new Rows(ALLOWED, PARTNER);
    const { port } = await start(platform, 'IoAdapter', 'shared port', { cors: { originLookup: rows } });
    const sid = await openSession(port, headers);
    const url = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket&sid=${sid}`;
    const socket = new WebSocket(url, { headers: { Origin: PARTNER } });
    const closed = new Promise((resolve) => socket.on('close', resolve));
    await new Promise((resolve) => socket.on('open', resolve));
    socket.send('2probe');
    await new Promise((resolve) => socket.once('message', resolve));
    // The session goes on over the WebSocket when the namespace has answered there.
    socket.send('5');
    socket.send('40');
    await new Promise((resolve) => socket.once('message', resolve));
    rows.remove(PARTNER);
    await closed;
    expect((await send(port, `${POLLING}&sid=${sid}`)).body).toContain('Session ID unknown');
  });

  it('application that closes during the lookup call: does not begin', async () => {
    const calls = new EventEmitter();
    const asked = once(calls, 'asked');
    const originLookup: OriginLookup = {
      isOriginAllowed: () => new Promise((resolve) => calls.emit('asked', resolve)),
    };
    const { app, gatewayPort } = await start(platform, 'IoAdapter', 'shared port', { cors: { originLookup } });
    const received = send(gatewayPort, POLLING, { headers: { Origin: ALLOWED } });
    const [answer] = (await asked) as [(allowed: boolean) => void];
    const closing = app.close();
    while ((app.getHttpServer() as Server).listening) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    answer(true);
    expect((await received).status).toBe(503);
    await closing;
  });
});
