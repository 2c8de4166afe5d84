import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Controller, Get, Inject, Injectable, Put } from '@nestjs/common';
import { createObserveModule } from '@nestjs/observe';
import {
  CorsModule,
  CorsPolicy,
  type CorsModuleOptions,
  type OriginLookup,
  type CorsTenantRequest,
} from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication, varyOf } from '../support/application.js';
import { Collector } from './observe-collector.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';

const lookedUpIn: unknown[] = [];

@Injectable()
class PartnerOrigins implements OriginLookup {
  constructor(@Inject(AsyncLocalStorage) private readonly storage: AsyncLocalStorage<Map<string, unknown>>) {}

  async isOriginAllowed(origin: string, { tenant }: { tenant: string | undefined }) {
    lookedUpIn.push(this.storage.getStore()?.get('traceId'));
    return origin === PARTNER && tenant === 'acme';
  }
}

@Controller('orders')
class OrdersController {
  constructor(@Inject(AsyncLocalStorage) private readonly storage: AsyncLocalStorage<Map<string, unknown>>) {}

  @Get()
  list() {
    return this.storage.getStore()?.get('traceId');
  }

  @Put()
  @CorsPolicy({ rejectDisallowed: true, exposedHeaders: 'all' })
  replace() {
    return 'replaced';
  }

  @Get('of/:tenant')
  @CorsPolicy({ originLookup: PartnerOrigins, tenant: ({ params }: CorsTenantRequest) => params['tenant'] })
  ofTenant() {
    return 'orders';
  }

  @Get('crash')
  crash() {
    throw new Error('crash');
  }
}

const cors: CorsModuleOptions = { origin: (origin) => origin === APP };

describe.each(PLATFORMS.flatMap((platform) => [[platform, 'before'] as const, [platform, 'after'] as const]))(
  '@nestjs/observe on %s, imported %s CorsModule',
  (platform, order) => {
    let application: RunningApplication;
    let collector: Collector;
    /** Every request that the agent traced. */
    let traced: string[];

    beforeAll(async () => {
      traced = [];
      collector = await Collector.start();
      const { ObserveModule, ObserveInstrument } = createObserveModule();
      const observe = ObserveModule.forRoot({
        appKey: 'key',
        appSecret: 'secret',
        serviceId: 'orders',
        endpoint: collector.url,
        flushInterval: 1000,
        runtimeMetrics: false,
        http: { setAttributes: ({ method, url }) => (traced.push(`${method} ${url}`), {}) },
      });
      const imports = [observe, CorsModule.forRoot(cors)];
      application = await startApplication(platform, 'NestFactory', {
        cors: false,
        imports: order === 'before' ? imports : imports.reverse(),
        controllers: [OrdersController],
        providers: [PartnerOrigins],
        options: { instrument: ObserveInstrument as NonNullable<typeof ObserveInstrument> },
      });
    });

    beforeEach(() => {
      traced.length = 0;
      lookedUpIn.length = 0;
    });

    afterAll(async () => {
      await application.close();
      await collector.close();
    });

    it('every request, whatever answers it: is seen, and CORS is as without it', async () => {
      const { from, preflight, send } = application;
      const granted = await preflight(APP, 'PUT', '/orders');
      expect(granted.status).toBe(204);
      expect(corsHeaders(granted)).toMatchObject({
        'access-control-allow-origin': APP,
        'access-control-allow-methods': 'PUT',
      });
      expect((await preflight(STRANGER, 'PUT', '/orders')).status).toBe(403);
      expect(corsHeaders(await from(APP, '/nowhere'))).toEqual({ 'access-control-allow-origin': APP });
      expect(corsHeaders(await from(STRANGER, '/orders'))).toEqual({});
      expect(varyOf(await send('/orders'))).toEqual(['origin']);
      expect(traced).toEqual(['OPTIONS /orders', 'OPTIONS /orders', 'GET /nowhere', 'GET /orders', 'GET /orders']);
    });

    it('handlers and errors: have their trace, and allowed origins can read the error', async () => {
      const { from } = application;
      const traceId = { 'X-Request-Id': 'trace-1' };
      const response = await from(APP, '/orders', { headers: traceId });
      expect(response.body).toBe('trace-1');
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': APP });
      const crash = await from(APP, '/orders/crash', { headers: traceId });
      expect(crash.status).toBe(500);
      expect(corsHeaders(crash)).toEqual({ 'access-control-allow-origin': APP });
    });

    it('its proxies around guard, interceptor, lookups and functions of the options: change nothing', async () => {
      const { from, preflight } = application;
      expect((await from(STRANGER, '/orders', { method: 'PUT' })).status).toBe(403);
      const replaced = await from(APP, '/orders', { method: 'PUT' });
      expect(replaced.body).toBe('replaced');
      expect(replaced.headers['access-control-expose-headers']?.split(',')).toContain('content-type');
      expect(corsHeaders(await from(PARTNER, '/orders/of/acme'))).toEqual({ 'access-control-allow-origin': PARTNER });
      expect((await preflight(PARTNER, 'GET', '/orders/of/globex')).status).toBe(403);
      // The policy is known before there is a trace.
      expect(lookedUpIn).toEqual([undefined, undefined]);
    });

    it('reports to its collector what reached a provider of the application: no preflight and no rejected request, as no 404', async () => {
      const { from, preflight } = application;
      await preflight(APP, 'PUT', '/orders/of/acme');
      await from(APP, '/nowhere');
      await from(STRANGER, '/orders?rejected', { method: 'PUT' });
      await from(APP, '/orders?last', { method: 'PUT' });
      const reported = await collector.reportedUntil('PUT /orders?last 200');
      const unreached = /^OPTIONS|nowhere|rejected/;
      expect(reported.filter((line) => unreached.test(line))).toEqual([]);
    });

    it('log: has refusals only', async () => {
      await application.from(STRANGER, '/orders');
      expect(application.logger.errors).toEqual(['Error: crash']);
      // The agent's require() of an optional package; jest has none for ES modules before Node.js 24.9.
      const ofJest = /could not be loaded.*Must use import to load ES Module|WsContextCreator is not available/;
      const warnings = application.logger.warnings.filter((line) => !ofJest.test(line));
      expect(warnings.filter((line) => !line.startsWith('Refused '))).toEqual([]);
    });
  },
);
