import { afterEach, describe, expect, it } from '@jest/globals';
import { ContextIdFactory, type ContextIdStrategy } from '@nestjs/core';
import {
  type ApplicationSetup,
  PLATFORMS,
  type RunningApplication,
  corsHeaders,
  startApplication,
  varyOf,
} from '../support/application.js';
import { APP, PARTNER, TenantContext, TenantData, Visit, made, setup } from './request-scoped-providers.js';

const STRANGER = 'https://stranger.example';

describe.each(PLATFORMS)('request-scoped controllers and providers, on %s', (platform) => {
  let application: RunningApplication | undefined;
  const noStrategy = ContextIdFactory as unknown as { strategy?: ContextIdStrategy };
  const byDefault = noStrategy.strategy;

  afterEach(async () => {
    await application?.close();
    application = undefined;
    if (byDefault === undefined) {
      delete noStrategy.strategy;
    } else {
      noStrategy.strategy = byDefault;
    }
  });

  async function start(more: Partial<ApplicationSetup> = {}) {
    application = await startApplication(platform, 'NestFactory', { ...setup, ...more });
    return application;
  }

  it('each route: has its policy', async () => {
    const { from, preflight, logger } = await start();
    expect((await preflight(PARTNER, 'PUT', '/visits')).status).toBe(204);
    expect((await preflight(APP, 'PUT', '/visits')).status).toBe(403);
    const before = made.ofRequests;
    const [first, second] = await Promise.all(
      ['first', 'second'].map((name) => from(PARTNER, `/visits?${name}`, { headers: { 'X-Name': name } })),
    );
    expect([first?.body, second?.body]).toEqual(['first at /visits?first', 'second at /visits?second']);
    expect(made.ofRequests).toBe(before + 2);
    expect(corsHeaders(first!)).toEqual({
      'access-control-allow-origin': PARTNER,
      'access-control-expose-headers': 'x-visit',
    });
    expect(varyOf(first!)).toEqual(['origin']);
    expect(corsHeaders(await from(STRANGER, '/visits'))).toEqual({});
    expect(logger.errors).toEqual([]);
  });

  it('preflights: do not make them', async () => {
    const { preflight } = await start();
    const before = { ...made };
    expect((await preflight(PARTNER, 'PUT', '/visits')).status).toBe(204);
    expect((await preflight(STRANGER, 'PUT', '/visits')).status).toBe(403);
    expect(made).toEqual(before);
  });

  it('guard and interceptor that are request-scoped, too: responses are guarded and completed like others', async () => {
    const { from } = await start();
    const before = made.guards;
    expect((await from(STRANGER, '/visits', { method: 'PUT' })).status).toBe(403);
    const response = await from(PARTNER, '/visits', { method: 'PUT' });
    expect(response.body).toBe('replaced');
    expect(response.headers['access-control-expose-headers']?.split(',')).toContain('content-type');
    expect(made.guards).toBeGreaterThan(before);
  });

  it.each([
    ['a provider that cannot be made', { 'X-Broken': 'yes' }, 500],
    ['a request-scoped guard', { 'X-Name': 'nobody' }, 401],
  ])('error of %s: is readable to an allowed origin', async (_, headers, status) => {
    const { from } = await start();
    const response = await from(PARTNER, '/visits', { headers: headers as Record<string, string> });
    expect(response.status).toBe(status);
    expect(corsHeaders(response)['access-control-allow-origin']).toBe(PARTNER);
    expect(varyOf(response)).toEqual(['origin']);
    expect(corsHeaders(await from(STRANGER, '/visits', { headers: headers as Record<string, string> }))).toEqual({});
  });

  it('durable ones: work', async () => {
    ContextIdFactory.apply(new TenantContext());
    const { from } = await start({ providers: [TenantData, Visit] });
    const of = async (tenant: string) => from(APP, '/tenants', { headers: { 'X-Tenant': tenant } });
    const [first, again, other] = [await of('acme'), await of('acme'), await of('globex')];
    expect(again.body).toBe(first.body);
    expect(other.body).toMatch(/^globex /);
    expect(other.body).not.toBe(first.body);
    for (const response of [first, again, other]) {
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': APP });
    }
  });
});
