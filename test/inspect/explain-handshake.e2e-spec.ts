import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type INestApplication, Injectable, type Type } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketServer } from 'ws';
import type { CorsExplainedHandshake, CorsHandshakeExplanation } from '../../lib/entry-points/diagnostics/index.js';
import { CorsInspector, CorsPolicy, DisableCors } from '../../lib/index.js';
import { type SeenByGateway, ALLOWED, STRANGER, echoGateway } from '../gateways/gateway-application.js';
import { type Handshake, viaSocketIo, viaWs } from '../gateways/socket-clients.js';
import { PLATFORMS, type RunningApplication, startApplication } from '../support/application.js';
import { send } from '../support/http-client.js';
import { freePorts } from '../support/listening.js';

const PARTNER = 'https://partner.example';

@Injectable()
class StoredOrigins {
  isOriginAllowed(origin: string): Promise<boolean> {
    return origin === ALLOWED ? Promise.resolve(true) : Promise.reject(new Error('The database is away'));
  }
}

/** An echoing gateway of a class with this name. */
function gatewayNamed(
  name: string,
  port: number,
  options: Record<string, unknown>,
  ...decorators: ClassDecorator[]
): { readonly gateway: Type; readonly seen: SeenByGateway } {
  const { gateway, seen } = echoGateway(options, port, ...decorators);
  Object.defineProperty(gateway, 'name', { value: name });
  return { gateway, seen };
}

/** What a real client of the explained handshake gets. */
type Real = (request: CorsExplainedHandshake) => Promise<Handshake>;

function headersOf({ origin, site, credentials }: CorsExplainedHandshake): Record<string, string> {
  return {
    ...(origin === undefined ? {} : { Origin: origin }),
    ...(site === undefined ? {} : { 'Sec-Fetch-Site': site }),
    ...(credentials ? { Cookie: 'session=1' } : {}),
  };
}

/** Explains a handshake, sends it, and expects both to end in the same way. */
async function expectExplained(
  inspector: CorsInspector,
  request: CorsExplainedHandshake,
  real: Real,
): Promise<CorsHandshakeExplanation> {
  const explanation = await inspector.explainHandshake(request);
  const outcome = await real(request);
  const { accepted, handshake, namespace } = explanation;
  expect([request, accepted]).toEqual([request, 'echo' in outcome]);
  if ('body' in outcome) {
    // The client of socket.io does not tell what refused its WebSocket.
    const told = outcome.body === 'websocket error' ? '' : outcome.body;
    expect(told === '' || told).toEqual(
      told === '' || expect.stringContaining(String((handshake.accepted ? namespace : handshake)?.reason)),
    );
    expect([request, handshake.status]).toEqual([request, outcome.status === 403 ? 403 : undefined]);
  }
  return explanation;
}

