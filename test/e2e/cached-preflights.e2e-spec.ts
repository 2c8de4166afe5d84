import { afterEach, describe, expect, it } from '@jest/globals';
import { All, Controller, Delete, Get, Post } from '@nestjs/common';
import { CorsInspector, CorsPolicy, DisableCors } from '../../lib/index.js';
import { PLATFORMS, type Platform, type RunningApplication, startApplication } from '../support/application.js';
import type { Received } from '../support/http-client.js';
import { CACHED } from './cached-preflights/cached.js';
import { NOT_CACHED, NOT_CACHED_ON_FASTIFY } from './cached-preflights/not-cached.js';
import { APP, type CachedPreflight } from './cached-preflights/setups.js';

/** Methods that a browser sends to a URL without a grant of the method, if the grant of their headers is cached. */
const SAFELISTED = ['GET', 'HEAD', 'POST'] as const;

describe.each(PLATFORMS)('granted preflight on %s', (platform: Platform) => {
  let application: RunningApplication;

  afterEach(() => application.close());

  const notCached = [...NOT_CACHED, ...(platform === 'fastify' ? NOT_CACHED_ON_FASTIFY : [])];

  describe.each(notCached)('where $title', ({ because, ...asked }) => {
    it('preflight with a grant: is not to be cached', async () => {
      await start(asked);
      const granted = await preflight(asked);
      expect(granted.headers['access-control-allow-origin']).toBe(APP);
      expect(granted.headers['access-control-max-age']).toBe('0');
    });

    it('is explained: explain() says so and why', async () => {
      await start(asked);
      const { path, method } = requestOf(asked);
      const inspector = application.app.get(CorsInspector);
      const { preflight: explained } = await inspector.explain({ method, path, origin: APP });
      expect(lowerCased(explained.headers)['access-control-max-age']).toBe('0');
      expect(explained.note).toMatch(because);
      expect(explained.note).toMatch(/GET|HEAD|POST/);
    });
  });

  it.each(notCached.filter(({ setup }) => setup(platform).controllers !== undefined))(
    'audit(): finds it with the reason: $title',
    async ({ because, ...asked }) => {
      await start(asked);
      const found = application.app
        .get(CorsInspector)
        .audit()
        .map(({ subject, message, hint }) => `${subject}: ${message} ${hint}`)
        .filter((finding) => /max-?age|cache|kept|keep/i.test(finding));
      expect(found).toContainEqual(expect.stringMatching(because));
      expect(found).toContainEqual(expect.stringMatching(/GET|HEAD|POST/));
    },
  );

  describe.each(CACHED)('where $title', (asked) => {
    it('preflight with a grant: has the maxAge of its policy', async () => {
      await start(asked);
      const granted = await preflight(asked);
      expect(granted.headers['access-control-allow-origin']).toBe(APP);
      expect(granted.headers['access-control-max-age']).toBe('600');
      const { path, method } = requestOf(asked);
      const explained = await application.app.get(CorsInspector).explain({
        method,
        path,
        origin: APP,
        ...(asked.host === undefined ? {} : { host: asked.host }),
      });
      expect(lowerCased(explained.preflight.headers)['access-control-max-age']).toBe('600');
      expect(explained.preflight.note ?? '').not.toMatch(/max-?age|cache|kept/i);
    });
  });

  // The oracle is the wire: what the application says to each method by itself.
  it.each([...notCached, ...CACHED])(
    '$title: a browser sends nothing that its own preflight would refuse',
    async (asked) => {
      await start(asked);
      const names = 'content-type,x-custom';
      const granted = await preflight(asked, requestOf(asked).method, names);
      if (granted.status !== 204 || granted.headers['access-control-max-age'] === '0') {
        return;
      }
      for (const method of SAFELISTED) {
        const { path, headers } = requestOf(asked);
        const own = await preflight(asked, method, names);
        const actual = await application.send(path, { method, headers: { ...headers, Origin: APP } });
        expect({ method, runs: actual.status < 400 && own.status === 403 }).toEqual({ method, runs: false });
      }
    },
  );

  async function start({ setup }: CachedPreflight): Promise<void> {
    application = await startApplication(platform, 'NestFactory', setup(platform));
  }

  function preflight(asked: CachedPreflight, method?: string, names = 'content-type'): Promise<Received> {
    const { path, headers, method: own } = requestOf(asked);
    return application.send(path, {
      method: 'OPTIONS',
      headers: {
        ...headers,
        Origin: APP,
        'Access-Control-Request-Method': method ?? own,
        'Access-Control-Request-Headers': names,
      },
    });
  }
});

function requestOf({ path = '/things/7', method = 'PUT', host }: CachedPreflight) {
  return { path, method, headers: host === undefined ? {} : { Host: host } };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

describe('preflight on Fastify with middleware that ignores letter case', () => {
  @Controller()
  class AdminController {
    @Post('admin/:x') @DisableCors() post() {}
    @All('*') all() {}
  }
  let application: RunningApplication;

  afterEach(() => application.close());

  it.each([[['/ADMIN/x', '/foo/x', '/ADMIN/y']], [['/foo/x', '/ADMIN/x', '/foo/y']], [['/foo/x', '/%41dmin/x']]])(
    '%j: the result of one URL is not used for another with the same routes',
    async (paths) => {
      application = await startApplication('fastify', 'NestFactory', {
        controllers: [AdminController],
        cors: { origin: APP, maxAge: 600 },
        configure: (app) => void app.use('/admin', (_request: unknown, _response: unknown, next: () => void) => next()),
      });
      for (const path of paths) {
        const { headers } = await application.preflight(APP, 'PUT', path);
        expect([path, headers['access-control-max-age']]).toEqual([path, path.startsWith('/foo') ? '600' : '0']);
      }
    },
  );
});

describe('preflight on Fastify of a URL with an empty parameter, which NestJS 12 refuses', () => {
  @Controller()
  class ParametersController {
    @Get('a/*') @CorsPolicy({ allowedHeaders: ['x-a'] }) ofSegment() {}
    @Delete('a/:id') @DisableCors() deleteSegment() {}
    @Post('a/:id') @DisableCors() postSegment() {}
    @Get('b/*') @CorsPolicy({ allowedHeaders: ['x-a'] }) ofPart() {}
    @Post('b/p-:id') @DisableCors() postPart() {}
    @Get('c/*') @CorsPolicy({ allowedHeaders: ['x-a'] }) ofRepeated() {}
    @Post('c/:id/:id') @DisableCors() postRepeated() {}
  }
  let application: RunningApplication;

  afterEach(() => application.close());

  it.each([
    ['/a/', '/a/7'],
    ['/b/p-', '/b/p-7'],
    ['/c//7', '/c/7/7'],
  ])('%s: the result is not used for %s, which has the same routes', async (empty, path) => {
    application = await startApplication('fastify', 'NestFactory', {
      controllers: [ParametersController],
      cors: { origin: APP, maxAge: 600 },
    });
    // NestJS 11 gives it to the route.
    const isRefused = (await application.send(empty, { method: 'POST' })).status === 404;
    for (const each of [empty, path, empty]) {
      const { headers } = await application.preflight(APP, 'GET', each, 'x-a');
      expect([each, headers['access-control-max-age']]).toEqual([each, isRefused && each === empty ? '600' : '0']);
    }
  });
});
