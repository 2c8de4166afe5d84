import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import { CorsPolicy } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

// The package is CommonJS, and jest can't require() Nest, which is not: it is given what the application imports.
jest.mock('@nestjs/common', () => common);
jest.mock('@nestjs/core', () => core);
const { SkipThrottle, ThrottlerGuard, ThrottlerModule } = await import('@nestjs/throttler');

const { Controller, Get } = common;
const { APP_GUARD } = core;
const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';
const LIMIT = 2;

@Controller('orders')
class OrdersController {
  @Get()
  list() {
    return ['anvil'];
  }

  @Get('strict')
  @CorsPolicy({ rejectDisallowed: true })
  strict() {
    return ['anvil'];
  }

  @Get('health')
  @SkipThrottle()
  health() {
    return 'up';
  }
}

describe.each(PLATFORMS)('the throttler as a guard for every route on %s', (platform) => {
  let application: RunningApplication;

  beforeEach(async () => {
    application = await startApplication(platform, 'NestFactory', {
      imports: [ThrottlerModule.forRoot({ throttlers: [{ ttl: 60_000, limit: LIMIT }] })],
      providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
      controllers: [OrdersController],
      cors: { origin: APP, exposedHeaders: 'all', logging: 'off' },
    });
  });

  afterEach(async () => {
    const { warnings, errors } = application.logger;
    await application.close();
    expect([...warnings, ...errors]).toEqual([]);
  });

  const exhaust = async (path: string) => {
    for (let sent = 0; sent < LIMIT; sent++) {
      await application.send(path);
    }
  };

  it('preflights: are neither counted nor stopped', async () => {
    for (let sent = 0; sent < 2 * LIMIT; sent++) {
      expect((await application.preflight(APP, 'GET', '/orders')).status).toBe(204);
      expect((await application.preflight(STRANGER, 'GET', '/orders')).status).toBe(403);
    }
    const first = await application.from(APP, '/orders');
    expect([first.status, first.headers['x-ratelimit-remaining']]).toEqual([200, String(LIMIT - 1)]);
    await exhaust('/orders');
    expect((await application.from(APP, '/orders')).status).toBe(429);
    const preflight = await application.preflight(APP, 'GET', '/orders');
    expect(preflight.status).toBe(204);
    expect(preflight.headers).not.toHaveProperty('x-ratelimit-limit');
  });

  it('its limits: are named to the page', async () => {
    const response = await application.from(APP, '/orders');
    expect(response.headers['access-control-allow-origin']).toBe(APP);
    const exposed = String(response.headers['access-control-expose-headers']).split(',');
    expect(exposed).toEqual(
      expect.arrayContaining(['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']),
    );
  });

  it('429 and how long to wait: are readable to an allowed origin', async () => {
    await exhaust('/orders');
    const response = await application.from(APP, '/orders');
    expect(response.status).toBe(429);
    expect(JSON.parse(response.body)).toMatchObject({ statusCode: 429 });
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.headers['access-control-allow-origin']).toBe(APP);
    expect(String(response.headers['access-control-expose-headers']).split(',')).toContain('retry-after');
    expect(response.headers.vary).toBe('Origin');
  });

  it('429 for a refused origin: is not readable', async () => {
    await exhaust('/orders');
    const response = await application.from(STRANGER, '/orders');
    expect([response.status, corsHeaders(response), response.headers.vary]).toEqual([429, {}, 'Origin']);
  });

  it('does not count what the policy rejects: that never comes to a guard', async () => {
    for (let sent = 0; sent <= LIMIT; sent++) {
      expect((await application.from(STRANGER, '/orders/strict')).status).toBe(403);
    }
  });

  it('routes that skip it: are left alone', async () => {
    await exhaust('/orders/health');
    const response = await application.from(APP, '/orders/health');
    expect([response.status, response.headers['access-control-allow-origin']]).toEqual([200, APP]);
  });
});
