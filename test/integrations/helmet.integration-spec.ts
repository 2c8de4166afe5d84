import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastifyHelmet from '@fastify/helmet';
import { BadRequestException, Controller, Get, Post } from '@nestjs/common';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import express from 'express';
import helmet from 'helmet';
import { CorsPolicy } from '../../lib/index.js';
import { type RunningApplication, corsHeaders } from '../support/application.js';
import { type InstalledSetup, startInstalled } from './helmet.application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

@Controller('orders')
class OrdersController {
  @Get()
  list() {
    return ['anvil'];
  }

  @Post()
  add() {
    throw new BadRequestException('There is no such order');
  }

  @Get('prices')
  @CorsPolicy('public')
  prices() {
    return { anvil: 90 };
  }
}

const adapters: Record<string, () => Pick<InstalledSetup, 'adapter' | 'install'>> = {
  'helmet on express': () => ({
    adapter: new ExpressAdapter(),
    install: (app) => (app as NestExpressApplication).use(helmet()),
  }),
  '@fastify/helmet on fastify': () => ({
    adapter: new FastifyAdapter(),
    install: (app) => (app as NestFastifyApplication).register(fastifyHelmet),
  }),
};

const cors = {
  origin: APP,
  credentials: true,
  exposedHeaders: 'all',
  logging: 'off',
  policies: { public: { origin: '*' } },
} as const;

const READABLE = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true' };

describe.each(Object.keys(adapters))('%s', (name) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startInstalled({ ...adapters[name]!(), cors, controllers: [OrdersController] });
  });

  afterAll(() => application.close());

  it('any origin, or none: responses are protected', async () => {
    const responses = [
      await application.from(APP, '/orders'),
      await application.from(STRANGER, '/orders'),
      await application.send('/orders'),
      await application.from(APP, '/orders', { method: 'POST' }),
      await application.from(APP, '/nowhere'),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 400, 404]);
    for (const { headers } of responses) {
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'strict-transport-security': expect.stringContaining('max-age='),
        'x-content-type-options': 'nosniff',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  it.each([
    ['GET', '/orders', 200],
    ['POST', '/orders', 400],
    ['GET', '/nowhere', 404],
  ])('%s %s with its %d: is readable to an allowed origin', async (method, path, status) => {
    const response = await application.from(APP, path, { method });
    expect(response.status).toBe(status);
    expect(corsHeaders(response)).toMatchObject(READABLE);
    expect(response.headers.vary).toBe('Origin');
    const refused = await application.from(STRANGER, path, { method });
    expect(refused.status).toBe(status);
    expect(corsHeaders(refused)).toEqual({});
    expect(refused.headers.vary).toBe('Origin');
  });

  it('has its headers named to the page with exposedHeaders: all', async () => {
    const response = await application.from(APP, '/orders');
    const exposed = String(response.headers['access-control-expose-headers']).split(',');
    expect(exposed).toEqual(expect.arrayContaining(['content-security-policy', 'referrer-policy']));
  });

  it('policy with *: Vary is not sent', async () => {
    const response = await application.from(STRANGER, '/orders/prices');
    expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': '*' });
    expect(response.headers).not.toHaveProperty('vary');
    // Keeps <img> and <script> of other origins out; what fetch() asks for with CORS is not its business.
    expect(response.headers['cross-origin-resource-policy']).toBe('same-origin');
  });

  it('preflights, which are answered before: have none of its headers', async () => {
    const granted = await application.preflight(APP, 'POST', '/orders', 'content-type');
    expect(granted.status).toBe(204);
    expect(corsHeaders(granted)).toEqual({
      ...READABLE,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
    });
    const refused = await application.preflight(STRANGER, 'POST', '/orders', 'content-type');
    expect(refused.status).toBe(403);
    expect(corsHeaders(refused)).toEqual({});
    for (const { headers } of [granted, refused]) {
      expect(headers.vary).toBe('Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
      expect(headers).not.toHaveProperty('content-security-policy');
    }
  });

  it('log: has no line', () => {
    expect(application.logger.warnings).toEqual([]);
    expect(application.logger.errors).toEqual([]);
  });
});

describe('helmet on an Express instance that was there before Nest', () => {
  it('preflights: have its headers once, and are granted all the same', async () => {
    const server = express().use(helmet({ crossOriginResourcePolicy: { policy: 'cross-origin' } }));
    const application = await startInstalled({
      adapter: new ExpressAdapter(server),
      cors,
      controllers: [OrdersController],
    });
    for (const [origin, status] of [
      [APP, 204],
      [STRANGER, 403],
    ] as const) {
      const preflight = await application.preflight(origin, 'POST', '/orders');
      expect(preflight.status).toBe(status);
      expect(preflight.headers['cross-origin-resource-policy']).toBe('cross-origin');
      expect(preflight.headers).not.toHaveProperty('x-powered-by');
      expect(preflight.headers['access-control-allow-origin']).toBe(origin === APP ? APP : undefined);
    }
    const response = await application.from(APP, '/orders');
    expect(corsHeaders(response)).toMatchObject(READABLE);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    await application.close();
  });
});
