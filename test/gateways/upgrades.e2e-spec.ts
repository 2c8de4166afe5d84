import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { type Socket, connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, type Type } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { AbstractWsAdapter, WebSocketGateway } from '@nestjs/websockets';
import { WebSocketServer } from 'ws';
import { CORS_DECISION_CHANNEL } from '../../lib/entry-points/diagnostics/index.js';
import { type CorsModuleOptions, CorsPolicy } from '../../lib/index.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import { PLATFORMS, type Platform, type RunningApplication, startApplication } from '../support/application.js';
import { send } from '../support/http-client.js';
import { eventsDuring } from '../support/published-events.js';
import { ALLOWED, STRANGER, startGateway } from './gateway-application.js';
import { viaSocketIo, viaWs } from './socket-clients.js';

const PARTNER = 'https://partner.example';

/** Has an application serve sockets of its own, as graphql-ws does. */
function serveSockets(app: INestApplication, path?: string): { readonly connections: (string | undefined)[] } {
  const connections: (string | undefined)[] = [];
  const server = new WebSocketServer({
    server: app.getHttpServer() as Server,
    ...(path === undefined ? {} : { path }),
  });
  server.on('connection', (socket, { headers }) => {
    connections.push(headers.cookie);
    socket.on('message', (data: Buffer) => socket.send(data.toString()));
  });
  return { connections };
}

interface Started extends RunningApplication {
  readonly connections: (string | undefined)[];
}

async function startWithSockets(
  platform: Platform,
  cors: CorsModuleOptions,
  when: 'before init' | 'after listen' = 'before init',
  path?: string,
  controllers: Type[] = [],
): Promise<Started> {
  let seen: { readonly connections: (string | undefined)[] } | undefined;
  const application = await startApplication(platform, 'NestFactory', {
    cors,
    controllers,
    configure: (app) => {
      if (when === 'before init') {
        seen = serveSockets(app, path);
      }
    },
  });
  return { ...application, ...(seen ?? serveSockets(application.app, path)) };
}

const CASES = PLATFORMS.flatMap((platform) =>
  (['before init', 'after listen'] as const).map((when) => [platform, when] as const),
);

describe.each(CASES)('upgrade to a server of the application, on %s, listening %s', (platform, when) => {
  const start = closedAfterEach(startWithSockets);

  it('URL without a route: is decided by the defaults of the module', async () => {
    const { port, connections } = await start(platform, { origin: [ALLOWED] }, when);
    expect(await viaWs(port, { Origin: ALLOWED }, '/graphql')).toEqual({ echo: 'hello' });
    expect(await viaWs(port, {}, '/graphql')).toEqual({ echo: 'hello' });
    expect(await viaWs(port, { Origin: STRANGER }, '/graphql')).toMatchObject({ status: 403 });
    expect(await viaWs(port, { Origin: 'null' }, '/graphql')).toMatchObject({ status: 403 });
    expect(await viaWs(port, { 'Sec-Fetch-Site': 'cross-site' }, '/graphql')).toMatchObject({ status: 403 });
    // The name of the header in version 8 of the protocol.
    expect(await viaWs(port, { 'Sec-WebSocket-Origin': STRANGER }, '/graphql')).toMatchObject({ status: 403 });
    expect(connections).toHaveLength(2);
  });

  it('URL of a route: is decided by the policy of the route', async () => {
    @Controller('feed')
    @CorsPolicy({ origin: [PARTNER] })
    class FeedController {
      @Get(':name')
      feed(): void {}
    }
    const { port } = await start(platform, { origin: [ALLOWED] }, when, undefined, [FeedController]);
    expect(await viaWs(port, { Origin: PARTNER }, '/feed/orders')).toEqual({ echo: 'hello' });
    expect(await viaWs(port, { Origin: ALLOWED }, '/feed/orders')).toMatchObject({ status: 403 });
    expect(await viaWs(port, { Origin: ALLOWED }, '/feed')).toEqual({ echo: 'hello' });
  });

  it('URL below a `paths` entry: is decided by the entry, and cookies are removed without credentials', async () => {
    const cors = { origin: [ALLOWED], paths: [{ path: '/graphql', policy: { origin: [PARTNER] } }] };
    const { port, connections } = await start(platform, cors, when);
    const headers = { Cookie: 'session=1' };
    expect(await viaWs(port, { ...headers, Origin: PARTNER }, '/graphql')).toEqual({ echo: 'hello' });
    expect(await viaWs(port, { ...headers, Origin: ALLOWED }, '/graphql')).toMatchObject({ status: 403 });
    expect(await viaWs(port, { ...headers, Origin: ALLOWED }, '/other')).toEqual({ echo: 'hello' });
    expect(await viaWs(port, headers, '/other')).toEqual({ echo: 'hello' });
    expect(connections).toEqual([undefined, undefined, 'session=1']);
  });

  it('URL below an external path: is left to the application', async () => {
    const cors: CorsModuleOptions = { origin: [ALLOWED], paths: [{ path: '/graphql', external: true }] };
    const { port, connections } = await start(platform, cors, when);
    expect(await viaWs(port, { Origin: STRANGER, Cookie: 'session=1' }, '/graphql')).toEqual({ echo: 'hello' });
    expect(connections).toEqual(['session=1']);
  });

  it('URL that can be read as paths with different policies: is refused', async () => {
    const cors = { origin: [ALLOWED], paths: [{ path: '/graphql', policy: { origin: [PARTNER] } }] };
    const { port, connections } = await start(platform, cors, when);
    expect(await viaWs(port, { Origin: ALLOWED }, '/x/../graphql')).toMatchObject({ status: 403 });
    // GraphQLModule reads the path with `new URL(target, base)`.
    expect(await viaWs(port, { Origin: ALLOWED }, '//x/graphql')).toMatchObject({ status: 403 });
    expect(connections).toEqual([]);
  });
});

