import { type Socket, connect } from 'node:net';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Injectable, type OnModuleInit, Put } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CorsPolicy } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';
import { type Done, ENDED, ENDINGS, LATE } from './endings/endings.js';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example';

const lookups: (() => void)[] = [];

/** Allows one origin, when the test lets it answer. */
const slow = {
  isOriginAllowed: (origin: string) => new Promise<boolean>((resolve) => lookups.push(() => resolve(origin === APP))),
};

/** Allows one origin, a moment later. */
const late = {
  isOriginAllowed: async (origin: string) => {
    await pause(1);
    return origin === APP;
  },
};

@Controller()
class EndingsController {
  @Get('plain')
  plain() {
    return 'plain';
  }

  @Put('plain')
  put() {
    return 'put';
  }

  @Get('strict')
  @CorsPolicy({ rejectDisallowed: true })
  strict() {
    return 'strict';
  }

  @Get('exposed')
  @CorsPolicy({ exposedHeaders: 'all' })
  exposed() {
    return 'exposed';
  }

  @Get('looked-up')
  @CorsPolicy({ originLookup: late, rejectDisallowed: true })
  lookedUp() {
    return 'looked up';
  }

  @Get('slow')
  @CorsPolicy({ originLookup: slow, rejectDisallowed: true })
  slow() {
    return 'slow';
  }
}

@Injectable()
class EndingHook implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit() {
    const hook = (request: { headers: Record<string, string> }, reply: unknown, done: Done) => {
      const ending = ENDINGS[String(request.headers['x-hook'])];
      const response = (reply as { raw?: ServerResponse }).raw ?? (reply as ServerResponse);
      return ending === undefined ? done() : ending(response, done);
    };
    (this.host.httpAdapter as unknown as { setOnRequestHook(own: typeof hook): void }).setOnRequestHook(hook);
  }
}

/** What was thrown outside of a promise. A promise that rejects unheard fails the test by itself. */
const thrown: unknown[] = [];

