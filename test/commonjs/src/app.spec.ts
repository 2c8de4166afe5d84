import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';

const adapters = [
  ['Express', (): Promise<INestApplication> => NestFactory.create(AppModule, new ExpressAdapter(), { logger: false })],
  ['Fastify', (): Promise<INestApplication> => NestFactory.create(AppModule, new FastifyAdapter(), { logger: false })],
] as const;

describe.each(adapters)('a CommonJS application on %s', (_, createApplication) => {
  let app: INestApplication;
  let orders: string;

  beforeAll(async () => {
    app = await createApplication();
    await app.listen(0, '127.0.0.1');
    orders = new URL('orders', await app.getUrl()).href;
  });

  afterAll(() => app?.close());

  function preflight(origin: string, method: string): Promise<Response> {
    return fetch(orders, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } });
  }

  it('installed package: its CommonJS build is loaded', () => {
    expect(require.resolve('nestjs-cors')).toMatch(/node_modules.nestjs-cors.dist.cjs.index\.js$/);
  });

  it('origin that the lookup allows: its preflight is granted', async () => {
    const response = await preflight('https://partner.example', 'GET');
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://partner.example');
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
  });

  it.each([
    ['an origin that nobody allows', 'https://other.example', 'GET'],
    ['a route without cross-origin access', 'https://partner.example', 'DELETE'],
  ])('preflight of %s: is refused', async (_reason, origin, method) => {
    const response = await preflight(origin, method);
    expect(response.status).toBe(403);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('allowed origin: may read the response', async () => {
    const response = await fetch(orders, { headers: { origin: 'https://partner.example' } });
    expect(await response.json()).toEqual(['first']);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://partner.example');
  });
});
