import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect } from 'node:http2';
import { IncomingMessage, type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { All, Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import express from 'express';
import { CORS_DECISION_CHANNEL } from '../../lib/entry-points/diagnostics/index.js';
import { CorsModule, type CorsModuleOptions } from '../../lib/index.js';
import {
  type ApplicationSetup,
  PLATFORMS,
  RecordingLogger,
  type RunningApplication,
  listening,
  startApplication,
} from '../support/application.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import { responseHeads, send } from '../support/http-client.js';
import { close, listen, portOf } from '../support/listening.js';
import { ADMIN, APP, ItemsController, STRANGER } from './items-controller.js';

/** Counts the requests that come to the framework: Express gives them its prototype, Fastify takes over its responses. */
function countByFramework(app: INestApplication): { count: number } {
  const seen = { count: 0 };
  const instance = app.getHttpAdapter().getInstance() as { readonly routing?: unknown } & Record<symbol, unknown>;
  if (instance.routing === undefined) {
    (app.getHttpServer() as Server).prependListener('request', (request: IncomingMessage, response: ServerResponse) =>
      response.once('finish', () => void (seen.count += Number('app' in request))),
    );
    return seen;
  }
  const key = Object.getOwnPropertySymbols(instance).find(({ description }) => description === 'fastify.Reply')!;
  const { prototype } = instance[key] as { readonly prototype: { hijack(): unknown } };
  const { hijack } = prototype;
  prototype.hijack = function counted() {
    seen.count++;
    return hijack.call(this);
  };
  return seen;
}

describe.each(PLATFORMS)('preflights at the server on %s', (platform) => {
  const start = closedAfterEach((cors: CorsModuleOptions = {}, setup: ApplicationSetup = {}) =>
    startApplication(platform, 'NestFactory', {
      controllers: [ItemsController],
      cors: { origin: [APP, ADMIN], ...cors },
      ...setup,
    }),
  );

  it('granted or refused: are answered without the framework', async () => {
    const originLookup = { isOriginAllowed: async (origin: string) => origin === 'https://stored.example' };
    const app = await start({ originLookup });
    const seen = countByFramework(app.app);
    const answers = [
      await app.preflight(APP, 'GET', '/items'),
      await app.preflight(APP, 'PUT', '/items/7?x=1', 'x-a'),
      await app.preflight('https://stored.example', 'PUT', '/items/7'),
      await app.preflight(STRANGER, 'PUT', '/items/7'),
      await app.preflight(APP, 'PATCH', '/items/7'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 403, 403]);
    expect(seen.count).toBe(0);
  });

  it('`preflightsAtServer` false: go to the framework, with the same answers', async () => {
    const app = await start({ preflightsAtServer: false });
    const seen = countByFramework(app.app);
    const granted = await app.preflight(APP, 'PUT', '/items/7');
    const refused = await app.preflight(STRANGER, 'PUT', '/items/7');
    expect([granted.status, granted.headers['access-control-allow-origin'], refused.status]).toEqual([204, APP, 403]);
    expect(seen.count).toBe(2);
  });

  it('list of origins: name the origin that asked, and no other one', async () => {
    const app = await start();
    const granted = async (origin: string, headers?: string) => {
      const { status, headers: given } = await app.preflight(origin, 'PUT', '/items/7', headers);
      return [status, given['access-control-allow-origin'], given['access-control-allow-headers']];
    };
    expect(await granted(APP, 'x-a')).toEqual([204, APP, 'x-a']);
    expect(await granted(ADMIN, 'x-a')).toEqual([204, ADMIN, 'x-a']);
    expect(await granted(STRANGER, 'x-a')).toEqual([403, undefined, undefined]);
    expect(await granted(APP, 'x-forwarded-host')).toEqual([403, undefined, undefined]);
    expect(await granted(APP)).toEqual([204, APP, undefined]);
    // More lists than are remembered.
    for (let i = 0; i < 120; i++) {
      await granted(APP, `x-${i}`);
    }
    expect(await granted(ADMIN, 'x-a')).toEqual([204, ADMIN, 'x-a']);
  });

  it('tracing, diagnostics channels and other listeners of the server: see them', async () => {
    const app = await start();
    const server = app.app.getHttpServer() as Server;
    const events: unknown[] = [];
    const { emit } = server;
    server.emit = ((...args: Parameters<typeof emit>) => {
      events.push(args[0]);
      return emit.apply(server, args);
    }) as typeof emit;
    const channel = 'http.server.request.start';
    const onStart = () => events.push(channel);
    subscribe(channel, onStart);
    server.on('request', () => events.push('other listener'));
    await app.preflight(APP, 'PUT', '/items/7');
    unsubscribe(channel, onStart);
    expect(events).toEqual(expect.arrayContaining(['request', channel, 'other listener']));
  });

  it('another request or response hook, at boot or later: go to the hook', async () => {
    const app = await start();
    const seen = countByFramework(app.app);
    const adapter = app.app.getHttpAdapter() as unknown as {
      setOnResponseHook(hook: unknown): void;
      setOnRequestHook(hook: unknown): void;
      isShuttingDown?: boolean;
    };
    const isAtFramework = async () => {
      const before = seen.count;
      expect((await app.preflight(APP, 'PUT', '/items/7')).status).toBe(204);
      return seen.count - before === 1;
    };
    expect(await isAtFramework()).toBe(false);
    adapter.isShuttingDown = true;
    expect(await isAtFramework()).toBe(true);
    adapter.isShuttingDown = false;
    adapter.setOnResponseHook((_request: unknown, _response: unknown, done?: () => void) => done?.());
    expect(await isAtFramework()).toBe(true);
    adapter.setOnResponseHook(undefined);
    expect(await isAtFramework()).toBe(false);
    adapter.setOnRequestHook((_request: unknown, _response: unknown, done: () => void) => done());
    expect(await isAtFramework()).toBe(true);
  });

  it('tenant function or route for a host: go to the hook', async () => {
    @Controller({ path: 'hosted', host: 'api.example' })
    class HostedController {
      @Get()
      list(): string {
        return 'hosted';
      }
    }
    for (const [cors, controllers] of [
      [{ tenant: () => 'a', originLookup: { isOriginAllowed: () => true } }, [ItemsController]],
      [{}, [ItemsController, HostedController]],
    ] as const) {
      const app = await start(cors, { controllers: [...controllers] });
      const seen = countByFramework(app.app);
      expect((await app.preflight(APP, 'PUT', '/items/7')).status).toBe(204);
      expect(seen.count).toBe(1);
    }
  });

  it('external path: go to the application', async () => {
    const app = await start({ paths: [{ path: '/other', external: true }] });
    expect((await app.preflight(APP, 'PUT', '/other')).status).toBe(404);
  });

  it('ended by something else during a lookup call: are evaluated once, and given to nothing else', async () => {
    const events: unknown[] = [];
    const listener = (event: unknown) => void events.push(event);
    const originLookup = {
      isOriginAllowed: () => new Promise<boolean>((resolve) => void setTimeout(resolve, 50, false)),
    };
    const app = await start({ originLookup }, { comparesBothWays: false });
    const late: string[] = [];
    (app.app.getHttpServer() as Server).prependListener('request', (_request: unknown, response: ServerResponse) => {
      setTimeout(() => {
        response.writeHead(418).end();
        // Express throws where it sets a header on such a response, which ends the process.
        for (const name of ['setHeader', 'writeHead', 'end'] as const) {
          response[name] = (() => late.push(name)) as never;
        }
      }, 10);
    });
    subscribe(CORS_DECISION_CHANNEL, listener);
    expect((await app.preflight(STRANGER, 'PUT', '/items/7')).status).toBe(418);
    await new Promise((resolve) => void setTimeout(resolve, 100));
    unsubscribe(CORS_DECISION_CHANNEL, listener);
    expect(events).toHaveLength(1);
    expect(late).toEqual([]);
  });

  it('error before the evaluation: go to the framework, whose hook answers', async () => {
    const app = await start({}, { comparesBothWays: false });
    const seen = countByFramework(app.app);
    let reads = 0;
    (app.app.getHttpServer() as Server).prependListener('request', (_request: unknown, response: ServerResponse) =>
      Object.defineProperty(response, 'writableEnded', {
        configurable: true,
        get: () => {
          if (reads++ === 0) {
            throw new Error('a tool of the application');
          }
          return false;
        },
      }),
    );
    expect((await app.preflight(APP, 'PUT', '/items/7')).status).toBe(204);
    expect(seen.count).toBe(1);
    expect(reads).toBeGreaterThan(0);
  });

  it('response that cannot be written: close the connection, and throw nothing', async () => {
    const app = await start({}, { comparesBothWays: false });
    const server = app.app.getHttpServer() as Server;
    const thrown: unknown[] = [];
    const { emit } = server;
    server.emit = ((...args: Parameters<typeof emit>) => {
      try {
        return emit.apply(server, args);
      } catch (error) {
        thrown.push(error);
        (args[2] as unknown as ServerResponse).destroy();
        return true;
      }
    }) as typeof emit;
    await app.preflight(APP, 'PUT', '/items/7');
    server.prependListener('request', (_request: unknown, response: ServerResponse) => {
      response.end = () => {
        throw new Error('no end');
      };
    });
    for (const origin of [APP, STRANGER]) {
      await expect(app.preflight(origin, 'PUT', '/items/7')).rejects.toThrow('socket hang up');
    }
    expect(thrown).toEqual([]);
    expect(app.logger.errors).toEqual([expect.stringContaining('Error: no end')]);
  });

  it('other listeners that change the response: say only what was decided', async () => {
    const app = await start();
    const server = app.app.getHttpServer() as Server;
    const wrap: ((response: ServerResponse) => void)[] = [
      (response) => response.setHeader('Access-Control-Allow-Origin', '*'),
      (response) => {
        const { writeHead } = response;
        response.writeHead = ((status: number) =>
          writeHead.call(response, status, { 'Access-Control-Allow-Origin': '*', 'X-Other': '1' } as never)) as never;
      },
      (response) => {
        const { end } = response;
        response.end = (() => {
          response.setHeader('Access-Control-Expose-Headers', '*');
          return (end as () => unknown).call(response);
        }) as never;
      },
      (response) => {
        const { end } = response;
        response.end = (() => {
          setImmediate(() => {
            response.setHeader('Access-Control-Allow-Origin', '*');
            (end as () => unknown).call(response);
          });
          return response;
        }) as never;
      },
    ];
    for (const change of wrap) {
      const listener = (_request: unknown, response: ServerResponse) => change(response);
      server.prependListener('request', listener);
      const { headers } = await app.preflight(APP, 'PUT', '/items/7');
      server.removeListener('request', listener);
      expect(headers['access-control-allow-origin']).toBe(APP);
      expect(headers['access-control-expose-headers']).toBeUndefined();
    }
  });

  it('are answered in order on one connection, with bodies, and with Expect: 100-continue', async () => {
    const app = await start();
    const head = `Host: a\r\nOrigin: ${APP}\r\nAccess-Control-Request-Method: PUT\r\n`;
    const received = await app.sendRaw(
      `OPTIONS /items/7 HTTP/1.1\r\n${head}Content-Length: 5\r\n\r\nhello` +
        `GET /items HTTP/1.1\r\nHost: a\r\n\r\n` +
        `OPTIONS /items/8 HTTP/1.1\r\n${head}Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi` +
        `OPTIONS /items/9 HTTP/1.1\r\n${head}Connection: close\r\n\r\n`,
    );
    expect(responseHeads(received).map(({ status }) => status)).toEqual([204, 200, 100, 204, 204]);
  });

  it('listener of the framework: stays where others find it', async () => {
    const app = await start();
    const server = app.app.getHttpServer() as Server;
    const instance = app.app.getHttpAdapter().getInstance() as { readonly routing?: () => void };
    const framework = instance.routing ?? (instance as () => void);
    expect(server.listeners('request')).toContain(framework);
    server.removeListener('request', framework);
    expect(server.listenerCount('request')).toBe(1);
  });

  it("gateway that needs the listener's place: stays, and the framework gets all preflights", async () => {
    @WebSocketGateway({ path: '/live' })
    class Gateway {}

    const app = await start(
      { preflightsAtServer: false },
      { providers: [Gateway], configure: (nest) => void nest.useWebSocketAdapter(new WsAdapter(nest)) },
    );
    const instance = app.app.getHttpAdapter().getInstance() as { readonly routing?: () => void };
    expect((app.app.getHttpServer() as Server).listeners('request')).toContain(instance.routing ?? instance);
  });
});

/** What Fastify's own options and hooks see of a preflight. */
const SEEN_ON_FASTIFY: readonly (readonly [what: string, setup: ApplicationSetup, path?: string])[] = [
  ['a logger', { adapterOptions: { logger: { level: 'info', stream: { write: () => {} } } } }],
  ['genReqId', { adapterOptions: { genReqId: () => 'id' } }],
  ['rewriteUrl', { adapterOptions: { rewriteUrl: ({ url }: { url: string }) => url } }],
  ['handlerTimeout', { adapterOptions: { handlerTimeout: 1000 } }],
  ...['onResponse', 'onTimeout', 'onRequestAbort'].map(
    (hook) =>
      [
        hook,
        {
          configure: (app: INestApplication) =>
            app
              .getHttpAdapter()
              .getInstance()
              .addHook(hook, (...given: unknown[]) => (given.at(-1) as () => void)()),
        },
      ] as const,
  ),
  [
    "a plugin's own hook",
    {
      configure: (app) =>
        app
          .getHttpAdapter()
          .getInstance()
          .register(async (child: { addHook(name: string, hook: unknown): void }) => {
            child.addHook('onResponse', async () => {});
          }),
    },
  ],
  [
    "a route of another library's for OPTIONS",
    {
      configure: (app) =>
        app
          .getHttpAdapter()
          .getInstance()
          .route({ method: ['GET', 'OPTIONS'], url: '/theirs', handler: async () => 'theirs' }),
    },
  ],
  ['a path with escapes', {}, '/items/%41'],
];

describe('preflights at the server on fastify', () => {
  const start = closedAfterEach((setup: ApplicationSetup) =>
    startApplication('fastify', 'NestFactory', {
      controllers: [ItemsController],
      cors: { origin: [APP] },
      ...setup,
    }),
  );

  it.each(SEEN_ON_FASTIFY)('%s: go to the hook', async (_what, setup, path = '/items/7') => {
    const app = await start(setup);
    const seen = countByFramework(app.app);
    expect((await app.preflight(APP, 'PUT', path)).status).toBe(204);
    expect(seen.count).toBe(1);
  });

  it('query or long path, where a route takes OPTIONS: go to the hook', async () => {
    @Controller('any')
    class AnyController {
      @All()
      any(): string {
        return 'any';
      }
    }
    const app = await start({ controllers: [ItemsController, AnyController] });
    const seen = countByFramework(app.app);
    await app.preflight(APP, 'PUT', '/items/7');
    expect(seen.count).toBe(0);
    await app.preflight(APP, 'PUT', '/items/7?a=1');
    await app.preflight(APP, 'PUT', `/items/${'7'.repeat(200)}`);
    expect(seen.count).toBe(2);
  });

  it('HTTP/2: are answered', async () => {
    const app = await start({ adapterOptions: { http2: true } });
    const session = connect(`http://127.0.0.1:${app.port}`);
    const stream = session.request({
      ':method': 'OPTIONS',
      ':path': '/items/7',
      origin: APP,
      'access-control-request-method': 'PUT',
    });
    const headers = await new Promise<Record<string, unknown>>((resolve) => stream.on('response', resolve));
    session.destroy();
    expect(headers).toMatchObject({ ':status': 204, 'access-control-allow-origin': APP });
  });
});

describe('preflights at a server that two applications share', () => {
  it('any preflight: is answered by the application whose listener has it', async () => {
    const server = createServer();
    for (const origin of [APP, ADMIN]) {
      @Module({ imports: [CorsModule.forRoot({ origin: [origin] })], controllers: [ItemsController] })
      class ApplicationUnderTest {}
      const serverFactory = (handler: RequestListener) => (origin === APP ? server.on('request', handler) : server);
      const logger = new RecordingLogger();
      const adapter = new FastifyAdapter({ serverFactory });
      const app = await NestFactory.create<INestApplication>(ApplicationUnderTest, adapter, { logger });
      await app.init();
      await adapter.getInstance().ready();
    }
    const port = await listen(server);
    const asked = { 'Access-Control-Request-Method': 'PUT' };
    const statuses = [];
    for (const origin of [APP, ADMIN]) {
      statuses.push(
        (await send(port, '/items/7', { method: 'OPTIONS', headers: { Origin: origin, ...asked } })).status,
      );
    }
    await close(server);
    expect(statuses).toEqual([204, 403]);
  });
});

describe('preflights at the server on express', () => {
  const start = closedAfterEach(async (instance: express.Express): Promise<RunningApplication> => {
    @Module({ imports: [CorsModule.forRoot({ origin: [APP] })], controllers: [ItemsController] })
    class ApplicationUnderTest {}
    const logger = new RecordingLogger();
    const app = await NestFactory.create(ApplicationUnderTest, new ExpressAdapter(instance), { logger });
    return listening(app, logger);
  });

  it('middleware before the hook: go to the hook', async () => {
    const seen: unknown[] = [];
    const instance = express();
    instance.use((request, _response, next) => {
      seen.push(request.method);
      next();
    });
    const app = await start(instance);
    expect((await app.preflight(APP, 'PUT', '/items/7')).status).toBe(204);
    expect(seen).toEqual(['OPTIONS']);
  });

  it('Express had middleware first: go to the hook, and the listener stays where others find it', async () => {
    const instance = express();
    instance.use((_request, _response, next) => next());
    const app = await start(instance);
    const server = app.app.getHttpServer() as Server;
    expect(server.listeners('request')).toContain(instance);
    const count = server.listenerCount('request');
    server.removeListener('request', instance);
    expect(server.listenerCount('request')).toBe(count - 1);
  });

  it('tool that wraps the application or its first layer later: go to the hook', async () => {
    const instance = express() as express.Express & { handle: (...args: unknown[]) => unknown };
    const app = await start(instance);
    const seen: string[] = [];
    const { handle } = instance;
    instance.handle = (...args) => {
      seen.push('application');
      return handle.apply(instance, args);
    };
    await app.preflight(APP, 'PUT', '/items/7');
    instance.handle = handle;
    const [layer] = instance.router.stack as { handle: (...args: unknown[]) => unknown }[];
    const { handle: original } = layer!;
    layer!.handle = (request, response, next) => {
      seen.push('layer');
      return original(request, response, next);
    };
    await app.preflight(APP, 'PUT', '/items/7');
    expect(seen).toEqual(['application', 'layer']);
  });

  it('tool that has replaced methods of the responses of Express, then or later: go to the hook', async () => {
    const instance = express();
    const app = await start(instance);
    const prototype = instance.response as unknown as Record<'end' | 'writeHead', () => unknown>;
    for (const name of ['end', 'writeHead'] as const) {
      let calls = 0;
      const original = prototype[name];
      prototype[name] = function (this: unknown, ...given: []) {
        calls++;
        return original.apply(this, given);
      };
      await app.preflight(APP, 'PUT', '/items/7');
      prototype[name] = original;
      expect([name, calls > 0]).toEqual([name, true]);
    }
  });

  it('headers of Express: are sent where Express sends them', async () => {
    const instance = express();
    const app = await start(instance);
    expect((await app.preflight(APP, 'PUT', '/items/7')).headers['x-powered-by']).toBe('Express');
    instance.disable('x-powered-by');
    expect((await app.preflight(APP, 'PUT', '/items/7')).headers['x-powered-by']).toBeUndefined();
  });

  it('two applications: are answered by each under its own policy', async () => {
    const [one, other] = [await start(express()), await start(express())];
    expect(portOf(one.app)).not.toBe(portOf(other.app));
    expect((await one.preflight(APP, 'PUT', '/items/7')).status).toBe(204);
    expect((await other.preflight(STRANGER, 'PUT', '/items/7')).status).toBe(403);
  });
});
