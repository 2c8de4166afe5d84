import { channel } from 'node:diagnostics_channel';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, type IncomingMessage, type Server, ServerResponse, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type express from 'express';
import type { CorsModuleOptions } from '../../lib/index.js';
import { type ApplicationSetup, PLATFORMS, type Platform, startApplication } from '../support/application.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import { type Received, receive, responseHeads } from '../support/http-client.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { ADMIN, APP, ItemsController, STRANGER } from './items-controller.js';

const starting = (platform: Platform) =>
  closedAfterEach((cors: CorsModuleOptions = {}, setup: ApplicationSetup = {}) =>
    startApplication(platform, 'NestFactory', {
      controllers: [ItemsController],
      cors: { origin: [APP, ADMIN], credentials: true, ...cors },
      ...setup,
    }),
  );

interface Preflight {
  readonly path?: string;
  readonly origin?: string;
  readonly method?: string;
  readonly more?: string;
  readonly body?: string;
}

function preflight({ path = '/items/7', origin = APP, method = 'PUT', more = '', body = '' }: Preflight = {}): string {
  return `OPTIONS ${path} HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: ${method}\r\n${more}\r\n${body}`;
}

const REFUSED = [403, undefined, undefined];

const withoutDate = (received: string) => received.replaceAll(/^Date: .*\r\n/gm, '');

describe.each(PLATFORMS)('preflights on one connection, on %s', (platform) => {
  const start = starting(platform);

  /** What comes back where the preflights are answered at the server, and where they are answered in the hook. */
  async function bothAnswers(text: string): Promise<readonly [server: string, hook: string]> {
    const [server, hook] = [await start(), await start({ preflightsAtServer: false })];
    const answers = [];
    for (const app of [server, hook]) {
      // Twice: the second time the answers are prepared.
      answers.push(withoutDate(await app.sendRaw(text)) + withoutDate(await app.sendRaw(text)));
    }
    return answers as [string, string];
  }

  const END = 'GET /items HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

  it('mixed with other requests: are answered in order, byte for byte as in the hook', async () => {
    const requests = [
      preflight(),
      'GET /items/7 HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n\r\n',
      preflight({ origin: STRANGER }),
      preflight({ origin: ADMIN, more: 'Access-Control-Request-Headers: x-a, x-b\r\n' }),
      'OPTIONS /items HTTP/1.1\r\nHost: a\r\n\r\n',
      preflight({ method: 'PATCH' }),
      preflight({ path: '/nothing' }),
      'HEAD /items HTTP/1.1\r\nHost: a\r\nOrigin: https://stranger.example\r\n\r\n',
      preflight({ method: 'DELETE' }),
      END,
    ];
    const [server, hook] = await bothAnswers(requests.join(''));
    expect(server).toBe(hook);
    const statuses = responseHeads(server).map(({ status }) => status);
    expect(statuses.slice(0, 4)).toEqual([204, 200, 403, 204]);
    expect(statuses).toHaveLength(2 * requests.length);
  });

  it('bodies: are not read as the next request', async () => {
    const chunked = 'Transfer-Encoding: chunked\r\n';
    const [server, hook] = await bothAnswers(
      preflight({ more: 'Content-Length: 5\r\n', body: 'hello' }) +
        preflight({ more: chunked, body: '5\r\nhello\r\n0\r\n\r\n' }) +
        preflight({
          origin: STRANGER,
          more: chunked,
          body: `800\r\n${'x'.repeat(0x8_00)}\r\n0\r\nX-Trailer: 1\r\n\r\n`,
        }) +
        preflight({ more: 'Content-Length: 2000\r\n', body: preflight().padEnd(2000, '-') }) +
        END,
    );
    expect(server).toBe(hook);
    expect(responseHeads(server).map(({ status }) => status)).toEqual([
      204, 204, 403, 204, 200, 204, 204, 403, 204, 200,
    ]);
  });

  it('`Expect: 100-continue`: are told to continue, whatever the response', async () => {
    const expecting = 'Expect: 100-continue\r\n';
    const [server, hook] = await bothAnswers(
      preflight({ more: `${expecting}Content-Length: 2\r\n`, body: 'hi' }) +
        preflight({
          origin: STRANGER,
          more: `${expecting}Transfer-Encoding: chunked\r\n`,
          body: '2\r\nhi\r\n0\r\n\r\n',
        }) +
        END,
    );
    expect(server).toBe(hook);
    expect(responseHeads(server).map(({ status }) => status)).toEqual([
      100, 204, 100, 403, 200, 100, 204, 100, 403, 200,
    ]);
  });

  it('HTTP/1.0: keep the connection as Node.js does', async () => {
    const [server, hook] = await bothAnswers(preflight().replace('HTTP/1.1', 'HTTP/1.0'));
    expect(server).toBe(hook);
    expect(server).toContain('Connection: close');
  });
});

