import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Module, Sse, type Type } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { AbstractWsAdapter, WebSocketGateway } from '@nestjs/websockets';
import { EMPTY } from 'rxjs';
import { routesText } from '../../lib/entry-points/cli/routes-text.js';
import { styleFor } from '../../lib/entry-points/cli/terminal.js';
import { type CorsManifest, diffManifests, manifestWithoutOrigins } from '../../lib/entry-points/diagnostics/index.js';
import { CorsInspector, CorsPolicy, DisableCors } from '../../lib/index.js';
import {
  type ApplicationSetup,
  PLATFORMS,
  type RunningApplication,
  createApplication,
  startApplication,
} from '../support/application.js';
import { freePorts } from '../support/listening.js';

const APP = 'https://app.example';
const LIVE = 'https://live.example';

@Injectable()
class StoredOrigins {
  isOriginAllowed(): boolean {
    return false;
  }
}

/** A gateway of a class with this name. */
function gatewayNamed(name: string, port: number, options: object, ...decorators: ClassDecorator[]): Type {
  const named = { [name]: class {} }[name] as Type;
  WebSocketGateway(port, options)(named);
  decorators.forEach((decorate) => decorate(named));
  return named;
}

/** What GraphQLModule leaves: its options and its driver. */
function graphqlModule(options: object, driverName = 'ApolloDriver'): Type {
  class AbstractGraphQLDriver {}
  const driver = { [driverName]: class extends AbstractGraphQLDriver {} }[driverName] as Type;
  @Module({
    providers: [
      { provide: 'GqlModuleOptions', useValue: options },
      { provide: AbstractGraphQLDriver, useClass: driver },
    ],
  })
  class GraphQLModule {}
  return GraphQLModule;
}

const useIo: NonNullable<ApplicationSetup['configure']> = (app) => void app.useWebSocketAdapter(new IoAdapter(app));

const inspectorOf = ({ app }: Pick<RunningApplication, 'app'>) => app.get(CorsInspector, { strict: false });

describe.each(PLATFORMS)('sockets() on %s', (platform) => {
  let application: RunningApplication;
  let inspector: CorsInspector;
  let port: number;

  beforeAll(async () => {
    [port] = (await freePorts(1)) as [number];
    application = await startApplication(platform, 'NestFactory', {
      imports: [graphqlModule({ path: '/graphql', subscriptions: { 'graphql-ws': { path: '/live/' } } })],
      providers: [
        StoredOrigins,
        gatewayNamed('BoardGateway', 0, { namespace: 'board' }, CorsPolicy({ originLookup: StoredOrigins })),
        gatewayNamed('RoomGateway', 0, { namespace: /^\/room-\d+$/ }),
        gatewayNamed('ChatGateway', port, { path: '/chat/' }, DisableCors()),
      ],
      configure: useIo,
      cors: {
        origin: [APP],
        logging: 'off',
        gateways: { origin: [LIVE] },
        paths: [{ path: '/live', policy: { origin: [LIVE], credentials: true } }],
      },
    });
    inspector = inspectorOf(application);
  });

  afterAll(() => application.close());

  it('gateways and subscriptions of GraphQL: are listed with path, port, namespace and policy', () => {
    expect(inspector.sockets().map(({ policy, ...place }) => ({ ...place, policy: policy.label }))).toEqual([
      { kind: 'gateway', path: '/socket.io', gateway: 'BoardGateway', namespace: '/board', policy: 'BoardGateway' },
      {
        kind: 'gateway',
        path: '/socket.io',
        gateway: 'RoomGateway',
        namespace: String(/^\/room-\d+$/),
        policy: 'gateways',
      },
      { kind: 'gateway', path: '/chat', gateway: 'ChatGateway', port, policy: 'ChatGateway' },
      { kind: 'graphql', path: '/live', policy: 'path "/live"' },
    ]);
    const [board] = inspector.sockets();
    expect(board?.policy.fields.originLookup).toEqual({
      value: 'StoredOrigins',
      source: { kind: 'gateway', className: 'BoardGateway' },
    });
  });

  it('server of the application that listens to upgrades: lists the paths of other upgrades', () => {
    const server = application.app.getHttpServer() as { on(event: 'upgrade', listener: () => void): void };
    server.on('upgrade', () => undefined);
    const others = inspector.sockets().filter(({ kind }) => kind === 'upgrade');
    expect(others.map(({ path, policy }) => [path, policy.label])).toEqual([['*', 'module defaults']]);
  });

  it('manifest: has the sockets, and says what changes', () => {
    const manifest = inspector.manifest();
    expect(Object.keys(manifest.sockets ?? {})).toEqual([
      `BoardGateway /socket.io namespace /board`,
      `ChatGateway /chat port ${port}`,
      'GraphQL /live',
      `RoomGateway /socket.io namespace ${String(/^\/room-\d+$/)}`,
    ]);
    expect(manifestWithoutOrigins(manifest).sockets?.['GraphQL /live']).toMatchObject({ origin: '(listed)' });
    const before = structuredClone(manifest) as { sockets: Record<string, Record<string, unknown>> };
    before.sockets['GraphQL /live']!['credentials'] = false;
    expect(diffManifests(before as unknown as CorsManifest, manifest)).toEqual([
      '~ sockets of GraphQL /live: credentials false -> true',
    ]);
    const { sockets, ...without } = manifest;
    expect(sockets).toBeDefined();
    expect(diffManifests(without, manifest).filter((line) => line.startsWith('+ sockets of '))).toHaveLength(4);
    expect(diffManifests(manifest, without).filter((line) => line.startsWith('- sockets of '))).toHaveLength(4);
  });

  it('command: prints the sockets below the routes', () => {
    const text = routesText(inspector, styleFor({ isTTY: false } as never), 200);
    expect(text).toMatch(/^WEBSOCKETS +PORT +NAMESPACE +OPENED BY +ORIGINS +CREDENTIALS +POLICY$/m);
    expect(text).toMatch(/^\/socket\.io +\/board +BoardGateway +lookup StoredOrigins +no +BoardGateway$/m);
    expect(text).toMatch(/^everything else +another server +https:\/\/app\.example +no +module defaults$/m);
  });
});

