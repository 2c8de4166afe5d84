import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type INestApplication, Post } from '@nestjs/common';
import { CorsPolicy } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';

const written: string[] = [];

@Controller()
class WritingController {
  @Post('orders')
  add() {
    written.push('orders');
    return 'added';
  }

  @Post('hooks')
  receive() {
    written.push('hooks');
    return 'received';
  }

  @Post('strict')
  @CorsPolicy({ rejectDisallowed: true })
  strict() {
    written.push('strict');
    return 'added';
  }
}

/** APP is trusted by both parts, PARTNER by the CORS policy alone. */
const cors = { origin: [APP, PARTNER], exposedHeaders: 'all', logging: 'off' } as const;

function protect(app: INestApplication): void {
  app.enableCsrfProtection({ trustedOrigins: [APP], exclude: ['hooks'] });
  app.useSecurityHeaders();
}

describe.each(PLATFORMS)("Nest's CSRF protection and security headers on %s", (platform) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers: [WritingController],
      cors,
      configure: protect,
    });
  });

  afterAll(() => application.close());

  const post = (origin: string, path: string, headers = {}) => {
    written.length = 0;
    return application.from(origin, path, { method: 'POST', headers });
  };

  it('preflight of an origin that the policy allows: is granted', async () => {
    for (const origin of [APP, PARTNER]) {
      const preflight = await application.preflight(origin, 'POST', '/orders', 'content-type');
      expect(preflight.status).toBe(204);
      expect(corsHeaders(preflight)).toEqual({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type',
      });
      // Answered before both, as with enableCors(); what Express would say of itself is switched off altogether.
      expect(preflight.headers).not.toHaveProperty('x-content-type-options');
      expect(preflight.headers).not.toHaveProperty('x-powered-by');
    }
    const refused = await application.preflight(STRANGER, 'POST', '/orders', 'content-type');
    expect(refused.status).toBe(403);
    expect(refused.body).toBe('');
    expect(corsHeaders(refused)).toEqual({});
  });

  it('origin that both trust: may write', async () => {
    const response = await post(APP, '/orders', { 'Sec-Fetch-Site': 'cross-site' });
    expect([response.status, response.body, ...written]).toEqual([201, 'added', 'orders']);
    expect(response.headers['access-control-allow-origin']).toBe(APP);
  });

  it.each([{}, { 'Sec-Fetch-Site': 'cross-site' }])(
    'origin that the CORS policy alone allows: is refused, and can read why, with %j',
    async (headers) => {
      const response = await post(PARTNER, '/orders', headers);
      expect(response.status).toBe(403);
      expect(JSON.parse(response.body)).toMatchObject({ statusCode: 403, error: 'Forbidden' });
      expect(JSON.parse(response.body).message).toContain('Cross-origin request detected');
      expect(written).toEqual([]);
      expect(response.headers['access-control-allow-origin']).toBe(PARTNER);
      expect(response.headers.vary).toBe('Origin');
      expect(response.headers['access-control-expose-headers']).toContain('content-security-policy');
    },
  );

  it('origin that neither allows: is refused, with nothing to read', async () => {
    const response = await post(STRANGER, '/orders');
    expect(response.status).toBe(403);
    expect(written).toEqual([]);
    expect(corsHeaders(response)).toEqual({});
    expect(response.headers.vary).toBe('Origin');
  });

  it('policy that rejects: comes first', async () => {
    expect(JSON.parse((await post(STRANGER, '/strict')).body).message).toContain('Refused by the CORS policy');
    expect(written).toEqual([]);
  });

  it('excluded routes and the own origin: are left to the policy, or allowed by both', async () => {
    const excluded = await post(PARTNER, '/hooks');
    expect([excluded.status, excluded.headers['access-control-allow-origin']]).toEqual([201, PARTNER]);
    const own = `http://127.0.0.1:${application.port}`;
    for (const path of ['/orders', '/strict']) {
      expect((await post(own, path)).status).toBe(201);
      expect(written).toEqual([path.slice(1)]);
    }
  });

  it('refusals and 404s: have the security headers beside the CORS headers', async () => {
    for (const response of [await post(PARTNER, '/orders'), await application.from(PARTNER, '/nowhere')]) {
      expect(response.headers).toMatchObject({
        'access-control-allow-origin': PARTNER,
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
      });
      expect(response.headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('log: has no line', () => {
    expect(application.logger.warnings).toEqual([]);
    expect(application.logger.errors).toEqual([]);
  });
});
