import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Patch, VersioningType, Version } from '@nestjs/common';
import { CorsInspector, CorsPolicy, type CorsTenantRequest } from '../../lib/index.js';
import { CORS_DECISION_CHANNEL, type CorsDecisionEvent } from '../../lib/entry-points/diagnostics/index.js';
import { PLATFORMS, type RunningApplication, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

@Controller('orders')
class OrdersController {
  @Get()
  list() {
    return 'orders';
  }

  @Patch(':id')
  @CorsPolicy({ allowedHeaders: ['content-type'] })
  change() {
    return 'changed';
  }

  @Get('versioned')
  @Version('2')
  versioned() {
    return 2;
  }
}

@Controller('tenants/:tenant')
@CorsPolicy({
  originLookup: { isOriginAllowed: () => false },
  tenant: ({ params }: CorsTenantRequest) => params['tenant'],
})
class TenantsController {
  @Get()
  read() {
    return 'tenant';
  }
}

describe.each(PLATFORMS)('reports of refused requests on %s', (platform) => {
  let application: RunningApplication;
  let events: CorsDecisionEvent[] = [];
  const listener = (event: unknown) => void events.push(event as CorsDecisionEvent);

  beforeAll(async () => {
    subscribe(CORS_DECISION_CHANNEL, listener);
    application = await startApplication(platform, 'NestFactory', {
      controllers: [OrdersController, TenantsController],
      cors: {
        origin: APP,
        policies: { partners: { origin: 'https://partner.example' } },
        paths: [
          { path: '/graphql', policy: 'partners' },
          { path: '/read-only', policy: { methods: ['GET', 'PATCH'] } },
        ],
      },
      configure: (app: INestApplication) => {
        app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
        app
          .getHttpAdapter()
          .get('/metrics', ((_request: unknown, response: { send(text: string): void }) =>
            response.send('metrics')) as never);
      },
    });
  });

  beforeEach(() => {
    events = [];
    application.logger.warnings.length = 0;
  });

  afterAll(async () => {
    unsubscribe(CORS_DECISION_CHANNEL, listener);
    await application.close();
  });

  async function lineOf(request: () => Promise<unknown>): Promise<string> {
    application.logger.warnings.length = 0;
    await request();
    expect(application.logger.warnings).toHaveLength(1);
    return application.logger.warnings[0] as string;
  }

  it('several refused headers: log, event and explain() name each, with one line per set', async () => {
    const { preflight, logger, app } = application;
    for (let times = 0; times < 3; times++) {
      await preflight(APP, 'PATCH', '/orders/1', 'content-type,x-trace');
      await preflight(APP, 'PATCH', '/orders/2', 'x-tenant,content-type,x-user');
    }
    expect(logger.warnings.map((line) => line.split(' Add ')[0])).toEqual([
      `Refused the preflight of PATCH /orders/:id (OrdersController.change) from ${APP} by OrdersController.change: header-not-allowed (x-trace).`,
      `Refused the preflight of PATCH /orders/:id (OrdersController.change) from ${APP} by OrdersController.change: header-not-allowed (x-tenant, x-user).`,
    ]);
    expect(events[1]).toMatchObject({ header: 'x-tenant', headers: ['x-tenant', 'x-user'] });
    const explained = await app.get(CorsInspector, { strict: false }).explain({
      method: 'PATCH',
      path: '/orders/1',
      origin: APP,
      headers: { 'X-Tenant': '1', 'X-User': '2' },
    });
    expect(explained.preflight).toMatchObject({ header: 'x-tenant', refusedHeaders: ['x-tenant', 'x-user'] });
    expect(explained.conclusion).toContain('x-tenant, x-user');
  });

  it('any number and length of headers: have a bounded length', async () => {
    const { preflight, logger } = application;
    await preflight(APP, 'PATCH', '/orders/1', Array.from({ length: 60 }, (_, i) => `x-${i}${'y'.repeat(100)}`).join());
    expect(logger.warnings[0]?.length).toBeLessThan(1200);
    expect(logger.warnings[0]).toMatch(/… and others\)\. Add /);
    expect(events[0]?.headers).toHaveLength(9);
  });

  it('path without a route for the request: say what is at the path', async () => {
    const { from, preflight } = application;
    expect(await lineOf(() => from(STRANGER, '/nowhere?token=hunter2'))).toMatch(
      /^Refused GET on a path without a route \(\/nowhere\) from https:\/\/stranger\.example by module defaults: origin-not-listed\./,
    );
    const lines = [
      await lineOf(() => preflight(APP, 'DELETE', '/orders')),
      await lineOf(() => from(STRANGER, '/orders', { method: 'POST' })),
      await lineOf(() => from(STRANGER, '/orders/versioned')),
      await lineOf(() => from(STRANGER, '/graphql/ws', { method: 'POST' })),
      await lineOf(() => from(STRANGER, '/metrics')),
      await lineOf(() => preflight(APP, 'GET, PUT', '/nowhere')),
    ];
    expect(lines.map((line) => line.split(' from ')[0])).toEqual([
      'Refused the preflight of DELETE on /orders (its routes take other methods)',
      'Refused POST on /orders (no route takes this method, version and host)',
      'Refused GET on /orders/versioned (no route takes this method, version and host)',
      'Refused POST on /graphql/ws (under the `paths` entry /graphql)',
      'Refused GET on /metrics (a route of another library)',
      'Refused the preflight of a method of 8 characters on /nowhere',
    ]);
    expect(events.map(({ entry, unrouted }) => entry ?? unrouted)).toEqual([
      undefined,
      undefined,
      'other-routes',
      'other-routes',
      '/graphql',
      'foreign-route',
      undefined,
    ]);
  });

  it('path with secrets: is bounded, one word, and without them', async () => {
    const { sendRaw, logger } = application;
    const targets = [
      'http://user:hunter2@localhost/nowhere/1?password=hunter2',
      '/nowhere/2;password=hunter2/x',
      '/nowhere/3%3Fpassword=hunter2',
      `/nowhere/4/${'x'.repeat(4000)}`,
      '/nowhere/5\u009b31m',
    ];
    for (const target of targets) {
      await sendRaw(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${STRANGER}\r\nConnection: close\r\n\r\n`);
    }
    expect(logger.warnings.length).toBeGreaterThanOrEqual(4);
    for (const line of logger.warnings) {
      expect(line).not.toMatch(/hunter2|[^\x20-\x7e…]/);
      expect(line.length).toBeLessThan(400);
    }
  });

  it('method in another letter case: has the reason method-case', async () => {
    const { preflight, app } = application;
    for (const path of ['/orders/1', '/orders', '/read-only']) {
      for (const method of ['patch', 'Patch', 'put', 'options', 'propfind']) {
        expect((await preflight(APP, method, path)).status).toBe(403);
      }
    }
    expect(new Set(events.map(({ reason }) => reason))).toEqual(new Set(['method-case']));
    expect(await lineOf(() => preflight(APP, 'pAtch', '/orders/1'))).toMatch(
      /^Refused the preflight of pAtch on \/orders\/1 from \S+: method-case\. Have the page write it in upper case, `method: 'PATCH'`/,
    );
    // Something else may serve it that reads methods in its own way.
    expect((await preflight(APP, 'patch', '/nowhere')).status).toBe(204);
    const inspector = app.get(CorsInspector, { strict: false });
    for (const path of ['/orders/1', '/nowhere']) {
      const { readable, conclusion } = await inspector.explain({ method: 'patch', path, origin: APP });
      expect(readable).toBe(false);
      expect(conclusion).toMatch(/^Not readable: .*case-sensitive: patch\. .*`method: 'PATCH'`/);
    }
    const refused = await inspector.explain({ method: 'patch', path: '/orders/1', origin: APP });
    expect(refused.preflight).toMatchObject({ sent: true, granted: false, reason: 'method-case' });
    // Browsers put these into upper case themselves, and explain() speaks of what they do.
    expect((await inspector.explain({ method: 'put', path: '/nowhere', origin: APP })).readable).toBe(true);
  });

  it('tenant: is named', async () => {
    const { from } = application;
    expect(await lineOf(() => from(STRANGER, '/tenants/acme'))).toContain(
      ' from https://stranger.example for tenant "acme" by TenantsController: lookup-refused.',
    );
    expect(events[0]).toMatchObject({ tenant: 'acme', reason: 'lookup-refused' });
    const hostile = await lineOf(() =>
      from(STRANGER, `/tenants/${encodeURIComponent(`a\n\u202eb"${'x'.repeat(80)}`)}`),
    );
    expect(hostile).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(hostile).toContain(' for tenant "a\\n');
    expect(hostile.length).toBeLessThan(400);
    expect(await lineOf(() => from(STRANGER, '/orders'))).not.toContain('tenant');
  });
});