describe('sockets() › subscriptions of GraphQL', () => {
  it.each([
    [{}, []],
    [{ subscription: true }, ['/graphql']],
    [{ subscriptions: { 'graphql-ws': true } }, ['/graphql']],
    [{ subscriptions: {} }, ['/graphql']],
    [{ installSubscriptionHandlers: true }, ['/graphql']],
    [{ subscriptions: { 'graphql-ws': {}, 'subscriptions-transport-ws': { path: '/old' } } }, ['/graphql', '/old']],
  ])('options %j: are opened at %j', async (options, paths) => {
    const app = await createApplication('express', 'NestFactory', { imports: [graphqlModule(options)] });
    await app.init();
    expect(
      inspectorOf({ app })
        .sockets()
        .map(({ path }) => path),
    ).toEqual(paths);
    await app.close();
  });
});

describe('sockets() › application without gateways', () => {
  it('no gateways: the list is empty, and the manifest has no sockets', async () => {
    const application = await startApplication('express', 'NestFactory', { cors: { origin: [APP] } });
    const inspector = inspectorOf(application);
    expect(inspector.sockets()).toEqual([]);
    expect(inspector.manifest()).not.toHaveProperty('sockets');
    expect(manifestWithoutOrigins(inspector.manifest())).not.toHaveProperty('sockets');
    expect(routesText(inspector, styleFor({ isTTY: false } as never), 200)).not.toContain('WEBSOCKETS');
    await application.close();
  });
});

/** The findings about sockets, by code and subject. */
async function findingsOf(setup: ApplicationSetup): Promise<readonly string[]> {
  const app = await createApplication('express', 'NestFactory', { configure: useIo, ...setup });
  await app.init();
  const found = inspectorOf({ app }).audit();
  await app.close();
  return found.map(({ code, subject, message }) => `${code}: ${subject}: ${message}`);
}

const stays = (what: string, labels: string) =>
  `${what} of an origin that a lookup no longer allows stay open, under ${labels}: its pages go on reading for as long as they like.`;

