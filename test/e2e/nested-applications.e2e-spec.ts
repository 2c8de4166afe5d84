import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CorsModule, type CorsModuleOptions } from '../../lib/index.js';
import { PLATFORMS, corsHeaders, startApplication, varyOf } from '../support/application.js';

const APP = 'https://app.example.com';
const INNER = 'https://inner.example';
const STRANGER = 'https://stranger.example';

describe.each(PLATFORMS)('an application of Nest within another one on %s', (platform) => {
  const running: { close(): Promise<unknown> }[] = [];

  afterEach(async () => {
    for (const application of running.splice(0)) {
      await application.close();
    }
  });

  @Controller('x')
  class InnerController {
    @Get()
    @Header('X-Inner', '1')
    read() {
      return 'inner';
    }
  }

  /** What handles a request of the inner application. */
  async function inner(kind: 'express' | 'fastify', cors: CorsModuleOptions | undefined) {
    @Module({ imports: cors === undefined ? [] : [CorsModule.forRoot(cors)], controllers: [InnerController] })
    class InnerModule {}

    const adapter = kind === 'express' ? new ExpressAdapter() : new FastifyAdapter();
    const app = await NestFactory.create(InnerModule, adapter, { logger: false });
    await app.init();
    running.push(app);
    const instance = app.getHttpAdapter().getInstance() as never;
    if (kind === 'express') {
      return instance as (request: unknown, response: unknown) => void;
    }
    const fastify = instance as { ready(): Promise<void>; routing(request: unknown, response: unknown): void };
    await fastify.ready();
    return (request: unknown, response: unknown) => fastify.routing(request, response);
  }

  async function start(
    kind: 'express' | 'fastify',
    outer: CorsModuleOptions,
    innerCors: CorsModuleOptions | undefined,
  ) {
    const handle = await inner(kind, innerCors);
    const application = await startApplication(platform, 'NestFactory', {
      cors: outer,
      configure: (app) => void app.use('/sub', (request: unknown, response: unknown) => handle(request, response)),
    });
    running.push(application);
    return application;
  }

  describe.each(['express', 'fastify'] as const)('that runs on %s', (kind) => {
    it('its own CorsModule: applies its policy alone, whatever the outer one grants', async () => {
      const { from, send } = await start(
        kind,
        { origin: APP, credentials: true, exposedHeaders: 'all' },
        { origin: INNER, exposedHeaders: ['X-Inner'] },
      );
      const granted = await from(INNER, '/sub/x');
      expect(granted.body).toBe('inner');
      expect(corsHeaders(granted)).toEqual({
        'access-control-allow-origin': INNER,
        'access-control-expose-headers': 'X-Inner',
      });
      expect(varyOf(granted)).toContain('origin');
      expect(corsHeaders(await from(APP, '/sub/x'))).toEqual({});
      expect(corsHeaders(await send('/sub/x'))).toEqual({});
    });

    it("exposedHeaders 'all' inside only: names the headers of its own responses", async () => {
      const { from } = await start(kind, { origin: APP }, { origin: INNER, exposedHeaders: 'all' });
      const { headers } = await from(INNER, '/sub/x');
      expect(headers['access-control-allow-origin']).toBe(INNER);
      expect(String(headers['access-control-expose-headers']).split(',')).toContain('x-inner');
    });

    it('sends no Vary: Origin only because the outer one does', async () => {
      const { from, send } = await start(kind, { origin: APP, credentials: true }, { origin: '*' });
      for (const response of [await from(APP, '/sub/x'), await from(STRANGER, '/sub/x'), await send('/sub/x')]) {
        expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': '*' });
        expect(varyOf(response)).not.toContain('origin');
      }
    });

    it('sends Vary: Origin though the outer one does not', async () => {
      const { from, send } = await start(kind, { origin: '*' }, { origin: INNER, credentials: true });
      expect(corsHeaders(await from(INNER, '/sub/x'))).toEqual({
        'access-control-allow-origin': INNER,
        'access-control-allow-credentials': 'true',
      });
      for (const response of [await from(APP, '/sub/x'), await send('/sub/x')]) {
        expect(corsHeaders(response)).toEqual({});
        expect(varyOf(response)).toContain('origin');
      }
    });

    it('no CorsModule inside: applies the policy of the outer one', async () => {
      const { from } = await start(kind, { origin: APP, exposedHeaders: 'all' }, undefined);
      const granted = await from(APP, '/sub/x');
      expect(granted.body).toBe('inner');
      expect(granted.headers['access-control-allow-origin']).toBe(APP);
      expect(String(granted.headers['access-control-expose-headers']).split(',')).toContain('x-inner');
      const refused = await from(INNER, '/sub/x');
      expect(corsHeaders(refused)).toEqual({});
      expect(varyOf(refused)).toContain('origin');
    });

    it('other responses of the outer one: are not changed', async () => {
      const { from } = await start(kind, { origin: APP }, { origin: INNER });
      await from(INNER, '/sub/x');
      const response = await from(APP, '/elsewhere');
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': APP });
      expect(varyOf(response)).toContain('origin');
    });
  });
});
