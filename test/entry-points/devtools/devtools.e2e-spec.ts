import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  Inject,
  type NestInterceptor,
  Put,
  UseGuards,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, ModulesContainer } from '@nestjs/core';
import { map } from 'rxjs';
import { CorsDevtoolsModule } from '../../../lib/entry-points/devtools/index.js';
import { CorsInspector, CorsPolicy } from '../../../lib/index.js';
import {
  PLATFORMS,
  RecordingLogger,
  type RunningApplication,
  createApplication,
  listening,
  startApplication,
} from '../../support/application.js';
import { devtoolsCookie } from '../../support/devtools.js';

const APP = 'https://app.example.com';

@Controller('orders')
@CorsPolicy({ origin: APP })
class OrdersController {
  @Get()
  list() {
    return [];
  }

  @Put(':id')
  replace() {
    return {};
  }
}

describe.each(PLATFORMS)('the devtools on %s', (platform) => {
  let running: RunningApplication;
  let cookie: string;

  beforeAll(async () => {
    running = await startApplication(platform, 'NestFactory', {
      imports: [CorsDevtoolsModule.forRoot()],
      controllers: [OrdersController],
      cors: { policies: { idle: { origin: '*' } }, logging: 'off' },
    });
    cookie = await devtoolsCookie(running);
  });

  afterAll(() => running.close());

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await running.send(`/__cors${path}`, { headers: { Cookie: cookie, ...headers } });
    return { ...response, json: () => JSON.parse(response.body) };
  };
  const explain = (request: unknown) =>
    get(`/explanation?request=${encodeURIComponent(typeof request === 'string' ? request : JSON.stringify(request))}`);

  it('page: may load nothing but its own files', async () => {
    const { status, headers, body } = await get('');
    expect(status).toBe(200);
    expect(body).toContain('src="./__cors/assets/main.js"');
    expect(body).not.toMatch(/\{\{|https?:|<script>|style=|onclick/);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': expect.stringContaining('no-store'),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const policy = headers['content-security-policy'] as string;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain(
      `frame-src localhost:${running.port} *.localhost:${running.port} 127.0.0.1:${running.port}`,
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*(?!\.localhost)/);
  });

  it.each([
    ['main.js', 'text/javascript; charset=utf-8'],
    ['sender.js', 'text/javascript; charset=utf-8'],
    ['style.css', 'text/css; charset=utf-8'],
    ['icon.svg', 'image/svg+xml'],
  ])('file %s: is served', async (name, type) => {
    const { status, headers } = await get(`/assets/${name}`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': type,
      'cache-control': expect.stringContaining('no-store'),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  });

  it('imported files: are all served', async () => {
    const pending = ['main.js', 'sender.js'];
    const seen = new Set<string>();
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      seen.add(name);
      const { status, body } = await get(`/assets/${name}`);
      expect([name, status]).toEqual([name, 200]);
      const imported = [...body.matchAll(/from '\.\/([^']+)'/g)].flatMap(([, file]) => file ?? []);
      pending.push(...imported.filter((file) => !seen.has(file)));
    }
    expect(seen.size).toBe(10);
  });

  it.each(['nothing.js', 'index.html', '..%2f..%2findex.js', '%2e%2e%2fpage-files.js', '__proto__'])(
    'file named %s: is not served',
    async (name) => {
      expect((await get(`/assets/${name}`)).status).toBe(404);
    },
  );

  it('routes: are listed with their policies, without its own', async () => {
    const { status, headers, json } = await get('/routes');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(json()).toMatchObject([
      {
        method: 'GET',
        path: '/orders',
        policy: { fields: { origin: { value: [APP], source: { kind: 'controller', className: 'OrdersController' } } } },
      },
      { method: 'PUT', path: '/orders/:id', handler: 'replace' },
    ]);
  });

  it('audit: is listed', async () => {
    expect((await get('/audit')).json()).toMatchObject([{ code: 'unused-policy', subject: 'policy "idle"' }]);
  });

  it('no sockets: shows none', async () => {
    const { status, json } = await get('/sockets');
    expect([status, json()]).toEqual([200, { places: [], open: [] }]);
  });

  it('request: is explained', async () => {
    const { status, json } = await explain({ method: 'put', path: '/orders/1', origin: APP, headers: { 'x-a': '1' } });
    expect(status).toBe(200);
    expect(json()).toMatchObject({
      readable: true,
      request: { method: 'PUT' },
      preflight: { sent: true, status: 204, headers: { 'Access-Control-Allow-Headers': 'x-a' } },
    });
  });

  it.each([
    [
      'PUT',
      '/api/orders/1',
      'No route and no `paths` entry covers PUT /api/orders/1: the module defaults apply. The nearest is PUT /orders/:id.',
    ],
    ['GET', '/<b>', 'No route and no `paths` entry covers GET /<b>: the module defaults apply. No route resembles it.'],
    [
      'DELETE',
      '/orders',
      'No route and no `paths` entry covers DELETE /orders: the module defaults apply. That path has GET.',
    ],
  ])('no route takes %s %s: names what was probably meant', async (method, path, unknownRoute) => {
    const { json } = await explain({ method, path, origin: APP });
    expect(json()).toMatchObject({ unknownRoute });
    expect(json().route).toBeUndefined();
  });

  it('route that exists: names nothing else', async () => {
    expect((await explain({ method: 'PUT', path: '/orders/1', origin: APP })).json()).not.toHaveProperty(
      'unknownRoute',
    );
  });

  it('impossible request: says what is wrong with it', async () => {
    const { status, json } = await explain({ method: 'PUT', path: 'orders', origin: APP, extra: 1 });
    expect(status).toBe(400);
    expect(json()).toEqual({
      statusCode: 400,
      message: expect.stringMatching(/^path is no path: .* extra is not one of method, path, origin/),
      problems: [
        { field: 'path', message: expect.any(String) },
        { field: 'extra', message: expect.any(String) },
      ],
    });
  });

  it.each(['', '{', '[1]'])('%j: is no request', async (text) => {
    const { status, json } = await explain(text);
    expect(status).toBe(400);
    expect(json().problems[0].field).toBe('request');
    expect((await get('/explanation')).status).toBe(400);
  });

  it('sender: only the page at this port can frame it, and it sends there alone', async () => {
    const page = `http://localhost:${running.port}`;
    const { status, headers, body } = await get(`/sender?page=${encodeURIComponent(page)}`);
    expect(status).toBe(200);
    expect(body).toContain(`data-page="${page}"`);
    expect(headers['content-security-policy']).toContain(`connect-src ${page};`);
    expect(headers['content-security-policy']).toContain(`frame-ancestors ${page};`);
  });

  it.each([
    'https://evil.example',
    'http://localhost:1',
    'http://localhost',
    'null',
    '',
    'http://localhost:PORT/',
    'http://localhost:PORT"><script>',
    'http://evil.example:PORT',
    'http://localhost:PORT; script-src *',
    'javascript://localhost:PORT',
  ])('sender for a page of %s: does not exist', async (page) => {
    const { status } = await get(`/sender?page=${encodeURIComponent(page.replace('PORT', String(running.port)))}`);
    expect(status).toBe(400);
  });

  describe.each(['', '/sender', '/assets/main.js', '/routes', '/audit', '/explanation', '/events'])('at %j', (path) => {
    it('any other host name, as after DNS rebinding: is answered with 403', async () => {
      const { status, body } = await get(path, { Host: 'rebound.example' });
      expect(status).toBe(403);
      expect(body).toContain('under a name of their own machine only');
    });

    it('request that a proxy has forwarded: is answered with 403', async () => {
      expect((await get(path, { 'X-Forwarded-For': '127.0.0.1' })).status).toBe(403);
    });

    it('another origin: gets no grant', async () => {
      const { headers } = await get(path, { Origin: APP, 'X-Forwarded-For': '::1' });
      expect(headers['access-control-allow-origin']).toBeUndefined();
      const preflight = await running.preflight(APP, 'GET', `/__cors${path}`);
      expect(preflight.status).toBe(403);
    });
  });

  it.each(['/routes', '/audit', '/explanation', '/events', '/assets/main.js'])(
    '%s, requested by another page: is answered with 403',
    async (path) => {
      expect((await get(path, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
      expect((await get(path, { 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
    },
  );
});

describe.each(PLATFORMS)('an application on %s with the devtools', (platform) => {
  let running: RunningApplication | undefined;

  afterEach(async () => {
    await running?.close();
    running = undefined;
  });

  it('another path, a prefix and versions: has them there, with relative links', async () => {
    running = await startApplication(platform, 'NestFactory', {
      imports: [CorsDevtoolsModule.forRoot({ path: '/dev/cors' })],
      configure: (app) =>
        app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    });
    const headers = { Cookie: await devtoolsCookie(running) };
    const { status, body } = await running.send('/api/dev/cors', { headers });
    expect(status).toBe(200);
    expect(body).toContain('src="./cors/assets/main.js"');
    expect((await running.send('/api/dev/cors/assets/main.js', { headers })).status).toBe(200);
    const slashed = await running.send('/api/dev/cors/', { headers });
    if (platform === 'express') {
      expect(slashed.body).toContain('src="./assets/main.js"');
    }
  });

  it('its own interceptors and guards: are passed, guards only where it says so', async () => {
    const OPEN = Symbol('open');
    class Wrap implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler) {
        return next.handle().pipe(map((data: unknown) => ({ data })));
      }
    }
    class SignedIn implements CanActivate {
      canActivate(context: ExecutionContext) {
        return Reflect.hasMetadata(OPEN, context.getClass());
      }
    }
    running = await startApplication(platform, 'NestFactory', {
      imports: [CorsDevtoolsModule.forRoot({ decorators: [Reflect.metadata(OPEN, true) as ClassDecorator] })],
      controllers: [OrdersController],
      providers: [
        { provide: APP_GUARD, useClass: SignedIn },
        { provide: APP_INTERCEPTOR, useClass: Wrap },
      ],
    });
    expect((await running.send('/orders')).status).toBe(403);
    const { status, body } = await running.send('/__cors/routes', {
      headers: { Cookie: await devtoolsCookie(running) },
    });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toHaveLength(2);
  });

  it('guard of its own: comes first, and injects what `imports` export', async () => {
    class AdminKeys {
      isAdmin(key: unknown): boolean {
        return key === 'of-an-admin';
      }
    }
    class AdminGuard implements CanActivate {
      constructor(@Inject(AdminKeys) private readonly keys: AdminKeys) {}

      canActivate(context: ExecutionContext): boolean {
        return this.keys.isAdmin(context.switchToHttp().getRequest<IncomingMessage>().headers['x-key']);
      }
    }
    const admins: DynamicModule = { module: class {}, providers: [AdminKeys], exports: [AdminKeys] };
    running = await startApplication(platform, 'NestFactory', {
      imports: [CorsDevtoolsModule.forRoot({ decorators: [UseGuards(AdminGuard)], imports: [admins] })],
    });
    const Cookie = await devtoolsCookie(running, { 'X-Key': 'of-an-admin' });
    const answers = [{ Cookie }, { Cookie, 'X-Key': 'of-an-admin' }, { 'X-Key': 'of-an-admin' }].map((headers) =>
      running?.send('/__cors/routes', { headers }),
    );
    expect((await Promise.all(answers)).map((received) => received?.status)).toEqual([403, 200, 401]);
  });

  it('lists of routes, manifest and OpenAPI document: do not have them', async () => {
    running = await startApplication(platform, 'NestFactory', {
      imports: [CorsDevtoolsModule.forRoot()],
      controllers: [OrdersController],
    });
    const inspector = running.app.get(CorsInspector, { strict: false });
    expect(inspector.routes().map(({ path }) => path)).toEqual(['/orders', '/orders/:id']);
    expect(Object.keys(inspector.manifest().routes)).toEqual(['GET /orders', 'PUT /orders/:id']);
    const controllers = [...running.app.get(ModulesContainer).values()].flatMap((module) => [
      ...module.controllers.values(),
    ]);
    const own = controllers.find(({ name }) => name === 'CorsDevtoolsController');
    // Where @ApiExcludeController() of @nestjs/swagger writes it.
    expect(Reflect.getMetadata('swagger/apiExcludeController', own?.metatype as object)).toEqual([true]);
  });

  it.each([
    [[], true],
    [[() => {}], false],
  ])(
    'global guard that would refuse them: is warned of, unless decorators %p declare them',
    async (decorators, tells) => {
      class JwtGuard implements CanActivate {
        canActivate() {
          return true;
        }
      }
      const lines: string[] = [];
      class FullLogger extends RecordingLogger {
        override log(line?: unknown): void {
          lines.push(String(line));
        }
      }
      const logger = new FullLogger();
      const setup = {
        imports: [CorsDevtoolsModule.forRoot({ decorators })],
        providers: [{ provide: APP_GUARD, useClass: JwtGuard }],
      };
      running = await listening(await createApplication(platform, 'NestFactory', setup, logger), logger);
      const hint = 'JwtGuard of the application runs before the devtools.';
      expect(lines.some((line) => line.startsWith(hint))).toBe(tells);
      expect(lines.some((line) => line.startsWith('CORS devtools: http://localhost:'))).toBe(true);
    },
  );

  it('other machines: have access only where that is allowed', async () => {
    running = await startApplication(platform, 'NestFactory', {
      imports: [CorsDevtoolsModule.forRoot({ allowRemoteClients: true })],
    });
    const { status, headers } = await running.send('/__cors', {
      headers: {
        Host: `dev.example:${running.port}`,
        'X-Forwarded-For': '192.0.2.1',
        Cookie: await devtoolsCookie(running),
      },
    });
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("frame-src 'none'");
  });

  it('production: does not start, unless that is allowed', async () => {
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    try {
      const create = (options = {}) =>
        createApplication(platform, 'NestFactory', { imports: [CorsDevtoolsModule.forRoot(options)] });
      await expect(create()).rejects.toThrow('CorsDevtoolsModule is imported and NODE_ENV is "production"');
      const app = await create({ allowInProduction: true });
      await app.close();
    } finally {
      process.env.NODE_ENV = before;
    }
  });

  it('no CorsModule: does not start', async () => {
    const app = await createApplication(platform, 'NestFactory', {
      cors: false,
      imports: [CorsDevtoolsModule.forRoot()],
    });
    await expect(app.init()).rejects.toThrow('import CorsModule.forRoot() as well');
  });
});
