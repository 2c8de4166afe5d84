import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, type INestApplication, Injectable, Post, Put, VersioningType } from '@nestjs/common';
import { CorsInspector, CorsPolicy, DisableCors } from '../../lib/index.js';
import { diffManifests } from '../../lib/entry-points/diagnostics/index.js';
import { PLATFORMS, type RunningApplication, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';

@Injectable()
class StoredOrigins {
  isOriginAllowed(origin: string) {
    return Promise.resolve(origin === PARTNER);
  }
}

@Controller('orders')
@CorsPolicy('partners')
class OrdersController {
  @Get()
  list() {
    return [];
  }

  @Put(':id')
  @CorsPolicy({ allowedHeaders: ['content-type', 'if-match'], exposedHeaders: ['ETag'] })
  replace() {
    return {};
  }

  @Delete(':id')
  @DisableCors()
  remove() {}

  @CorsPolicy({ maxAge: 1 })
  notRouted() {}
}

@Controller('strict')
@CorsPolicy({ rejectDisallowed: true, methods: ['GET', 'POST'] })
class StrictController {
  @Get()
  read() {
    return 'read';
  }

  @Put()
  replace() {}
}

@Controller('public')
@CorsPolicy('public')
class PublicController {
  @Post()
  submit() {}
}

@Controller({ path: 'versions', version: '1' })
@CorsPolicy({ origin: PARTNER })
class VersionOneController {
  @Put()
  put() {
    return 1;
  }
}

@Controller({ path: 'versions', version: '2' })
@CorsPolicy({ origin: APP })
class VersionTwoController {
  @Put()
  put() {
    return 2;
  }
}

@Injectable()
@CorsPolicy('partners')
class PretendResolver {
  @CorsPolicy('public')
  query() {}
}

const controllers = [OrdersController, StrictController, PublicController, VersionOneController, VersionTwoController];

describe.each(PLATFORMS)('CorsInspector on %s', (platform) => {
  let application: RunningApplication;
  let inspector: CorsInspector;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers,
      providers: [StoredOrigins, PretendResolver],
      configure: (app: INestApplication) => {
        app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
      },
      cors: {
        origin: [APP, 'https://*.app.example.com'],
        credentials: true,
        policies: {
          partners: { originLookup: StoredOrigins, credentials: true, maxAge: 86_400 },
          public: { origin: '*' },
          unused: { origin: APP },
        },
        paths: [{ path: '/graphql', policy: 'public' }],
        logging: 'off',
      },
    });
    inspector = application.app.get(CorsInspector, { strict: false });
  });

  afterAll(() => application.close());

  it('explain(), granted: tells route, policy with its sources, and the exact headers', async () => {
    const explanation = await inspector.explain({
      method: 'PUT',
      path: '/orders/7?x=1',
      origin: PARTNER,
      headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' },
      credentials: true,
    });
    expect(explanation).toMatchObject({
      route: { method: 'PUT', path: '/orders/:id', controller: 'OrdersController', handler: 'replace' },
      policy: {
        label: 'OrdersController.replace',
        fields: {
          originLookup: { value: 'StoredOrigins', source: { kind: 'named', name: 'partners' } },
          allowedHeaders: {
            value: ['content-type', 'if-match'],
            source: { kind: 'handler', className: 'OrdersController', methodName: 'replace' },
          },
          rejectDisallowed: { value: false, source: { kind: 'library' } },
        },
      },
      lookupCalls: [{ subject: 'StoredOrigins', tenant: undefined, result: 'allowed' }],
      preflight: { sent: true, status: 204, granted: true, reason: 'origin-lookup' },
      response: { status: undefined, granted: true, reason: 'origin-lookup' },
      readable: true,
    });
    expect(explanation.preflight.headers).toEqual({
      Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      'Access-Control-Allow-Origin': PARTNER,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': 'PUT',
      'Access-Control-Allow-Headers': 'content-type,if-match',
      // Its neighbour DELETE has another policy.
      'Access-Control-Max-Age': '0',
    });
    expect(explanation.response.headers).toEqual({
      Vary: 'Origin',
      'Access-Control-Allow-Origin': PARTNER,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': 'ETag',
    });
  });

  it.each([
    ['a refusing lookup', { method: 'GET', path: '/orders', origin: STRANGER }, 'lookup-refused', undefined],
    ['a disabled route', { method: 'DELETE', path: '/orders/7', origin: PARTNER }, 'cors-disabled', undefined],
    ['the default list', { method: 'GET', path: '/nowhere', origin: PARTNER }, 'origin-not-listed', undefined],
    ['an opaque origin', { method: 'GET', path: '/orders', origin: 'null' }, 'origin-null', undefined],
    ['a malformed origin', { method: 'GET', path: '/orders', origin: `${PARTNER}/` }, 'origin-malformed', undefined],
    ['a guard that answers 403', { method: 'GET', path: '/strict', origin: STRANGER }, 'origin-not-listed', 403],
    ['a method left out', { method: 'PUT', path: '/strict', origin: APP }, 'method-not-allowed', 403],
  ] as const)('explain(), refused by %s: says what to do', async (_name, request, reason, status) => {
    const { response, readable, conclusion } = await inspector.explain(request);
    expect(response).toMatchObject({ granted: false, reason, status });
    expect(readable).toBe(false);
    expect(conclusion).toMatch(/^Not readable: .+/);
    expect(response.fix.length).toBeGreaterThan(10);
  });

  it('explain(), preflight refused and response granted: is not readable', async () => {
    const { preflight, response, readable, conclusion } = await inspector.explain({
      method: 'PUT',
      path: '/orders/7',
      origin: PARTNER,
      headers: { 'X-Other': '1' },
    });
    expect([preflight.sent, preflight.status, preflight.reason]).toEqual([true, 403, 'header-not-allowed']);
    expect(response.granted).toBe(true);
    expect(readable).toBe(false);
    expect(conclusion).toContain('allowedHeaders');
  });

  it('explain(), headers that no script can set: are left out', async () => {
    const headers = { Cookie: 'a=b', 'Sec-Fetch-Site': 'none', 'If-Match': '"1"' };
    const { request, readable } = await inspector.explain({
      method: 'PUT',
      path: '/orders/7',
      origin: PARTNER,
      headers,
    });
    expect(request.headers).toEqual({ 'If-Match': '"1"' });
    expect(readable).toBe(true);
  });

  it('explain(): says why a preflight must not be cached, and that the same origin needs no grant', async () => {
    const request = { method: 'PUT', path: '/orders/7', origin: PARTNER };
    expect((await inspector.explain(request)).preflight.note).toMatch(/^Browsers must not cache it/);
    expect((await inspector.explain({ ...request, path: '/public' })).preflight).not.toHaveProperty('note');
    const own = await inspector.explain({
      method: 'PUT',
      path: '/orders/7',
      origin: 'http://localhost:3000',
      host: 'localhost:3000',
    });
    expect([own.readable, own.response.granted]).toEqual([true, false]);
    expect(own.conclusion).toMatch(/same origin/);
  });

  it('explain(), credentials: need their own permission', async () => {
    const request = { method: 'GET', path: '/graphql', origin: STRANGER };
    expect((await inspector.explain(request)).readable).toBe(true);
    const { readable, conclusion } = await inspector.explain({ ...request, credentials: true });
    expect(readable).toBe(false);
    expect(conclusion).toContain('credentials');
  });

  it('explain() and a real request: have the same headers', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'POST', 'PATCH']) {
      for (const path of ['/orders', '/orders/7', '/strict', '/public', '/graphql', '/nowhere', '/versions']) {
        for (const origin of [APP, PARTNER, STRANGER, 'https://x.app.example.com', 'null', 'nonsense']) {
          for (const version of ['1', '2']) {
            const headers = { 'X-Version': version };
            const { preflight, response } = await inspector.explain({ method, path, origin, headers });
            const sent = {
              method: 'OPTIONS',
              headers: {
                Origin: origin,
                'Access-Control-Request-Method': method,
                'Access-Control-Request-Headers': 'x-version',
              },
            };
            const realPreflight = await application.send(path, sent);
            const real = await application.from(origin, path, { method, headers });
            const about = [method, path, origin, version];
            expect([about, preflight.status, lowerCase(preflight.headers)]).toEqual([
              about,
              realPreflight.status,
              relevant(realPreflight.headers),
            ]);
            expect([about, lowerCase(response.headers)]).toEqual([about, relevant(real.headers)]);
            expect([about, response.status === 403]).toEqual([about, real.status === 403]);
          }
        }
      }
    }
  }, 60_000);

  it('routes(): lists every route with the policy in force', () => {
    const put = inspector
      .routes()
      .find(({ handler, controller }) => controller === 'OrdersController' && handler === 'replace');
    expect(put).toMatchObject({ method: 'PUT', path: '/orders/:id', policy: { label: 'OrdersController.replace' } });
    expect(inspector.routes()).toHaveLength(8);
  });

  it('audit(): finds what is legal but risky', () => {
    const found = inspector.audit().map(({ code, subject }) => `${code}: ${subject}`);
    expect(found).toEqual(
      expect.arrayContaining([
        'broad-origin-with-credentials: module defaults',
        'max-age-beyond-browsers: policy "partners"',
        'state-change-open-to-all: POST /public (PublicController.submit)',
        'shared-preflight: PUT /versions',
        'unused-policy: policy "unused"',
        'policy-without-route: OrdersController.notRouted',
        'policy-without-route: PretendResolver',
        'policy-without-route: PretendResolver.query',
      ]),
    );
    expect(found.filter((line) => line.startsWith('unused-policy'))).toHaveLength(1);
  });

  it('audit(), enableCors() beside the module: is found', async () => {
    const { app, close } = await startApplication(platform, 'NestFactory', {
      configure: (created) => created.enableCors(),
    });
    expect(app.get(CorsInspector, { strict: false }).audit()).toMatchObject([{ code: 'enable-cors' }]);
    await close();
  });

  it('manifest(): is JSON, stays the same, and its changes read well', () => {
    const manifest = inspector.manifest();
    expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
    expect(JSON.stringify(inspector.manifest())).toBe(JSON.stringify(manifest));
    expect(Object.keys(manifest.routes)).toEqual(Object.keys(manifest.routes).toSorted());
    expect(diffManifests(manifest, manifest)).toEqual([]);
    const before = structuredClone(manifest) as unknown as { routes: Record<string, Record<string, unknown>> };
    delete before.routes['POST /public'];
    before.routes['GET /gone'] = { origin: '*', originLookup: null, credentials: false };
    before.routes['GET /strict']!['rejectDisallowed'] = false;
    expect(diffManifests(before as never, manifest)).toEqual([
      '- GET /gone {"origin":"*","credentials":false}',
      '~ GET /strict: rejectDisallowed false -> true',
      '+ POST /public {"origin":"*","credentials":false}',
    ]);
  });
});

function relevant(headers: Record<string, unknown>) {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name === 'vary' || name.startsWith('access-control-')),
  );
}

function lowerCase(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