describe.each(PLATFORMS)('preflights while an application closes, on %s', (platform) => {
  const start = starting(platform);

  /** How a preflight ends whose lookup takes longer than the application is open. */
  async function endOf(cors: CorsModuleOptions): Promise<string> {
    let finish: (isAllowed: boolean) => void = () => undefined;
    let begin: () => void = () => undefined;
    const isAllowed = new Promise<boolean>((resolve) => (finish = resolve));
    const isAsked = new Promise<void>((resolve) => (begin = resolve));
    const app = await start(
      { ...cors, originLookup: { isOriginAllowed: () => (begin(), isAllowed) } },
      { comparesBothWays: false, options: { forceCloseConnections: false } },
    );
    const answer = app.preflight(STRANGER, 'PUT', '/items/7').then(
      ({ status, headers }) => `${status} ${headers['access-control-allow-origin']}`,
      (error: unknown) => String(error),
    );
    await isAsked;
    const closed = app.app.close();
    await setTimeout(20);
    finish(true);
    await closed;
    return answer;
  }

  it('preflights that have come before: are answered as in the hook', async () => {
    const ends = [await endOf({}), await endOf({ preflightsAtServer: false })];
    expect(ends[0]).toBe(ends[1]);
    expect(ends[0]).toBe(`204 ${STRANGER}`);
  });

  it('waiting connections: are closed', async () => {
    const app = await start({}, { comparesBothWays: false });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const headers = { Origin: APP, 'Access-Control-Request-Method': 'PUT' };
    const ask = (): Promise<Received> =>
      receive(httpRequest({ host: '127.0.0.1', port: app.port, path: '/items/7', method: 'OPTIONS', agent, headers }));
    expect([(await ask()).status, (await ask()).status]).toEqual([204, 204]);
    const idle = connect(app.port, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    idle.write(preflight());
    await new Promise((resolve) => idle.once('data', resolve));
    const ended = new Promise((resolve) => idle.once('close', resolve));
    await app.app.close();
    await ended;
    await expect(ask()).rejects.toThrow('ECONNREFUSED');
    agent.destroy();
  });
});

describe('preflights at servers with TLS', () => {
  const startOn = { express: starting('express'), fastify: starting('fastify') };
  const tls = selfSignedCertificate();

  it.each(PLATFORMS)('https on %s: are answered', async (platform) => {
    const setup = platform === 'express' ? { options: { httpsOptions: tls } } : { adapterOptions: { https: tls } };
    const app = await startOn[platform]({}, { ...setup, comparesBothWays: false });
    const ask = (origin: string): Promise<Received> =>
      receive(
        httpsRequest({
          ...{ host: '127.0.0.1', port: app.port, path: '/items/7', method: 'OPTIONS', agent: false },
          rejectUnauthorized: false,
          headers: { Origin: origin, 'Access-Control-Request-Method': 'PUT' },
        }),
      );
    for (const _ of [1, 2]) {
      const [granted, refused] = [await ask(APP), await ask(STRANGER)];
      expect([granted.status, granted.headers['access-control-allow-origin']]).toEqual([204, APP]);
      expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
  });

  it('HTTP/2, and HTTP/1.1 on the same server: are answered', async () => {
    const app = await startOn.fastify(
      {},
      { adapterOptions: { http2: true, https: { ...tls, allowHTTP1: true } }, comparesBothWays: false },
    );
    const headers = { origin: APP, 'access-control-request-method': 'PUT' };
    const session = connectHttp2(`https://127.0.0.1:${app.port}`, { rejectUnauthorized: false });
    for (const origin of [APP, APP, STRANGER]) {
      const stream = session.request({ ...headers, origin, ':method': 'OPTIONS', ':path': '/items/7' });
      const given = await new Promise<Record<string, unknown>>((resolve) => stream.on('response', resolve));
      expect([given[':status'], given['access-control-allow-origin']]).toEqual(
        origin === APP ? [204, APP] : [403, undefined],
      );
    }
    session.destroy();
    const { port } = app;
    for (const _ of [1, 2]) {
      const outgoing = httpsRequest({
        ...{ host: '127.0.0.1', port, path: '/items/7', method: 'OPTIONS', agent: false, headers },
        rejectUnauthorized: false,
      });
      expect((await receive(outgoing)).headers['access-control-allow-origin']).toBe(APP);
    }
  });
});

describe('preflights at several applications of one process', () => {
  const startOn = { express: starting('express'), fastify: starting('fastify') };

  it('own policy of each application: is applied, also when all answers are prepared', async () => {
    const origins = [APP, ADMIN, 'https://third.example', 'https://fourth.example'];
    const apps = [];
    for (const [index, origin] of origins.entries()) {
      apps.push(await startOn[PLATFORMS[index % 2]!]({ origin: [origin] }));
    }
    for (let round = 0; round < 3; round++) {
      const asked = apps.flatMap((app, at) =>
        origins.map(async (origin, by) => {
          const { status, headers } = await app.preflight(origin, 'PUT', '/items/7', 'x-a');
          return [status, headers['access-control-allow-origin'], at === by];
        }),
      );
      for (const [status, allowed, isOwn] of await Promise.all(asked)) {
        expect(status).toBe(isOwn ? 204 : 403);
        expect(allowed !== undefined).toBe(isOwn);
      }
    }
  });
});

describe.each(PLATFORMS)('headers of preflights answered at the server, on %s', (platform) => {
  const start = starting(platform);
  type Watch = (response: ServerResponse, seen: (response: ServerResponse) => void) => void;

  const WATCHES: Readonly<Record<string, Watch>> = {
    'a listener of their end': (response, seen) => void response.on('finish', () => seen(response)),
    'a listener of their close': (response, seen) => void response.on('close', () => seen(response)),
    'a function around their end()': (response, seen) => {
      const end = response.end as (...args: unknown[]) => unknown;
      response.end = ((...args: unknown[]) => {
        const result = end.apply(response, args);
        seen(response);
        return result;
      }) as never;
    },
    'a function around their emit()': (response, seen) => {
      const { emit } = response;
      response.emit = ((...args: Parameters<typeof emit>) => {
        if (args[0] === 'finish') {
          seen(response);
        }
        return emit.apply(response, args);
      }) as typeof emit;
    },
  };

  it.each(Object.entries(WATCHES))('%s: reads them', async (_what, watch) => {
    const app = await start();
    const seen: unknown[] = [];
    // In front of the server's listeners, as tools for tracing are.
    const server = app.app.getHttpServer() as Server;
    await app.preflight(APP, 'PUT', '/items/7');
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) =>
      watch(response, ({ statusCode }) => seen.push([statusCode, response.getHeader('access-control-allow-origin')])),
    );
    await app.preflight(APP, 'PUT', '/items/7');
    expect(seen).toEqual([[204, APP]]);
  });

  it('later listeners of the server, functions around its emit(), and channels: read them', async () => {
    const app = await start();
    const server = app.app.getHttpServer() as Server;
    const seen: unknown[] = [];
    const read = (response: ServerResponse) => void seen.push(response.getHeader('access-control-allow-origin'));
    await app.preflight(APP, 'PUT', '/items/7');
    const listener = (_request: unknown, response: ServerResponse) => read(response);
    server.on('request', listener);
    await app.preflight(APP, 'PUT', '/items/7');
    server.removeListener('request', listener);
    const finished = channel('http.server.response.finish');
    const onFinish = (message: unknown) => read((message as { response: ServerResponse }).response);
    finished.subscribe(onFinish);
    await app.preflight(APP, 'PUT', '/items/7');
    finished.unsubscribe(onFinish);
    const { emit } = server;
    server.emit = ((...args: Parameters<typeof emit>) => {
      const result = emit.apply(server, args);
      if ((args as readonly unknown[])[0] === 'request') {
        read(args[2] as unknown as ServerResponse);
      }
      return result;
    }) as typeof emit;
    await app.preflight(APP, 'PUT', '/items/7');
    server.emit = emit;
    expect(seen.filter((each) => each !== undefined)).toEqual([APP, APP, APP]);
  });
});