describe.each(PLATFORMS)('response that other code ends, on %s', (platform) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers: [EndingsController],
      providers: [EndingHook],
      cors: {
        origin: APP,
        logging: 'off',
        cache: false,
        paths: [{ path: '/unrouted', policy: { rejectDisallowed: true } }],
      },
      configure: (app: INestApplication) =>
        void app.use((request: { headers: Record<string, string> }, response: ServerResponse, next: Done) => {
          const ending = ENDINGS[String(request.headers['x-middleware'])];
          return ending === undefined ? next() : ending(response, next);
        }),
    });
  });

  beforeEach(() => {
    lookups.length = 0;
    thrown.length = 0;
    // jest gives tests a copy of process, whose events are its own: this function sets what the real one does.
    process.setUncaughtExceptionCaptureCallback((error) => void thrown.push(error));
  });

  afterEach(() => process.setUncaughtExceptionCaptureCallback(null));

  afterAll(() => application.close());

  const REQUESTS: readonly (readonly [name: string, origin: string, path: string, method?: string])[] = [
    ['a granted preflight', APP, '/plain', 'PUT'],
    ['a refused preflight', EVIL, '/plain', 'PUT'],
    ['a preflight whose lookup is asynchronous', APP, '/looked-up', 'GET'],
    ['a refused preflight whose lookup is asynchronous', EVIL, '/looked-up', 'GET'],
    ['a preflight of no route', APP, '/nowhere', 'GET'],
    ['an allowed request', APP, '/plain'],
    ['a request that is answered with 403', EVIL, '/strict'],
    ['a request of no route that is answered with 403', EVIL, '/unrouted'],
    ['an allowed request whose lookup is asynchronous', APP, '/looked-up'],
    ['a request that its lookup refuses', EVIL, '/looked-up'],
    ['a request whose headers are exposed', APP, '/exposed'],
  ];

  /**
   * Before 5.12, Fastify itself rejects unheard where something else has ended the response of a handler, with this library
   * or without: there, only what the library answers is sent.
   */
  function isFaultOfFastify(): boolean {
    const { version = '99.0' } = application.app.getHttpAdapter().getInstance() as { version?: string };
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return platform === 'fastify' && (major < 5 || (major === 5 && minor < 12));
  }

  const isAnsweredByLibrary = ([, , , method]: (typeof REQUESTS)[number]) => method !== undefined;

  /** When all that is late has happened. */
  async function expectAlive(): Promise<void> {
    await pause(4 * LATE);
    expect(thrown).toEqual([]);
    const response = await application.from(APP, '/plain');
    expect(response.body).toBe('plain');
    expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': APP });
    expect((await application.preflight(APP, 'PUT', '/plain')).status).toBe(204);
    expect((await application.from(EVIL, '/strict')).status).toBe(403);
  }

  function statusOf(origin: string, path: string, method: string | undefined, headers: Record<string, string>) {
    const asked = method === undefined ? headers : { ...headers, 'Access-Control-Request-Method': method };
    return application.from(origin, path, { method: method === undefined ? 'GET' : 'OPTIONS', headers: asked }).then(
      ({ status }) => status,
      () => 'no answer' as const,
    );
  }

  describe.each(Object.keys(ENDINGS))('ended by a request hook that %s', (ending) => {
    it('any request: the process lives, and the next requests are answered', async () => {
      for (const [name, origin, path, method] of isFaultOfFastify() ? REQUESTS.filter(isAnsweredByLibrary) : REQUESTS) {
        const status = await statusOf(origin, path, method, { 'X-Hook': ending });
        if (ENDED.includes(ending)) {
          expect([name, status]).toEqual([name, 299]);
        }
      }
      await expectAlive();
    });
  });

  // What a middleware ends before it calls back is the application's fault where there is no library, too.
  describe.each(ENDED.filter((ending) => !/rejects|error/.test(ending)))('ended by a middleware that %s', (ending) => {
    it('any request: the process lives, and the next requests are answered', async () => {
      const sent = isFaultOfFastify() ? [] : REQUESTS.filter((request) => !isAnsweredByLibrary(request));
      for (const [, origin, path] of sent) {
        await statusOf(origin, path, undefined, { 'X-Middleware': ending });
      }
      await expectAlive();
    });
  });

  /** Sends a request, and returns when its lookup is under way. */
  async function sendSlow(lines: readonly string[], times = 1): Promise<Socket> {
    const socket = connect(application.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const asked = lookups.length;
    socket.write([...lines, 'Host: localhost', '', ''].join('\r\n').repeat(times));
    while (lookups.length === asked) {
      await pause(1);
    }
    return socket;
  }

  const PREFLIGHT = ['OPTIONS /slow HTTP/1.1', 'Access-Control-Request-Method: GET'];
  const GET = ['GET /slow HTTP/1.1'];

  describe.each([
    ['a preflight', PREFLIGHT],
    ['a request', GET],
  ])('client that leaves while the lookup of %s runs', (_name, lines) => {
    it.each([
      ['allows', APP],
      ['refuses', EVIL],
    ])('lookup that %s it: the process lives', async (_answer, origin) => {
      for (const leave of ['destroy', 'resetAndDestroy'] as const) {
        for (const times of [1, 3]) {
          const socket = await sendSlow([...lines, `Origin: ${origin}`], times);
          socket[leave]();
          await pause(LATE);
          lookups.splice(0).forEach((answer) => answer());
        }
      }
      await pause(LATE);
      lookups.splice(0).forEach((answer) => answer());
      await expectAlive();
    });

    it('lookup that calls back late: the process lives', async () => {
      for (const ending of lines === GET && isFaultOfFastify() ? [] : Object.keys(ENDINGS)) {
        const socket = await sendSlow([...lines, `Origin: ${APP}`, `X-Hook: ${ending}`]);
        socket.destroy();
        await pause(1);
        lookups.splice(0).forEach((answer) => answer());
      }
      await expectAlive();
    });

    it('client that has ended its side only: is answered', async () => {
      const socket = await sendSlow([...lines, `Origin: ${APP}`, 'Connection: close']);
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
      socket.end();
      const closed = new Promise((resolve) => void socket.on('close', resolve));
      lookups.splice(0).forEach((answer) => answer());
      await closed;
      expect(received).toMatch(/^HTTP\/1\.1 20[04] /);
      expect(received.toLowerCase()).toContain(`access-control-allow-origin: ${APP}\r\n`);
    });
  });
});
