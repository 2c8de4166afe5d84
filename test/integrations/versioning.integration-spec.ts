import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplication, VersioningType } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CorsInspector, CorsModule } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication, varyOf } from '../support/application.js';
import {
  HOOKS,
  HealthController,
  HooksController,
  ONE,
  OrdersV1,
  OrdersV2,
  TWO,
  TokenGuard,
  prefixed,
  ran,
  token,
} from './versioning-application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

class GuardModule {}

describe.each(PLATFORMS)('a prefix and versions, on %s', (platform) => {
  let application: RunningApplication;

  async function start(configure: (app: INestApplication) => void, guardFirst: boolean) {
    const cors = { origin: APP };
    const guard = { provide: APP_GUARD, useClass: TokenGuard };
    application = await startApplication(platform, 'NestFactory', {
      controllers: [OrdersV1, OrdersV2, HealthController, HooksController],
      // Enhancers of the root module come before those of what it imports.
      ...(guardFirst
        ? { cors, providers: [guard] }
        : { cors: false as const, imports: [CorsModule.forRoot(cors), { module: GuardModule, providers: [guard] }] }),
      configure: (app) => {
        prefixed(app);
        configure(app);
      },
    });
  }

  beforeEach(() => {
    ran.length = 0;
  });

  describe('versions in the path', () => {
    beforeAll(() => start((app) => void app.enableVersioning({ type: VersioningType.URI }), true));
    afterAll(() => application.close());

    it.each([
      [ONE, 'PUT', '/api/v1/orders', 204],
      [TWO, 'PUT', '/api/v1/orders', 403],
      [TWO, 'PUT', '/api/v2/orders', 204],
      [TWO, 'PUT', '/api/v3/orders', 204],
      [ONE, 'PUT', '/api/v2/orders', 403],
      [TWO, 'PUT', '/api/orders/neutral', 204],
      [STRANGER, 'GET', '/health', 204],
      [HOOKS, 'POST', '/hooks', 204],
      [HOOKS, 'GET', '/api/hooks', 204],
      // Where Nest has no route: the default policy.
      [APP, 'GET', '/api/health', 204],
      [STRANGER, 'GET', '/api/health', 403],
      [ONE, 'PUT', '/v1/orders', 403],
      [ONE, 'PUT', '/api/v4/orders', 403],
      [APP, 'PUT', '/api/v4/orders', 204],
      // Excluded from the prefix for POST alone, and not below it for POST alone.
      [HOOKS, 'GET', '/hooks', 403],
      [HOOKS, 'POST', '/api/hooks', 403],
    ])('preflight of %s for %s %s: is answered with %i', async (origin, method, path, status) => {
      const response = await application.preflight(origin, method, path);
      expect(response.status).toBe(status);
      expect(corsHeaders(response)['access-control-allow-methods']).toBe(status === 204 ? method : undefined);
    });

    it('each version: has its own policy', async () => {
      expect(corsHeaders(await application.from(ONE, '/api/v1/orders', { headers: token }))).toEqual({
        'access-control-allow-origin': ONE,
      });
      const other = await application.from(ONE, '/api/v2/orders', { headers: token });
      expect(other.status).toBe(403);
      expect(corsHeaders(other)).toEqual({});
      expect((await application.from(TWO, '/api/v3/orders', { headers: token })).body).toBe('orders 2');
      const health = await application.from(STRANGER, '/health', { headers: token });
      expect(health.body).toBe('healthy');
      expect(corsHeaders(health)).toEqual({ 'access-control-allow-origin': '*' });
      expect(varyOf(health)).toEqual([]);
    });

    it("401 of the application's guard: is readable to an allowed origin, and another one is rejected before it", async () => {
      const response = await application.from(ONE, '/api/v1/orders');
      expect(response.status).toBe(401);
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': ONE });
      expect((await application.from(STRANGER, '/api/v2/orders')).status).toBe(403);
    });

    it('list of routes: has the paths as clients see them', () => {
      const routes = application.app.get(CorsInspector).routes();
      expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(
        expect.arrayContaining([
          'PUT /api/v1/orders',
          'PUT /api/v3/orders',
          'GET /health',
          'POST /hooks',
          'GET /api/hooks',
        ]),
      );
    });
  });

  describe('versions in a header', () => {
    const version = (number: string) => ({ ...token, 'X-Version': number });

    beforeAll(() =>
      start((app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }), false),
    );
    afterAll(() => application.close());

    it('preflight that any version grants: is granted, below the prefix alone', async () => {
      expect((await application.preflight(ONE, 'PUT', '/api/orders')).status).toBe(204);
      expect((await application.preflight(TWO, 'PUT', '/api/orders')).status).toBe(204);
      expect((await application.preflight(STRANGER, 'PUT', '/api/orders')).status).toBe(403);
      expect((await application.preflight(ONE, 'PUT', '/orders')).status).toBe(403);
    });

    it('unsafe request whose preflight another version granted: is refused before the handler runs', async () => {
      const borrowed = await application.from(TWO, '/api/orders', { method: 'PUT', headers: version('1') });
      expect(borrowed.status).toBe(403);
      expect(ran).toEqual([]);
      const own = await application.from(ONE, '/api/orders', { method: 'PUT', headers: version('1') });
      expect(own.body).toBe('replaced 1');
      expect(corsHeaders(own)).toEqual({ 'access-control-allow-origin': ONE });
    });

    it("library's module first: a rejected origin is refused before the application's guard", async () => {
      const refused = await application.from(STRANGER, '/api/orders', { headers: { 'X-Version': '2' } });
      expect(refused.status).toBe(403);
      expect(refused.body).toContain('Refused by the CORS policy');
      const unauthorized = await application.from(TWO, '/api/orders', { headers: { 'X-Version': '2' } });
      expect(unauthorized.status).toBe(401);
      expect(corsHeaders(unauthorized)).toEqual({ 'access-control-allow-origin': TWO });
    });

    it('version that no route has: has the default policy', async () => {
      const response = await application.from(APP, '/api/orders', { headers: version('9') });
      expect(response.status).toBe(404);
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': APP });
      expect(corsHeaders(await application.from(ONE, '/api/orders', { headers: version('9') }))).toEqual({});
    });

    it('log: has refusals only', () => {
      expect(application.logger.errors).toEqual([]);
      expect(application.logger.warnings.filter((line) => !line.startsWith('Refused '))).toEqual([]);
    });
  });
});