describe('audit() of sockets', () => {
  it('gateways that list their origins: finds nothing', async () => {
    const cors = { policies: { live: { origin: LIVE } }, origin: [APP] };
    const providers = [gatewayNamed('LiveGateway', 0, {}, CorsPolicy('live'))];
    expect(await findingsOf({ cors, providers })).toEqual([]);
  });

  it("gateway with origin '*': gateway-open-to-all", async () => {
    const cors = { origin: [APP], gateways: { origin: '*' } } as const;
    expect(await findingsOf({ cors, providers: [gatewayNamed('OpenGateway', 0, {})] })).toEqual([
      'gateway-open-to-all: OpenGateway: Pages of every origin may open its sockets, by gateways.',
    ]);
  });

  it('gateways: false: gateway-left-to-application', async () => {
    const cors = { origin: [APP], gateways: false } as const;
    const providers = [gatewayNamed('LeftGateway', 0, {})];
    const left =
      "gateway-left-to-application: LeftGateway: `gateways: false` leaves it to the application: pages of any origin may connect, with the visitor's cookies.";
    expect(await findingsOf({ cors, providers })).toEqual([left]);

    class OtherServer {
      on(): void {}
      close(done: () => void): void {
        done();
      }
    }
    class OtherAdapter extends AbstractWsAdapter {
      create(): unknown {
        return new OtherServer();
      }
      bindMessageHandlers(): void {}
    }
    const configure: ApplicationSetup['configure'] = (app) => void app.useWebSocketAdapter(new OtherAdapter(app));
    expect(await findingsOf({ cors, providers, configure })).toEqual([
      `${left} Nothing could stand in front of its server (OtherServer) anyway.`,
    ]);
  });

  it('gateway with WebTransport: gateway-webtransport', async () => {
    const providers = [gatewayNamed('FastGateway', 0, { transports: ['webtransport'] })];
    expect(await findingsOf({ cors: { origin: [APP] }, providers })).toEqual([
      expect.stringMatching(/^gateway-webtransport: FastGateway: /),
    ]);
  });

  it.each([
    [{}, ['FirstGateway', 'SecondGateway']],
    [{ skipMiddlewares: true }, ['FirstGateway', 'SecondGateway']],
    [{ skipMiddlewares: false }, []],
    [undefined, []],
  ])('namespaces whose policy recovered sockets skip: are found: %j', async (connectionStateRecovery, names) => {
    const providers = [
      gatewayNamed('FirstGateway', 0, { namespace: 'first', connectionStateRecovery }),
      gatewayNamed('SecondGateway', 0, { namespace: 'second', connectionStateRecovery }, CorsPolicy({ origin: LIVE })),
      gatewayNamed('AloneGateway', 0, { path: '/alone', connectionStateRecovery }),
    ];
    const found = await findingsOf({ cors: { origin: [APP] }, providers });
    expect(found.map((line) => line.split(': ').slice(0, 2))).toEqual(
      names.map((name) => ['recovered-socket-skips-policy', name]),
    );
  });

  it('sockets that stay open when their origin is removed: revoked-connections-stay-open', async () => {
    const cors = { origin: [APP], sockets: { closeRevoked: false } };
    const gateways = ['One', 'Two', 'Three', 'Four'].map((name, index) =>
      gatewayNamed(name, 0, { path: `/${index}` }, CorsPolicy({ originLookup: StoredOrigins })),
    );
    expect(await findingsOf({ cors, providers: [StoredOrigins, ...gateways] })).toEqual([
      `revoked-connections-stay-open: sockets.closeRevoked: ${stays('Open WebSockets', 'One, Two, Three and 1 more')}`,
    ]);
    expect(await findingsOf({ cors, providers: [gatewayNamed('ListedGateway', 0, {})] })).toEqual([]);
    const configure: ApplicationSetup['configure'] = (app) =>
      void (app.getHttpServer() as { on(event: string, listener: () => void): void }).on('upgrade', () => undefined);
    const paths = [{ path: '/feed', policy: { origin: () => false } }];
    expect(await findingsOf({ cors: { ...cors, origin: () => true, paths }, configure })).toEqual([
      `revoked-connections-stay-open: sockets.closeRevoked: ${stays('Open WebSockets', 'module defaults, path "/feed"')}`,
    ]);
  });

  it('event streams that stay open when their origin is removed: revoked-connections-stay-open', async () => {
    @Controller()
    class EventsController {
      @Sse('events')
      events() {
        return EMPTY;
      }
    }
    const setup = { providers: [StoredOrigins], controllers: [EventsController] };
    expect(await findingsOf({ ...setup, cors: { originLookup: StoredOrigins } })).toEqual([
      `revoked-connections-stay-open: eventStreams.closeRevoked: ${stays('Open event streams', 'module defaults')}`,
    ]);
    expect(await findingsOf({ ...setup, cors: { origin: [APP] } })).toEqual([]);
    const closing = { originLookup: StoredOrigins, eventStreams: { closeRevoked: true } };
    expect(await findingsOf({ ...setup, cors: closing })).toEqual([]);
  });

  it.each([
    ['MercuriusDriver', {}, true],
    ['MercuriusDriver', { csrfPrevention: true }, false],
    ['MercuriusDriver', { csrfPrevention: { requiredHeaders: ['x-own'] } }, false],
    ['ApolloDriver', {}, false],
    ['ApolloDriver', { csrfPrevention: false }, true],
    ['OtherDriver', {}, false],
  ])('GraphQL without CSRF prevention: %s with %j', async (driver, options, isFound) => {
    const expected = isFound ? [expect.stringMatching(/^graphql-without-csrf-prevention: GraphQL \/graphql: /)] : [];
    const imports = [graphqlModule(options, driver)];
    expect(await findingsOf({ cors: { origin: [APP] }, imports })).toEqual(expected);
    expect(await findingsOf({ cors: { origin: [APP], rejectDisallowed: true }, imports })).toEqual([]);
    const paths = [{ path: '/graphql', external: true }] as const;
    expect((await findingsOf({ cors: { paths }, imports })).slice(1)).toEqual(expected);
  });

  it("GraphQL endpoint with origin '*': state-change-open-to-all", async () => {
    const imports = [graphqlModule({})];
    expect(await findingsOf({ cors: { origin: '*' }, imports })).toEqual([
      'state-change-open-to-all: GraphQL /graphql: Scripts of every origin may call it, by module defaults.',
    ]);
  });
});