describe('server of the application beside gateways', () => {
  const start = closedAfterEach(startGateway);

  it('upgrades to both: each is decided by its own policy', async () => {
    let seen: { readonly connections: unknown[] } | undefined;
    const { port, seen: byGateway } = await start('express', 'IoAdapter', 'shared port', {
      cors: { origin: [ALLOWED], gateways: { origin: [PARTNER] } },
      configure: (app) => {
        const server = new WebSocketServer({ noServer: true });
        const connections: unknown[] = [];
        app.getHttpServer().on('upgrade', (request: never, socket: never, head: never) => {
          if ((request as { url: string }).url.startsWith('/own')) {
            server.handleUpgrade(request, socket, head, (client) => {
              connections.push(client);
              client.on('message', (data: Buffer) => client.send(data.toString()));
            });
          }
        });
        seen = { connections };
      },
    });
    expect(await viaWs(port, { Origin: ALLOWED }, '/own')).toEqual({ echo: 'hello' });
    expect(await viaWs(port, { Origin: PARTNER }, '/own')).toMatchObject({ status: 403 });
    expect(await viaSocketIo(port, { Origin: PARTNER })).toEqual({ echo: 'hello' });
    expect(await viaSocketIo(port, { Origin: ALLOWED })).toMatchObject({ status: 403 });
    expect([seen?.connections.length, byGateway.connections.length]).toEqual([1, 1]);
  });

  it('server that takes every URL: gets no upgrade of a gateway', async () => {
    let seen: { readonly connections: unknown[] } | undefined;
    const { port } = await start('express', 'IoAdapter', 'shared port', {
      cors: { origin: [ALLOWED] },
      gatewayOptions: { destroyUpgrade: false },
      configure: (app) => {
        seen = serveSockets(app);
      },
    });
    expect(await viaSocketIo(port, { Origin: ALLOWED })).toEqual({ echo: 'hello' });
    expect(seen?.connections).toEqual([]);
  });
});

/** Sends an upgrade, resets the connection when the server has got it, and waits until the server has noticed. */
async function resetUpgrade(server: Server, port: number, target: string): Promise<void> {
  const closed = new Promise((resolve) => server.once('connection', (socket: Socket) => socket.once('close', resolve)));
  const received = new Promise((resolve) => server.once('upgrade', resolve));
  const client = connect(port, '127.0.0.1');
  const lines = [`GET ${target} HTTP/1.1`, 'Host: a', 'Connection: Upgrade', 'Upgrade: websocket'];
  client.write(`${lines.join('\r\n')}\r\n\r\n`);
  await received;
  client.resetAndDestroy();
  await closed;
}

describe.each(PLATFORMS)('upgrade that nothing takes, on %s', (platform) => {
  const start = closedAfterEach(startApplication);
  const startWs = closedAfterEach(startGateway);

  it('client that resets the connection: the process lives', async () => {
    const cors: CorsModuleOptions = { originLookup: { isOriginAllowed: () => Promise.resolve(true) } };
    const { app, port } = await start(platform, 'NestFactory', { cors });
    await resetUpgrade(app.getHttpServer() as Server, port, '/none');
    expect((await send(port, '/none')).status).toBe(404);
  });

  it('URL that WsAdapter cannot read, and a client that resets the connection: the process lives', async () => {
    const { app, port } = await startWs(platform, 'WsAdapter', 'shared port', { cors: { origin: [ALLOWED] } });
    await resetUpgrade(app.getHttpServer() as Server, port, '//');
    expect(await viaWs(port, { Origin: ALLOWED })).toEqual({ echo: 'hello' });
  });
});

