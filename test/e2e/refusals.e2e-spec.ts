import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Header,
  HttpException,
  Post,
  Put,
  VersioningType,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CorsPolicy } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication, varyOf } from '../support/application.js';
import type { Received, Sent } from '../support/http-client.js';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example';

@Controller({ path: 'strict', version: '1' })
@CorsPolicy({ rejectDisallowed: true, methods: ['GET', 'POST'] })
class StrictV1 {
  @Get()
  @Header('Cache-Control', 'public, max-age=600')
  read() {
    return 'read 1';
  }

  @Put()
  put() {
    return 'put 1';
  }
}

@Controller({ path: 'strict', version: '2' })
@CorsPolicy({ origin: EVIL })
class LenientV2 {
  @Get()
  read() {
    return 'read 2';
  }
}

/** Answers refusals itself, as applications do that have a format of their own for errors. */
@Catch(HttpException)
class OwnFormat implements ExceptionFilter {
  catch(exception: HttpException, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): void } }>();
    reply.status(exception.getStatus()).send({ own: exception.message });
  }
}

function expectUncacheable(response: Received): void {
  expect(response.status).toBe(403);
  expect(corsHeaders(response)).toEqual({});
  expect(response.headers['cache-control']).toBe('no-store');
  expect(varyOf(response)).toContain('origin');
}

describe.each(PLATFORMS)('403s of rejectDisallowed on %s', (platform) => {
  describe.each([
    ['the format of Nest', []],
    ['a format of their own', [{ provide: APP_FILTER, useClass: OwnFormat }]],
  ])('in %s', (_name, providers) => {
    let application: RunningApplication;

    beforeAll(async () => {
      application = await startApplication(platform, 'NestFactory', {
        controllers: [StrictV1, LenientV2],
        providers,
        cors: { origin: APP, paths: [{ path: '/mounted', policy: { rejectDisallowed: true } }] },
        configure: (app) => {
          app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
          app.use((request: { headers: Record<string, string> }, response: ServerResponse, next: () => void) => {
            if (request.headers['x-cached'] !== undefined) {
              response.setHeader('Cache-Control', 'public, max-age=600');
            }
            next();
          });
          app.use('/mounted', (_request: unknown, response: ServerResponse) => response.end('mounted'));
        },
      });
    });

    afterAll(() => application.close());

    it.each<[string, string, Sent]>([
      ['of the request hook', '/mounted', {}],
      ['of the request hook, to HEAD', '/mounted', { method: 'HEAD' }],
      ['of the guard', '/strict', { headers: { 'X-Version': '1' } }],
      ['of the guard, to HEAD', '/strict', { method: 'HEAD', headers: { 'X-Version': '1' } }],
      [
        'of the guard, after a middleware that has everything cached',
        '/strict',
        {
          headers: { 'X-Version': '1', 'X-Cached': 'yes' },
        },
      ],
    ])('%s: are not stored by caches', async (_what, path, sent) => {
      expectUncacheable(await application.from(EVIL, path, sent));
    });

    it('method that the policy leaves out: are not stored by caches', async () => {
      expectUncacheable(await application.from(APP, '/strict', { method: 'PUT', headers: { 'X-Version': '1' } }));
    });

    it('own origin with Sec-Fetch-Site: cross-site: are not stored by caches', async () => {
      const own = `http://127.0.0.1:${application.port}`;
      for (const path of ['/mounted', '/strict']) {
        const headers = { 'X-Version': '1', 'Sec-Fetch-Site': 'cross-site' };
        expectUncacheable(await application.from(own, path, { headers }));
        const same = { 'X-Version': '1', 'Sec-Fetch-Site': 'same-origin' };
        expect((await application.from(own, path, { headers: same })).status).toBe(200);
      }
    });

    it('other responses: keep their Cache-Control', async () => {
      const headers = { 'X-Version': '1' };
      const response = await application.from(APP, '/strict', { headers });
      expect(response.headers['cache-control']).toBe('public, max-age=600');
      expect((await application.from(APP, '/mounted')).headers).not.toHaveProperty('cache-control');
      const cached = await application.from(APP, '/mounted', { headers: { 'X-Cached': 'yes' } });
      expect(cached.headers['cache-control']).toBe('public, max-age=600');
    });
  });
});

const runs: string[] = [];

@Controller({ path: 'things', version: '1' })
@CorsPolicy({ credentials: true })
class ThingsV1 {
  @Post()
  create() {
    runs.push('create 1');
    return 'created 1';
  }

  @Put()
  replace() {
    runs.push('replace 1');
    return 'replaced 1';
  }
}

@Controller({ path: 'things', version: '2' })
@CorsPolicy({ credentials: false })
class ThingsV2 {
  @Post()
  create() {
    runs.push('create 2');
    return 'created 2';
  }

  @Put()
  replace() {
    runs.push('replace 2');
    return 'replaced 2';
  }
}

describe.each(PLATFORMS)('credentials that only another version allows on %s', (platform) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers: [ThingsV1, ThingsV2],
      cors: { origin: APP },
      configure: (app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
    });
  });

  beforeEach(() => {
    runs.length = 0;
  });

  afterAll(() => application.close());

  const to = (version: string, method: string, credentials: Record<string, string>): Sent => ({
    method,
    headers: { 'X-Version': version, ...credentials },
  });

  it.each([
    ['Authorization', 'Basic dXNlcjpwYXNz'],
    ['Authorization', 'Bearer token'],
    ['Cookie', 'session=1'],
  ])('%s: %s does not reach a handler without credentials', async (name, value) => {
    for (const method of ['POST', 'PUT']) {
      const preflight = await application.preflight(APP, method, '/things', 'x-version, authorization');
      expect(preflight.headers['access-control-allow-credentials']).toBe('true');
      const borrowed = await application.from(APP, '/things', to('2', method, { [name]: value }));
      expect(borrowed.status).toBe(403);
      expect(borrowed.headers).not.toHaveProperty('access-control-allow-credentials');
    }
    expect(runs).toEqual([]);
  });

  it.each(['Authorization', 'Cookie'])('%s: reaches the version that allows credentials', async (name) => {
    const response = await application.from(APP, '/things', to('1', 'POST', { [name]: 'Basic dXNlcjpwYXNz' }));
    expect(response.body).toBe('created 1');
    expect(corsHeaders(response)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
    });
  });

  it('request without credentials, or from the own origin: passes', async () => {
    expect((await application.from(APP, '/things', to('2', 'POST', {}))).body).toBe('created 2');
    const own = `http://127.0.0.1:${application.port}`;
    const authorized = to('2', 'POST', { Authorization: 'Bearer token' });
    expect((await application.from(own, '/things', authorized)).body).toBe('created 2');
    expect((await application.send('/things', authorized)).body).toBe('created 2');
  });
});
