import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import { fastify } from 'fastify';
import type { RequestHook } from '../../lib/request/request-hook.js';
import { CorsModule, type CorsModuleOptions, CorsPolicy, DisableCors } from '../../lib/index.js';
import {
  PLATFORMS,
  RecordingLogger,
  type RunningApplication,
  corsHeaders,
  listening,
  varyOf,
} from '../support/application.js';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example';
const PREFLIGHT_VARY = ['origin', 'access-control-request-method', 'access-control-request-headers'];

@Controller()
class TargetsController {
  @Get('off')
  @DisableCors()
  off() {
    return 'off';
  }

  @Put('off')
  @DisableCors()
  write() {
    return 'written';
  }

  @Get('open')
  open() {
    return 'open';
  }

  @Put('open')
  @CorsPolicy({ credentials: false, maxAge: 60 })
  replace() {
    return 'replaced';
  }
}

type Hook = (request: IncomingMessage, response: ServerResponse, done: () => void) => void;

/** Does CORS by itself, for every origin. */
function reflect(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Allow-Methods', 'PUT, DELETE');
  response.setHeader('Access-Control-Allow-Private-Network', 'true');
}

const ENDINGS: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  'end()': (request, response) => {
    reflect(request, response);
    response.statusCode = 204;
    response.end();
  },
  'writeHead() with all headers': ({ headers }, response) => {
    response.writeHead(204, { 'access-control-allow-origin': headers.origin, 'ACCESS-CONTROL-ALLOW-METHODS': 'PUT' });
    response.end();
  },
  'writeHead() with a list': ({ headers }, response) => {
    response.writeHead(204, ['Access-Control-Allow-Origin', headers.origin ?? '*', 'Vary', 'Accept']);
    response.end();
  },
  'end() in its own time': (request, response) =>
    void setTimeout(() => {
      reflect(request, response);
      response.statusCode = 204;
      response.end();
    }, 5),
};

let running: RunningApplication | undefined;

afterEach(async () => {
  await running?.close();
  running = undefined;
});

interface Setup {
  readonly cors: CorsModuleOptions;
  /** Runs in front of the adapter's request hook. */
  readonly before?: Hook;
  /** Takes the slot of the adapter's request hook before the library does. */
  readonly hook?: Hook;
  readonly trust?: () => boolean;
}

