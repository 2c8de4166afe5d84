import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { ServeStaticModule } from '@nestjs/serve-static';
import * as contentDisposition from 'content-disposition';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

// @fastify/static is CommonJS, and jest can't require() this dependency of it, which is not.
jest.mock('content-disposition', () => contentDisposition);

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';
const INDEX = '<!doctype html><title>anvils</title>';
const REPORT = 'first quarter: 90 anvils';

@Controller('api')
class ApiController {
  @Get('orders')
  list() {
    return ['anvil'];
  }
}

describe.each(PLATFORMS)('static files on %s', (platform) => {
  let application: RunningApplication;
  let rootPath: string;

  beforeAll(async () => {
    rootPath = await mkdtemp(join(tmpdir(), 'static-files-'));
    await mkdir(join(rootPath, 'assets'));
    await mkdir(join(rootPath, 'reports'));
    await writeFile(join(rootPath, 'index.html'), INDEX);
    await writeFile(join(rootPath, 'assets', 'app.js'), 'const anvils = 90;');
    await writeFile(join(rootPath, 'reports', 'q1.txt'), REPORT);
    application = await startApplication(platform, 'NestFactory', {
      imports: [
        ServeStaticModule.forRoot({
          rootPath,
          exclude: ['/api/{*path}'],
          // Without it, @nestjs/serve-static has no fallback to index.html on Fastify.
          ...(platform === 'fastify' && { serveStaticOptions: { fallthrough: true } }),
        }),
      ],
      controllers: [ApiController],
      cors: {
        origin: APP,
        exposedHeaders: 'all',
        logging: 'off',
        policies: { public: { origin: '*' } },
        paths: [
          { path: '/assets', policy: 'public' },
          { path: '/reports', policy: { credentials: true, rejectDisallowed: true } },
        ],
      },
    });
  });

  afterAll(async () => {
    await application.close();
    await rm(rootPath, { recursive: true });
  });

  it('no entry: have the module’s policy, the fallback to index.html included', async () => {
    for (const path of ['/', '/index.html', '/orders/of/the/page']) {
      const response = await application.from(APP, path);
      expect([response.status, response.body]).toEqual([200, INDEX]);
      expect(response.headers['access-control-allow-origin']).toBe(APP);
      expect(response.headers.vary).toBe('Origin');
      const refused = await application.from(STRANGER, path);
      expect([refused.body, corsHeaders(refused), refused.headers.vary]).toEqual([INDEX, {}, 'Origin']);
    }
  });

  it('`paths` entry: is their policy', async () => {
    const asset = await application.from(STRANGER, '/assets/app.js');
    expect([asset.status, asset.body]).toEqual([200, 'const anvils = 90;']);
    expect(corsHeaders(asset)).toEqual({ 'access-control-allow-origin': '*' });
    expect(asset.headers).not.toHaveProperty('vary');
    const report = await application.from(APP, '/reports/q1.txt');
    expect(report.body).toBe(REPORT);
    expect(report.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
    });
    const refused = await application.from(STRANGER, '/reports/q1.txt');
    expect([refused.status, corsHeaders(refused)]).toEqual([403, {}]);
    expect(refused.body).not.toContain(REPORT);
  });

  it('routes, and paths that are excluded: are not answered by them', async () => {
    const orders = await application.from(APP, '/api/orders');
    expect([orders.body, orders.headers['access-control-allow-origin']]).toEqual(['["anvil"]', APP]);
    if (platform === 'express') {
      const missing = await application.from(APP, '/api/nowhere');
      expect([missing.status, missing.headers['access-control-allow-origin']]).toEqual([404, APP]);
    }
  });

  it('range: is readable, and named', async () => {
    const preflight = await application.preflight(APP, 'GET', '/reports/q1.txt', 'range');
    expect([preflight.status, preflight.headers['access-control-allow-headers']]).toEqual([204, 'range']);
    const part = await application.from(APP, '/reports/q1.txt', { headers: { Range: 'bytes=0-4' } });
    expect([part.status, part.body]).toEqual([206, 'first']);
    expect(part.headers['access-control-allow-origin']).toBe(APP);
    expect(String(part.headers['access-control-expose-headers']).split(',')).toContain('content-range');
  });

  it('revalidation: is a 304 for an allowed origin, and a full response for a refused one', async () => {
    for (const path of ['/index.html', '/assets/app.js']) {
      const headers = { 'If-None-Match': String((await application.from(APP, path)).headers.etag) };
      const fresh = await application.from(APP, path, { headers });
      expect([fresh.status, fresh.body]).toEqual([304, '']);
      expect(fresh.headers['access-control-allow-origin']).toBe(path === '/index.html' ? APP : '*');
      expect((await application.from(STRANGER, path, { headers })).status).toBe(path === '/index.html' ? 200 : 304);
    }
  });

  it('preflights: are refused and granted by the same entries, with or without a file', async () => {
    const statuses = async (origin: string, path: string) => (await application.preflight(origin, 'GET', path)).status;
    for (const file of ['/index.html', '/missing.html', '/reports/q1.txt']) {
      expect([await statuses(APP, file), await statuses(STRANGER, file)]).toEqual([204, 403]);
    }
    expect(await statuses(STRANGER, '/assets/app.js')).toBe(204);
  });

  it.each([
    '/assets/../reports/q1.txt',
    '/assets/%2e%2e/reports/q1.txt',
    '/assets/..%2freports%2fq1.txt',
    '/assets\\..\\reports\\q1.txt',
    '/reports/../assets/../reports/q1.txt',
    '//reports/q1.txt',
    '/%72eports/q1.txt',
    '/Reports/q1.txt',
    '/reports%2fq1.txt',
  ])('detour: does not reach them: %s', async (path) => {
    const read = await application.from(STRANGER, path);
    // The entry of /assets, whose path some of these begin with, grants everybody.
    expect(read.body.includes(REPORT) ? corsHeaders(read) : {}).toEqual({});
    expect(read.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('entry that rejects: are not sent, however their path is written', async () => {
    for (const path of ['/reports/q1.txt', '/%72eports/q1.txt']) {
      const response = await application.from(STRANGER, path);
      expect([path, response.status, response.body.includes(REPORT)]).toEqual([path, 403, false]);
    }
  });

  it('log: has no line', () => {
    expect(application.logger.warnings).toEqual([]);
    expect(application.logger.errors).toEqual([]);
  });

  it('range beyond the end: is refused, readable to an allowed origin', async () => {
    const response = await application.from(APP, '/reports/q1.txt', { headers: { Range: 'bytes=900-' } });
    expect([response.status, response.headers['access-control-allow-origin']]).toEqual([416, APP]);
  });
});
