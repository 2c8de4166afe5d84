import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { CorsInspector, CorsPolicy, DisableCors } from '../../lib/index.js';
import { CORS_DECISION_CHANNEL } from '../../lib/entry-points/diagnostics/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';
import { eventsDuring } from '../support/published-events.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

@Controller('orders')
class OrdersController {
  @Post()
  create() {}

  @Delete()
  @DisableCors()
  remove() {}
}

@Controller('named')
class NamedController {
  @Post('star')
  @CorsPolicy({ allowedHeaders: ['*', 'X-HTTP-Method-Override'] })
  star() {}

  @Post('list')
  @CorsPolicy({ allowedHeaders: ['x-forwarded-host'] })
  list() {}

  @Get('star')
  read() {}
}

describe.each(PLATFORMS)('headers that steer routing, on %s', (platform) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers: [OrdersController, NamedController],
      cors: { origin: APP },
    });
  });

  afterAll(() => application.close());

  it.each([
    'X-HTTP-Method-Override',
    'x-method-override',
    'x-forwarded-host, x-one',
    'x-one,X-Forwarded-Prefix',
    'forwarded',
    'x-original-url',
    'x-rewrite-url',
    'x_forwarded_host',
  ])('preflight for %s: is refused', async (requestHeaders) => {
    const response = await application.preflight(APP, 'POST', '/orders', requestHeaders);
    expect([response.status, corsHeaders(response)]).toEqual([403, {}]);
  });

  it.each(['x-one', 'authorization,content-type', 'x-original-filename', 'x-request-id'])(
    'other headers: are granted: %s',
    async (requestHeaders) => {
      const response = await application.preflight(APP, 'POST', '/orders', requestHeaders);
      expect([response.status, response.headers['access-control-allow-headers']]).toEqual([204, requestHeaders]);
    },
  );

  it('named in allowedHeaders: are granted, and no others', async () => {
    const status = async (path: string, requestHeaders: string) =>
      (await application.preflight(APP, 'POST', path, requestHeaders)).status;
    expect(await status('/named/star', 'x-http-method-override,x-any')).toBe(204);
    expect(await status('/named/star', 'x-forwarded-host')).toBe(403);
    expect(await status('/named/list', 'x-forwarded-host')).toBe(204);
    expect(await status('/named/list', 'x-http-method-override')).toBe(403);
  });

  it('refused: are named in the log, the event and the explanation', async () => {
    const events = await eventsDuring(CORS_DECISION_CHANNEL, async () => {
      await application.preflight(APP, 'POST', '/orders', 'x-one,x-http-method-override');
      await application.preflight(APP, 'POST', '/named/list', 'x-forwarded-host,x-other');
      await application.preflight(STRANGER, 'POST', '/orders', 'x-http-method-override');
    });
    expect(events.map(({ reason, header }) => [reason, header])).toEqual([
      ['header-steers-routing', 'x-http-method-override'],
      ['header-not-allowed', 'x-other'],
      ['origin-not-listed', undefined],
    ]);
    expect(events.at(-1)).not.toHaveProperty('header');
    const line = application.logger.warnings.find((text) => text.includes('/named/list'));
    expect(line).toMatch(/: header-not-allowed \(x-[\w-]+\)\. Add the header to `allowedHeaders`/);

    const { preflight, readable, conclusion } = await application.app.get(CorsInspector, { strict: false }).explain({
      method: 'POST',
      path: '/orders',
      origin: APP,
      headers: { 'X-One': '1', 'X-HTTP-Method-Override': 'DELETE' },
    });
    expect(preflight).toMatchObject({
      status: 403,
      reason: 'header-steers-routing',
      header: 'x-http-method-override',
      message: expect.stringMatching(/: x-http-method-override\.$/),
      fix: expect.stringContaining("['*', 'x-http-method-override']"),
    });
    expect(readable).toBe(false);
    expect(conclusion).toContain('x-http-method-override');
  });

  it('beside the star: are shown wherever policies are', () => {
    const inspector = application.app.get(CorsInspector, { strict: false });
    const route = inspector.routes().find(({ handler }) => handler === 'star');
    expect(route?.policy.fields.allowedHeaders.value).toEqual(['*', 'x-http-method-override']);
    expect(inspector.manifest().routes['POST /named/star']?.['allowedHeaders']).toEqual([
      '*',
      'x-http-method-override',
    ]);
  });
});