describe('sockets() › gateway of ws', () => {
  it('no path: is at /', async () => {
    const configure: ApplicationSetup['configure'] = (app) => void app.useWebSocketAdapter(new WsAdapter(app));
    const providers = [gatewayNamed('RawGateway', 0, {})];
    const { app, close } = await startApplication('express', 'NestFactory', {
      cors: { origin: [APP] },
      configure,
      providers,
    });
    expect(inspectorOf({ app }).sockets()).toMatchObject([{ gateway: 'RawGateway', path: '/' }]);
    await close();
  });
});

describe('sockets() › gateway whose adapter sets the path', () => {
  it.each([undefined, 'board'])('namespace %j: has the path of the server', async (namespace) => {
    class OwnAdapter extends IoAdapter {
      override createIOServer(port: number, options?: object): ReturnType<IoAdapter['createIOServer']> {
        return super.createIOServer(port, { ...options, path: '/live/' } as never);
      }
    }
    const application = await startApplication('express', 'NestFactory', {
      cors: { origin: [APP] },
      providers: [gatewayNamed('LiveGateway', 0, namespace === undefined ? {} : { namespace })],
      configure: (app) => void app.useWebSocketAdapter(new OwnAdapter(app)),
    });
    const inspector = inspectorOf(application);
    expect(inspector.sockets().map(({ gateway, path }) => [gateway, path])).toEqual([['LiveGateway', '/live']]);
    const { gateways, handshake } = await inspector.explainHandshake({
      path: '/live/',
      origin: 'https://other.example',
    });
    expect([gateways.length, handshake.status]).toEqual([1, 403]);
    const refused = await application.from('https://other.example', '/live/?EIO=4&transport=polling');
    expect(refused.status).toBe(403);
    await application.close();
  });
});
