import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastifyCompress from '@fastify/compress';
import { BadRequestException, Controller, Get, Header, StreamableFile } from '@nestjs/common';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import compression from 'compression';
import express from 'express';
import { Readable } from 'node:stream';
import { CorsPolicy } from '../../lib/index.js';
import { type RunningApplication, corsHeaders, varyOf } from '../support/application.js';
import { type InstalledSetup, startInstalled } from './helmet.application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';
const LONG = 'anvil '.repeat(1000);
const GZIP = { headers: { 'Accept-Encoding': 'gzip' } };

@Controller()
class TextController {
  @Get('text')
  text() {
    return { text: LONG };
  }

  @Get('short')
  short() {
    return { text: '' };
  }

  @Get('stream')
  @Header('Content-Type', 'text/plain')
  stream() {
    return new StreamableFile(Readable.from([LONG, LONG]));
  }

  @Get('language')
  @Header('Vary', 'Accept-Language')
  language() {
    return { text: LONG };
  }

  @Get('error')
  error() {
    throw new BadRequestException(LONG);
  }

  @Get('public')
  @CorsPolicy({ origin: '*', credentials: false })
  public() {
    return { text: LONG };
  }
}

type Installed = Pick<InstalledSetup, 'adapter' | 'install'>;

const adapters: Record<string, () => Installed> = {
  'compression on express': () => ({
    adapter: new ExpressAdapter(),
    install: (app) => (app as NestExpressApplication).use(compression()),
  }),
  'compression on an Express instance that was there before Nest': () => ({
    adapter: new ExpressAdapter(express().use(compression())),
  }),
  '@fastify/compress on fastify': () => ({
    adapter: new FastifyAdapter(),
    install: (app) => (app as NestFastifyApplication).register(fastifyCompress),
  }),
};

const cors = { origin: APP, credentials: true, exposedHeaders: 'all', logging: 'off' } as const;

describe.each(Object.keys(adapters))('%s', (name) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startInstalled({ ...adapters[name]!(), cors, controllers: [TextController] });
  });

  afterAll(() => application.close());

  it.each([
    ['/text', 200],
    ['/stream', 200],
    ['/error', 400],
  ])('%s: is compressed, and readable to an allowed origin', async (path, status) => {
    const response = await application.from(APP, path, GZIP);
    expect(response.status).toBe(status);
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(corsHeaders(response)).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
    });
    expect(varyOf(response).sort()).toEqual(['accept-encoding', 'origin']);
    const refused = await application.from(STRANGER, path, GZIP);
    expect([refused.status, refused.headers['content-encoding']]).toEqual([status, 'gzip']);
    expect(corsHeaders(refused)).toEqual({});
    expect(varyOf(refused).sort()).toEqual(['accept-encoding', 'origin']);
  });

  it('Vary of a handler: stays', async () => {
    const response = await application.from(APP, '/language', GZIP);
    expect(varyOf(response).sort()).toEqual(['accept-encoding', 'accept-language', 'origin']);
  });

  it('policy with *: Origin is not in Vary', async () => {
    const response = await application.from(STRANGER, '/public', GZIP);
    expect(response.headers['access-control-allow-origin']).toBe('*');
    expect(varyOf(response)).toEqual(['accept-encoding']);
  });

  it('short or uncompressed response: is readable, too', async () => {
    for (const response of [
      await application.from(APP, '/short', GZIP),
      await application.from(APP, '/text', { headers: { 'Accept-Encoding': 'identity' } }),
      await application.from(APP, '/text', { ...GZIP, method: 'HEAD' }),
    ]) {
      expect(response.status).toBe(200);
      expect(response.headers['access-control-allow-origin']).toBe(APP);
      expect(varyOf(response)).toContain('origin');
    }
  });

  it('revalidation: is a 304 for an allowed origin, and a full response for a refused one', async () => {
    const { etag } = (await application.from(APP, '/text', GZIP)).headers;
    // Fastify makes no entity tags.
    expect(etag === undefined).toBe(name.endsWith('on fastify'));
    const headers = { ...GZIP.headers, 'If-None-Match': etag ?? '' };
    const fresh = await application.from(APP, '/text', { headers });
    expect([fresh.status, fresh.headers['access-control-allow-origin']]).toEqual([etag === undefined ? 200 : 304, APP]);
    expect((await application.from(STRANGER, '/text', { headers })).status).toBe(200);
  });

  it('preflights: are not compressed', async () => {
    const headers = { 'Accept-Encoding': 'gzip', 'Access-Control-Request-Method': 'GET' };
    for (const [origin, status] of [
      [APP, 204],
      [STRANGER, 403],
    ] as const) {
      const preflight = await application.from(origin, '/text', { method: 'OPTIONS', headers });
      expect([preflight.status, preflight.body]).toEqual([status, '']);
      expect(preflight.headers).not.toHaveProperty('content-encoding');
      expect(varyOf(preflight)).toEqual(['origin', 'access-control-request-method', 'access-control-request-headers']);
    }
  });

  it('log: has no line', () => {
    expect(application.logger.warnings).toEqual([]);
    expect(application.logger.errors).toEqual([]);
  });
});

describe.each(Object.keys(adapters).filter((name) => !name.includes('before Nest')))('%s', (name) => {
  it('has its headers named to the page with exposedHeaders: all', async () => {
    const application = await startInstalled({ ...adapters[name]!(), cors, controllers: [TextController] });
    const { headers } = await application.from(APP, '/text', GZIP);
    const exposed = String(headers['access-control-expose-headers']).split(',');
    expect(exposed).toEqual(expect.arrayContaining(['content-encoding', 'content-type', 'vary']));
    expect(exposed.filter((header) => !(header in headers))).toEqual([]);
    await application.close();
  });
});