describe('upgrade whose URL WsAdapter cannot read, on a port of its own', () => {
  const start = closedAfterEach(startGateway);

  it('client that resets the connection: the process lives', async () => {
    const servers = new Set<Server>();
    const { gatewayPort } = await start('express', 'WsAdapter', 'own port', {
      cors: { origin: [ALLOWED] },
      gatewayOptions: { path: '/live' },
      socketAdapter: (app) => {
        class OwnAdapter extends WsAdapter {
          protected override ensureHttpServerExists(...args: Parameters<WsAdapter['ensureHttpServerExists']>) {
            const server = super.ensureHttpServerExists(...args);
            servers.add(server as Server);
            return server;
          }
        }
        return new OwnAdapter(app) as never;
      },
    });
    const [server] = servers;
    await resetUpgrade(server as Server, gatewayPort, '//');
    expect(await viaWs(gatewayPort, { Origin: ALLOWED }, '/live')).toEqual({ echo: 'hello' });
    expect(await viaWs(gatewayPort, { Origin: STRANGER }, '/live')).toMatchObject({ status: 403 });
  });
});

describe.each(PLATFORMS)('request with `Upgrade: websocket` that is no upgrade for %s', (platform) => {
  const start = closedAfterEach(startApplication);

  it('refused origin, without rejectDisallowed: is answered with 403', async () => {
    const { from } = await start(platform, 'NestFactory', { cors: { origin: [ALLOWED] } });
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
    expect((await from(STRANGER, '/none', { headers })).status).toBe(403);
    expect((await from(ALLOWED, '/none', { headers })).status).toBe(404);
    expect((await from(STRANGER, '/none')).status).toBe(404);
  });
});

describe('adapter of an unknown kind with `gateways: false`', () => {
  const start = closedAfterEach(startApplication);

  /** Takes upgrades of one path with a listener of its own, as no server that is known does. */
  class OwnAdapter extends AbstractWsAdapter {
    create(): unknown {
      const server = new WebSocketServer({ noServer: true });
      const http = this.httpServer as Server;
      http.on('upgrade', (raw: IncomingMessage, socket: Socket, head: Buffer) => {
        if (raw.url === '/own') {
          server.handleUpgrade(raw, socket, head, (accepted) =>
            accepted.on('message', (data: Buffer) => accepted.send(data.toString())),
          );
        }
      });
      return { on: () => undefined, close: (done: () => void) => done() };
    }
    bindMessageHandlers(): void {}
  }

  it.each(PLATFORMS)(
    'upgrades on %s: go to the adapter, and those of other servers have their policy',
    async (platform) => {
      class OwnGateway {}
      WebSocketGateway()(OwnGateway);
      const { port } = await start(platform, 'NestFactory', {
        cors: { origin: [ALLOWED], gateways: false, logging: 'off' },
        providers: [OwnGateway],
        configure: (app) => {
          app.useWebSocketAdapter(new OwnAdapter(app));
          serveSockets(app, '/graphql');
        },
      });
      expect(await viaWs(port, { Origin: STRANGER }, '/own')).toEqual({ echo: 'hello' });
      expect(await viaWs(port, { Origin: ALLOWED }, '/graphql')).toEqual({ echo: 'hello' });
      expect(await viaWs(port, { Origin: STRANGER }, '/graphql')).toMatchObject({ status: 403 });
      expect(await viaWs(port, { Origin: STRANGER }, '/elsewhere')).toMatchObject({ status: 403 });
    },
  );
});

describe('handshake that Fastify routes as a request (@fastify/websocket)', () => {
  const start = closedAfterEach(startApplication);

  it('decision: is reported once', async () => {
    const { sendRaw } = await start('fastify', 'NestFactory', {
      cors: { origin: [ALLOWED] },
      configure: (app) => {
        app.getHttpServer().on('upgrade', (raw: IncomingMessage, socket: Socket) => {
          const response = new ServerResponse(raw);
          response.assignSocket(socket);
          response.on('finish', () => socket.end());
          (app.getHttpAdapter().getInstance() as { routing(...args: unknown[]): void }).routing(raw, response);
        });
      },
    });
    const lines = ['GET /none HTTP/1.1', 'Host: a', `Origin: ${ALLOWED}`, 'Connection: Upgrade', 'Upgrade: websocket'];
    const events = await eventsDuring(CORS_DECISION_CHANNEL, async () => {
      expect(await sendRaw(`${lines.join('\r\n')}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 404 /);
    });
    expect(events.map(({ kind, granted }) => [kind, granted])).toEqual([['handshake', true]]);
  });
});