describe.each(PLATFORMS)('explainHandshake() of socket.io on %s', (platform) => {
  let application: RunningApplication;
  let inspector: CorsInspector;
  const open = gatewayNamed('OpenGateway', 0, { namespace: 'open' }, CorsPolicy({ origin: '*' }));
  const partners = gatewayNamed('PartnersGateway', 0, { namespace: '/partners' }, CorsPolicy({ origin: [PARTNER] }));
  const tenants = gatewayNamed('TenantGateway', 0, { namespace: /^\/tenant-\d+$/ });
  const main = gatewayNamed('MainGateway', 0, {}, DisableCors());
  const real: Real = (request) =>
    viaSocketIo(application.port, headersOf(request), { namespace: request.namespace ?? '/' });

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      cors: { origin: [ALLOWED], logging: 'off' },
      providers: [open, partners, tenants, main].map(({ gateway }) => gateway),
      configure: (app) => void app.useWebSocketAdapter(new IoAdapter(app)),
    });
    inspector = application.app.get(CorsInspector, { strict: false });
  });

  afterAll(() => application.close());

  it.each(['/open', '/partners', '/tenant-7', '/'])(
    'socket of namespace %s: says what happens to it',
    async (namespace) => {
      const host = `127.0.0.1:${application.port}`;
      const sent: CorsExplainedHandshake[] = [
        {},
        { site: 'none' },
        { site: 'cross-site' },
        { origin: `http://${host}` },
        ...[ALLOWED, PARTNER, STRANGER, 'null', 'file://'].map((origin) => ({ origin })),
      ];
      for (const request of sent) {
        await expectExplained(inspector, { ...request, host, namespace, path: '/socket.io/' }, real);
      }
    },
  );

  it('shared handshake: names its gateways, and the namespace that decides about its socket', async () => {
    const request = { gateway: 'PartnersGateway', origin: ALLOWED } as const;
    const explanation = await inspector.explainHandshake(request);
    expect(explanation).toMatchObject({
      request: { path: '/socket.io', namespace: '/partners', transport: 'websocket', host: 'localhost' },
      route: undefined,
      handshake: { accepted: true, reason: 'any-origin', policy: 'OpenGateway', status: undefined },
      namespace: { accepted: false, reason: 'origin-not-listed', policy: 'PartnersGateway' },
      accepted: false,
      conclusion: expect.stringMatching(/^Refused by the namespace \/partners: .* Add the origin/),
    });
    expect(explanation.gateways.map(({ gateway }) => gateway)).toEqual([
      'OpenGateway',
      'PartnersGateway',
      'TenantGateway',
      'MainGateway',
    ]);
    expect(explanation.request.port).toBeUndefined();
  });

  it('namespaces of an expression: are taken for one', async () => {
    const explanation = await inspector.explainHandshake({ gateway: 'TenantGateway', origin: PARTNER });
    expect(explanation.request.namespace).toBe(String(/^\/tenant-\d+$/));
    expect(explanation.namespace).toMatchObject({ accepted: false, policy: 'module defaults' });
  });

  it('namespace that the application makes: is left to the handshake', async () => {
    const explanation = await inspector.explainHandshake({
      path: '/socket.io/',
      namespace: '/own',
      origin: STRANGER,
    });
    expect(explanation).toMatchObject({ namespace: undefined, accepted: true });
    expect(explanation.conclusion).toBe("Accepted: The policy allows every origin ('*').");
  });

  it('JSONP of other sites and polling of allowed origins: says refused and accepted', async () => {
    const path = '/socket.io/?EIO=4&transport=polling';
    const host = `127.0.0.1:${application.port}`;
    const jsonp = await inspector.explainHandshake({ path: `${path}&j=0`, host, transport: 'jsonp' });
    expect(jsonp).toMatchObject({ accepted: false, handshake: { reason: 'jsonp-refused', status: 403 } });
    expect((await send(application.port, `${path}&j=0`)).status).toBe(403);
    const own = await inspector.explainHandshake({ path, transport: 'jsonp', site: 'same-origin' });
    expect(own.handshake).toMatchObject({ accepted: true, reason: 'no-origin' });
    const polling = await inspector.explainHandshake({ path, transport: 'polling', origin: PARTNER });
    expect(polling.handshake.accepted).toBe(true);
    expect((await send(application.port, path, { headers: { Origin: PARTNER } })).status).toBe(200);
  });

  it('no such gateway: rejects with the gateways that there are', async () => {
    await expect(inspector.explainHandshake({ gateway: 'BoardGateway' })).rejects.toThrow(
      'There is no gateway "BoardGateway". The gateways are: OpenGateway, PartnersGateway, TenantGateway, MainGateway.',
    );
    await expect(inspector.explainHandshake({ port: 1, path: '/chat' })).rejects.toThrow(
      'No gateway takes /chat on port 1.',
    );
    await expect(inspector.explainHandshake({ port: 1 })).rejects.toThrow('No gateway takes / on port 1.');
  });
});

describe.each(PLATFORMS)('explainHandshake() of ws on %s', (platform) => {
  let application: RunningApplication;
  let inspector: CorsInspector;
  let port: number;
  let seen: SeenByGateway;
  const real: Real = (request) => viaWs(port, headersOf(request), '/chat');

  beforeAll(async () => {
    [port] = (await freePorts(1)) as [number];
    const chat = gatewayNamed('ChatGateway', port, { path: '/chat' }, CorsPolicy({ originLookup: StoredOrigins }));
    ({ seen } = chat);
    application = await startApplication(platform, 'NestFactory', {
      cors: { gateways: { origin: [PARTNER], credentials: true }, logging: 'off' },
      providers: [StoredOrigins, chat.gateway, gatewayNamed('NewsGateway', 0, {}).gateway],
      configure: (app) => void app.useWebSocketAdapter(new WsAdapter(app)),
    });
    inspector = application.app.get(CorsInspector, { strict: false });
  });

  afterAll(() => application.close());

  it('any handshake, with lookups and cookies: says what happens', async () => {
    const at = { port, path: '/chat', host: `127.0.0.1:${port}`, credentials: true } as const;
    const found = [];
    for (const origin of [ALLOWED, PARTNER, STRANGER, `http://127.0.0.1:${port}`, undefined]) {
      const explanation = await expectExplained(inspector, { ...at, origin }, real);
      found.push([explanation.handshake.reason, explanation.handshake.cookies]);
      const cookie = seen.connections.at(-1)?.cookie;
      if (explanation.accepted) {
        expect(explanation.handshake.cookies).toBe(cookie === undefined ? 'removed' : 'kept');
      }
    }
    expect(found).toEqual([
      ['origin-lookup', 'kept'],
      ['lookup-failed', undefined],
      ['lookup-failed', undefined],
      ['no-origin', 'kept'],
      ['no-origin', 'kept'],
    ]);
  });

  it('accepted handshake: shows the gateway with its port, the policy with its levels, and the lookup call', async () => {
    const explanation = await inspector.explainHandshake({ gateway: 'ChatGateway', origin: ALLOWED });
    expect(explanation).toMatchObject({
      request: { path: '/chat', port, namespace: undefined, credentials: false },
      gateways: [{ kind: 'gateway', path: '/chat', gateway: 'ChatGateway', port }],
      policy: { fields: { credentials: { value: true, source: { kind: 'gateways' } } } },
      lookupCalls: [{ subject: 'StoredOrigins', result: 'allowed' }],
      handshake: { cookies: undefined },
      conclusion: 'Accepted: The lookup of the policy returned true.',
    });
    const own = await inspector.explainHandshake({ gateway: 'NewsGateway', origin: 'http://localhost' });
    expect([own.request.path, own.conclusion]).toEqual([
      '/',
      'Accepted: The page has the origin of the server itself.',
    ]);
    expect((await inspector.explainHandshake({})).conclusion).toBe(
      'Accepted: The handshake has no Origin header, so no page of another origin opens this socket.',
    );
  });

  it('policy without credentials: removes cookies', async () => {
    const { app, close } = await startApplication(platform, 'NestFactory', {
      cors: { origin: [ALLOWED] },
      providers: [gatewayNamed('PlainGateway', 0, {}).gateway],
      configure: (created) => void created.useWebSocketAdapter(new WsAdapter(created)),
    });
    const request = { gateway: 'PlainGateway', origin: ALLOWED, credentials: true } as const;
    const { handshake } = await app.get(CorsInspector, { strict: false }).explainHandshake(request);
    expect(handshake).toMatchObject({ accepted: true, cookies: 'removed' });
    await close();
  });
});

