import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplication, Injectable } from '@nestjs/common';
import { static as serveStatic } from 'express';
import type { FastifyInstance } from 'fastify';
import type { CorsModuleOptions, OriginLookup } from '../../lib/index.js';
import { type Platform, type RunningApplication, startApplication } from '../support/application.js';
import { CachedController } from './cached.controller.js';
import { ALLOWED, ALSO_ALLOWED, PATTERN } from './origins.js';

/** A lookup whose answers change while the application runs. */
@Injectable()
export class RevocableOrigins implements OriginLookup {
  readonly allowed = new Set([ALLOWED, ALSO_ALLOWED]);
  /** While true, the lookup is out of order. */
  broken = false;

  isOriginAllowed(origin: string): boolean {
    if (this.broken) {
      throw new Error('The database is down');
    }
    return this.allowed.has(origin);
  }
}

const cors: CorsModuleOptions = {
  origin: [ALLOWED, ALSO_ALLOWED],
  cache: false,
  logging: 'off',
  policies: {
    list: { origin: [ALLOWED, ALSO_ALLOWED] },
    pattern: { origin: PATTERN },
    function: { origin: (origin) => origin === ALLOWED || origin === ALSO_ALLOWED },
    lookup: { originLookup: RevocableOrigins },
    opaque: { origin: [ALLOWED, ALSO_ALLOWED, 'null'], dangerouslyAllow: ['null-origin'] },
    public: { origin: '*' },
  },
  paths: [
    { path: '/files', policy: 'list' },
    { path: '/ended', policy: 'list' },
  ],
};

/** How long a shared cache may keep what the application answers, in seconds. */
export interface Lifetime {
  seconds: number;
}

export interface CachedApplication extends RunningApplication {
  /** Where a proxy finds it. */
  readonly address: string;
  readonly origins: RevocableOrigins;
  readonly lifetime: Lifetime;
}

/**
 * An application that lets shared caches keep everything, its errors included, and says in `X-Answered` whose request
 * each of its answers was made for.
 * @param configure what comes before everything else that `main.ts` would add
 */
export async function startCachedApplication(
  platform: Platform,
  { withCors = true, configure }: { withCors?: boolean; configure?: (app: INestApplication) => void } = {},
): Promise<CachedApplication> {
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-files-'));
  await writeFile(join(folder, 'goods.txt'), 'anvil '.repeat(1000));
  const origins = new RevocableOrigins();
  const lifetime = { seconds: 60 };
  const running = await startApplication(platform, 'NestFactory', {
    cors: withCors ? cors : false,
    controllers: [CachedController],
    providers: [{ provide: RevocableOrigins, useValue: origins }],
    configure: (app) => {
      app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
        response.setHeader('X-Answered', answeredTo(request.headers.origin));
        response.setHeader('Cache-Control', `public, max-age=${lifetime.seconds}`);
        next();
      });
      if (platform === 'fastify') {
        validateAsExpressDoes(app);
      }
      configure?.(app);
      app.use('/files', serveStatic(folder, { cacheControl: false }));
      app.use('/ended', (_request: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200, { 'Content-Type': 'text/plain', Vary: 'Accept' });
        response.end('from a middleware');
      });
    },
  });
  return {
    ...running,
    address: `127.0.0.1:${running.port}`,
    origins,
    lifetime,
    close: async () => {
      await running.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Fastify leaves validators and 304s to plugins; this is what @fastify/etag does. */
function validateAsExpressDoes(app: INestApplication): void {
  const fastify = app.getHttpAdapter().getInstance() as FastifyInstance;
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (typeof payload === 'string' && reply.statusCode === 200 && !reply.hasHeader('ETag')) {
      const validator = `W/"${createHash('sha1').update(payload).digest('base64')}"`;
      reply.header('ETag', validator);
      if (request.headers['if-none-match'] === validator) {
        reply.code(304);
        done(null, '');
        return;
      }
    }
    done(null, payload);
  });
}

/** `X-Answered` of a request with this `Origin`. An empty one and none are the same to a cache. */
export function answeredTo(origin: string | undefined): string {
  return encodeURIComponent(origin || 'nobody');
}