describe.each(PLATFORMS)('CORS headers of responses that something else answers, on %s', (platform) => {
  async function start({ cors, before, hook, trust }: Setup): Promise<RunningApplication> {
    @Module({ imports: [CorsModule.forRoot(cors)], controllers: [TargetsController] })
    class ApplicationUnderTest {}

    const logger = new RecordingLogger();
    const app = await NestFactory.create(ApplicationUnderTest, adapterWith(before, trust), { logger });
    if (hook !== undefined) {
      const isAnswered = (response: ServerResponse) => response.writableEnded;
      const adapter = app.getHttpAdapter() as unknown as { setOnRequestHook(hook: RequestHook): void };
      adapter.setOnRequestHook((request, response, done) => {
        const { raw = request } = request as { raw?: unknown };
        const reply = response as { raw?: ServerResponse; hijack?(): void };
        hook(raw as IncomingMessage, reply.raw ?? (response as ServerResponse), done);
        if (isAnswered(reply.raw ?? (response as ServerResponse))) {
          reply.hijack?.();
        }
      });
    }
    running = await listening(app, logger);
    return running;
  }

  function adapterWith(before: Hook | undefined, trust: (() => boolean) | undefined): ExpressAdapter | FastifyAdapter {
    if (platform === 'express') {
      const instance = express();
      instance.set('trust proxy', trust ?? false);
      if (before !== undefined) {
        instance.use((request, response, next) => before(request, response, next));
      }
      return new ExpressAdapter(instance as never);
    }
    const instance = fastify({ trustProxy: trust ?? false });
    if (before !== undefined) {
      instance.addHook('onRequest', (request, reply, done) => before(request.raw, reply.raw, done));
    }
    return new FastifyAdapter(instance as never);
  }

  describe.each(Object.entries(ENDINGS))(
    'preflight that a request hook of the application answers by %s',
    (_how, end) => {
      const hook: Hook = (request, response, done) => {
        if (request.method === 'OPTIONS') {
          end(request, response);
        } else {
          done();
        }
      };

      it.each([
        ['synchronous', APP],
        ['asynchronous', async (origin: string) => origin === APP],
      ])('%s decision: are as the policy says', async (_kind, origin) => {
        const { preflight } = await start({ cors: { origin, credentials: true }, hook });
        for (const [from, path] of [
          [EVIL, '/off'],
          [APP, '/off'],
          [EVIL, '/open'],
          [EVIL, '/none'],
        ] as const) {
          const refused = await preflight(from, 'PUT', path);
          expect(corsHeaders(refused)).toEqual({});
          expect(varyOf(refused)).toEqual(expect.arrayContaining(PREFLIGHT_VARY));
        }
        const granted = await preflight(APP, 'PUT', '/open');
        expect(corsHeaders(granted)).toMatchObject({
          'access-control-allow-origin': APP,
          'access-control-allow-methods': 'PUT',
        });
        expect(corsHeaders(granted)).not.toHaveProperty('access-control-allow-credentials');
      });
    },
  );

  it('preflight to an external path: are left to the application', async () => {
    const { preflight } = await start({
      cors: { origin: APP, paths: [{ path: '/legacy', external: true }] },
      hook: (request, response, done) =>
        request.method === 'OPTIONS' ? ENDINGS['end()']?.(request, response) : done(),
    });
    expect(corsHeaders(await preflight(EVIL, 'PUT', '/legacy'))).toMatchObject({ 'access-control-allow-origin': EVIL });
  });

  it('set before the hook: are not sent', async () => {
    const { preflight, from } = await start({
      cors: { origin: APP },
      before: (request, response, done) => {
        reflect(request, response);
        done();
      },
    });
    const refused = await preflight(EVIL, 'PUT', '/off');
    expect(refused.status).toBe(403);
    expect(corsHeaders(refused)).toEqual({});
    expect(corsHeaders(await from(EVIL, '/off'))).not.toHaveProperty('access-control-allow-origin');
  });

  it('response while a lookup call runs: grant nothing', async () => {
    const { preflight, from } = await start({
      cors: { origin: () => new Promise<boolean>((resolve) => setTimeout(resolve, 200, true)) },
      before: (request, response, done) => {
        setTimeout(() => {
          if (!response.headersSent) {
            reflect(request, response);
            response.statusCode = 503;
            response.end();
          }
        }, 10);
        done();
      },
    });
    for (const response of [await preflight(EVIL, 'PUT', '/open'), await from(EVIL, '/open')]) {
      expect(response.status).toBe(503);
      expect(corsHeaders(response)).toEqual({});
      expect(varyOf(response)).toContain('origin');
    }
  });

  describe('decision that fails', () => {
    const setup: Setup = {
      cors: { origin: APP },
      before: (request, response, done) => {
        reflect(request, response);
        done();
      },
      trust: () => {
        throw new Error('no such table');
      },
    };

    it('any response: grant nothing, with Vary: Origin', async () => {
      const { from, preflight, logger } = await start(setup);
      for (let time = 0; time < 20; time++) {
        // Fastify 5.4 asks only about addresses that somebody has forwarded.
        const headers = { 'X-Forwarded-Host': 'proxy.example', 'X-Forwarded-For': '203.0.113.7' };
        const response = await from(EVIL, '/open', { headers });
        expect(corsHeaders(response)).toEqual({});
        expect(varyOf(response)).toContain('origin');
      }
      const refused = await preflight(EVIL, 'PUT', '/open');
      expect(corsHeaders(refused)).toEqual({});
      const failures = logger.errors.filter((line) => line.includes('decision failed'));
      expect(failures).toHaveLength(1);
      expect(failures[0]).toContain('trust function');
    });
  });
});