describe.each(PLATFORMS)('explainHandshake() of another upgrade on %s', (platform) => {
  const serve = (app: INestApplication) => {
    const server = new WebSocketServer({ server: app.getHttpServer() as never });
    server.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data.toString())));
  };

  it('`paths` entry: says what happens under it', async () => {
    const { app, port, close } = await startApplication(platform, 'NestFactory', {
      cors: {
        origin: [ALLOWED],
        paths: [
          { path: '/feed', policy: { origin: [PARTNER] } },
          { path: '/legacy', external: true },
        ],
      },
      configure: serve,
    });
    const inspector = app.get(CorsInspector, { strict: false });
    const real: Real = (request) => viaWs(port, headersOf(request), request.path);
    for (const path of ['/', '/feed', '/legacy', '/feed/x']) {
      for (const origin of [ALLOWED, PARTNER, STRANGER, undefined]) {
        await expectExplained(inspector, { path, origin, credentials: true }, real);
      }
    }
    expect(await inspector.explainHandshake({ path: '/legacy', origin: STRANGER, credentials: true })).toMatchObject({
      gateways: [],
      handshake: { reason: 'left-to-application', accepted: true, status: undefined, cookies: 'kept' },
      policy: { label: 'path "/legacy" (external)', external: true },
      conclusion: expect.stringMatching(/^Not decided here: The path is `external`/),
    });
    await close();
  });
});

describe('explainHandshake() where `gateways` is false', () => {
  it('any handshake: says that the application decides, also about a namespace', async () => {
    const { app, close } = await startApplication('express', 'NestFactory', {
      cors: { origin: [ALLOWED], gateways: false },
      providers: [
        gatewayNamed('LeftGateway', 0, {}).gateway,
        gatewayNamed('OtherGateway', 0, { namespace: 'other' }).gateway,
      ],
      configure: (created) => void created.useWebSocketAdapter(new IoAdapter(created)),
    });
    const inspector = app.get(CorsInspector, { strict: false });
    const explanation = await inspector.explainHandshake({ gateway: 'OtherGateway', origin: STRANGER });
    expect(explanation).toMatchObject({
      accepted: true,
      handshake: { reason: 'left-to-application', policy: 'gateways (external)' },
      namespace: { reason: 'left-to-application' },
      lookupCalls: [],
      conclusion: expect.stringMatching(/^Not decided here: `gateways: false` leaves this gateway/),
    });
    await expect(inspector.explainHandshake({ gateway: 'Missing' })).rejects.toThrow('LeftGateway, OtherGateway');
    await close();
  });

  it('no gateway: rejects', async () => {
    const { app, close } = await startApplication('express', 'NestFactory', { cors: { origin: [ALLOWED] } });
    const inspector = app.get(CorsInspector, { strict: false });
    await expect(inspector.explainHandshake({ gateway: 'Missing' })).rejects.toThrow('The gateways are: none.');
    expect(await inspector.explainHandshake({})).toMatchObject({ request: { path: '/' }, gateways: [] });
    await close();
  });
});
