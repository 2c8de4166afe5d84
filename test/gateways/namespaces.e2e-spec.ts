import { describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { CorsPolicy, DisableCors } from '../../lib/index.js';
import { ioPath } from '../../lib/gateways/socket-servers.js';
import { CORS_DECISION_CHANNEL } from '../../lib/entry-points/diagnostics/index.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import { startApplication } from '../support/application.js';
import { eventsDuring } from '../support/published-events.js';
import { ALLOWED, STRANGER, echoGateway, startGateway } from './gateway-application.js';
import { handshake, viaSocketIo, viaWs } from './socket-clients.js';

const PARTNER = 'https://partner.example';
const cors = { origin: [ALLOWED] };

describe('decorator on a gateway', () => {
  const start = closedAfterEach(startGateway);

  it('with the `gateways` option: its fields replace those of the option, which replace those of the module', async () => {
    const setup = { cors: { ...cors, gateways: { origin: [PARTNER] } } };
    const { gatewayPort: defaults } = await start('express', 'WsAdapter', 'shared port', setup);
    expect(await handshake('WsAdapter', defaults, { Origin: PARTNER })).toEqual({ echo: 'hello' });
    expect(await handshake('WsAdapter', defaults, { Origin: ALLOWED })).toMatchObject({ status: 403 });
    const decorators = [CorsPolicy({ origin: [STRANGER] })];
    const { gatewayPort } = await start('express', 'WsAdapter', 'own port', { ...setup, decorators });
    expect(await handshake('WsAdapter', gatewayPort, { Origin: STRANGER })).toEqual({ echo: 'hello' });
    expect(await handshake('WsAdapter', gatewayPort, { Origin: PARTNER })).toMatchObject({ status: 403 });
  });

  it('DisableCors(): own origin and clients without Origin may connect', async () => {
    const { gatewayPort } = await start('fastify', 'IoAdapter', 'shared port', { cors, decorators: [DisableCors()] });
    expect(await handshake('IoAdapter', gatewayPort, { Origin: ALLOWED })).toMatchObject({ status: 403 });
    expect(await handshake('IoAdapter', gatewayPort, {})).toEqual({ echo: 'hello' });
    expect(await handshake('IoAdapter', gatewayPort, { Origin: `http://127.0.0.1:${gatewayPort}` })).toEqual({
      echo: 'hello',
    });
  });

  it('beside `gateways: false`: the gateway has its policy', async () => {
    const left = { cors: { ...cors, gateways: false as const } };
    const { gatewayPort: open } = await start('express', 'IoAdapter', 'shared port', left);
    expect(await handshake('IoAdapter', open, { Origin: STRANGER })).toEqual({ echo: 'hello' });
    const decorators = [CorsPolicy({ credentials: true })];
    const { gatewayPort } = await start('express', 'IoAdapter', 'own port', { ...left, decorators });
    expect(await handshake('IoAdapter', gatewayPort, { Origin: STRANGER })).toMatchObject({ status: 403 });
    expect(await handshake('IoAdapter', gatewayPort, { Origin: ALLOWED })).toEqual({ echo: 'hello' });
  });
});

describe('gateways on one server', () => {
  const start = closedAfterEach(startApplication);

  it('namespaces of their own: each decides about its own sockets', async () => {
    const open = echoGateway({ namespace: 'open' }, 0, CorsPolicy({ origin: '*' }));
    const partners = echoGateway({ namespace: '/partners' }, 0, CorsPolicy({ origin: [PARTNER] }));
    const tenants = echoGateway({ namespace: /^\/tenant-\d+$/ }, 0);
    const main = echoGateway({}, 0, DisableCors());
    const providers = [open.gateway, partners.gateway, tenants.gateway, main.gateway];
    const { port } = await start('express', 'NestFactory', { cors, providers });
    const outcomes = async (origin: string): Promise<boolean[]> => {
      const found: boolean[] = [];
      for (const namespace of ['/open', '/partners', '/tenant-7', '/']) {
        found.push('echo' in (await viaSocketIo(port, { Origin: origin }, { namespace })));
      }
      return found;
    };
    expect(await outcomes(STRANGER)).toEqual([true, false, false, false]);
    expect(await outcomes(PARTNER)).toEqual([true, true, false, false]);
    expect(await outcomes(ALLOWED)).toEqual([true, false, true, false]);
    expect(main.seen.connections).toEqual([]);
    expect(await viaSocketIo(port, { Origin: PARTNER }, { namespace: '/tenant-7' })).toEqual({
      status: 0,
      body: 'Refused by the CORS policy: origin-not-listed',
    });
  });

  it('shared sockets: all of them have to allow the handshake', async () => {
    const first = echoGateway({ path: '/live' }, 0, CorsPolicy({ origin: [PARTNER, ALLOWED] }));
    const second = echoGateway({ path: '/live' }, 0, CorsPolicy({ origin: [PARTNER, STRANGER] }));
    const providers = [first.gateway, second.gateway];
    const { port } = await start('fastify', 'NestFactory', { cors, providers });
    const outcomes = await Promise.all(
      [PARTNER, ALLOWED, STRANGER].map((origin) => viaSocketIo(port, { Origin: origin }, { path: '/live' })),
    );
    expect(outcomes.map((outcome) => 'echo' in outcome)).toEqual([true, false, false]);
  });

  it('adapter that Nest loads by itself: is guarded', async () => {
    const { gateway } = echoGateway();
    const { port } = await start('express', 'TestingModule', { cors, providers: [gateway] });
    expect(await viaSocketIo(port, { Origin: STRANGER })).toMatchObject({ status: 403 });
    expect(await viaSocketIo(port, { Origin: ALLOWED })).toEqual({ echo: 'hello' });
  });

  it('subclass of IoAdapter: is guarded, and its `cors` option writes no header', async () => {
    class OwnAdapter extends IoAdapter {
      override createIOServer(port: number, options?: object): ReturnType<IoAdapter['createIOServer']> {
        return super.createIOServer(port, { ...options, cors: { origin: true, credentials: true } } as never);
      }
    }
    const { gateway } = echoGateway();
    const { from, port } = await start('express', 'NestFactory', {
      cors,
      providers: [gateway],
      configure: (app: INestApplication) => void app.useWebSocketAdapter(new OwnAdapter(app)),
    });
    const path = '/socket.io/?EIO=4&transport=polling';
    expect((await from(STRANGER, path)).headers['access-control-allow-origin']).toBeUndefined();
    const { headers } = await from(ALLOWED, path);
    expect([headers['access-control-allow-origin'], headers['access-control-allow-credentials']]).toEqual([
      ALLOWED,
      undefined,
    ]);
    expect(await viaSocketIo(port, { Origin: STRANGER })).toMatchObject({ status: 403 });
  });
});

describe('own origin of a handshake behind a proxy', () => {
  const start = closedAfterEach(startGateway);
  const OWN = { Origin: 'https://shop.example', 'X-Forwarded-Host': 'shop.example' };

  it.each([
    ['express', true],
    ['express', false],
    ['fastify', true],
    ['fastify', false],
  ] as const)('forwarded host on %s, trusted %s: counts only where it is trusted', async (platform, isTrusted) => {
    const { gatewayPort } = await start(platform, 'WsAdapter', 'shared port', {
      cors,
      adapterOptions: { trustProxy: isTrusted },
      configure: (app) => {
        if (platform === 'express') {
          (app as unknown as { set(name: string, value: unknown): void }).set('trust proxy', isTrusted);
        }
      },
    });
    const outcome = await viaWs(gatewayPort, OWN);
    expect(outcome).toEqual(isTrusted ? { echo: 'hello' } : expect.objectContaining({ status: 403 }));
  });
});

describe('decision event of a handshake', () => {
  const start = closedAfterEach(startGateway);

  it('refused handshake: is published and logged with the gateway', async () => {
    const { gatewayPort, logger } = await start('express', 'WsAdapter', 'own port', { cors });
    const events = await eventsDuring(CORS_DECISION_CHANNEL, async () => {
      await handshake('WsAdapter', gatewayPort, { Origin: ALLOWED });
      await handshake('WsAdapter', gatewayPort, { Origin: STRANGER });
    });
    expect(events.map(({ kind, granted, reason, handler, route }) => [kind, granted, reason, handler, route])).toEqual([
      ['handshake', true, 'origin-listed', 'EchoGateway', '/'],
      ['handshake', false, 'origin-not-listed', 'EchoGateway', '/'],
    ]);
    expect(logger.warnings).toEqual([
      expect.stringMatching(
        /^Refused the handshake of GET \/ \(EchoGateway\) from https:\/\/evil\.example by module defaults: origin-not-listed\./,
      ),
    ]);
  });

  it.each<[title: string, options: Record<string, unknown>, path: string, text: string]>([
    ['the path of socket.io', {}, '/socket.io', '/socket.io (BoardGateway)'],
    ['its namespace', { namespace: 'board' }, '/socket.io', '/socket.io (BoardGateway, namespace /board)'],
    ['its own path', { path: '/live/' }, '/live', '/live (BoardGateway)'],
  ])('gateway with %s: event and log line name its path and class', async (_title, options, route, text) => {
    const { gateway } = echoGateway(options, 0);
    Object.defineProperty(gateway, 'name', { value: 'BoardGateway' });
    const startOne = await startApplication('express', 'NestFactory', { cors, providers: [gateway] });
    try {
      const events = await eventsDuring(CORS_DECISION_CHANNEL, async () => {
        await startOne.send(`${route}/?EIO=4&transport=polling`, { headers: { Origin: STRANGER } });
      });
      expect(events.map((event) => [event.route, event.handler])).toEqual([[route, 'BoardGateway']]);
      expect(startOne.logger.warnings).toEqual([
        expect.stringContaining(`Refused the handshake of GET ${text} from ${STRANGER} by `),
      ]);
    } finally {
      await startOne.close();
    }
  });

  it('server whose gateways have several namespaces: names no namespace', async () => {
    const providers = [echoGateway({ namespace: 'a' }, 0).gateway, echoGateway({ namespace: 'b' }, 0).gateway];
    const running = await startApplication('express', 'NestFactory', { cors, providers });
    try {
      await running.send('/socket.io/?EIO=4&transport=polling', { headers: { Origin: STRANGER } });
      expect(running.logger.warnings).toEqual([expect.stringMatching(/ GET \/socket\.io \(EchoGateway\) from /)]);
    } finally {
      await running.close();
    }
  });
});

describe('path of a server that resembles socket.io', () => {
  it('server that does not tell its path: is /socket.io', () => {
    expect(ioPath({ bind: () => {}, of: () => {}, use: () => {} })).toBe('/socket.io');
  });
});