describe.each(PLATFORMS)('functions around the methods of all responses, on %s', (platform) => {
  const start = starting(platform);
  const methods = ServerResponse.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;

  type Around = (response: ServerResponse, args: unknown[], run: () => unknown) => unknown;
  const AROUND: readonly (readonly [what: string, name: string, around: Around])[] = [
    [
      'end() that sets a header',
      'end',
      (response, _args, run) => {
        response.setHeader('X-Time', '1');
        return run();
      },
    ],
    [
      'end() that sets a header, and runs later',
      'end',
      (response, _args, run) => {
        response.setHeader('X-Time', '1');
        setImmediate(run);
        return response;
      },
    ],
    [
      // As public code does, which takes headers for an object.
      'writeHead() that adds to the headers which it is given',
      'writeHead',
      (_response, args, run) => {
        args[1] = { ...(args[1] as object | undefined), 'X-Time': '1' };
        return run();
      },
    ],
  ];

  it.each(AROUND)(
    '%s: adds it to the first and to later preflights, and changes nothing else',
    async (_what, name, around) => {
      const app = await start({}, { comparesBothWays: false });
      const original = methods[name] as (...args: unknown[]) => unknown;
      methods[name] = function (this: ServerResponse, ...args: unknown[]) {
        return around(this, args, () => original.apply(this, args));
      };
      try {
        const received = [];
        for (const [origin, method] of [
          [APP, 'PUT'],
          [APP, 'PUT'],
          [STRANGER, 'PUT'],
          [STRANGER, 'PUT'],
        ] as const) {
          const { status, headers } = await app.preflight(origin, method, '/items/7');
          received.push({ status, headers: { ...headers, date: undefined } as Record<string, unknown> });
        }
        expect(received.map(({ status }) => status)).toEqual([204, 204, 403, 403]);
        expect(received.map(({ headers }) => headers['x-time'])).toEqual(['1', '1', '1', '1']);
        expect([received[1], received[3]]).toEqual([received[0], received[2]]);
        expect(received[1]?.headers).toMatchObject({
          'access-control-allow-origin': APP,
          vary: expect.stringMatching(/Origin/),
        });
      } finally {
        methods[name] = original;
      }
    },
  );
});

describe('preflights whose answers are prepared, on express', () => {
  const start = starting('express');

  it('new route at their path: are evaluated anew', async () => {
    const [before, after] = [await start(), await start()];
    const ask = async ({ preflight: send }: typeof before) => {
      const { status, headers } = await send(APP, 'PATCH', '/items/7');
      return [status, headers['access-control-allow-origin'], headers['access-control-allow-credentials']];
    };
    expect([await ask(before), await ask(before)]).toEqual([REFUSED, REFUSED]);
    for (const { app } of [before, after]) {
      const instance = app.getHttpAdapter().getInstance() as express.Express;
      instance.patch('/items/7', (_request, response) => void response.send('theirs'));
    }
    expect(await ask(before)).toEqual(await ask(after));
    expect(await ask(before)).toEqual([204, APP, 'true']);
  });
});
