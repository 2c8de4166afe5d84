import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { CorsPolicy } from '../../lib/index.js';
import { type ApplicationSetup, PLATFORMS, corsHeaders, startApplication } from '../support/application.js';
import { closedAfterEach } from '../support/closed-after-each.js';

const APP = 'https://app.example.com';
const ADMIN = 'https://admin.example.com';
const ANYONE = 'https://anyone.example';

describe.each(PLATFORMS)('policy by host and path on %s', (platform) => {
  const startForTest = closedAfterEach(startApplication);

  async function start(setup: ApplicationSetup) {
    return startForTest(platform, 'NestFactory', setup);
  }

  it('controllers with hosts: the requested host selects the policy', async () => {
    @Controller({ path: 'reports', host: 'admin.example.com' })
    @CorsPolicy({ origin: ADMIN })
    class AdminReports {
      @Put()
      put() {
        return 'admin';
      }
    }

    const { preflight, send, sendRaw } = await start({ controllers: [AdminReports], cors: { origin: APP } });
    const asked = (host: string, origin: string) =>
      send('/reports', {
        method: 'OPTIONS',
        headers: { Host: host, Origin: origin, 'Access-Control-Request-Method': 'PUT' },
      });
    expect((await asked('admin.example.com', ADMIN)).headers['access-control-allow-origin']).toBe(ADMIN);
    expect((await asked('admin.example.com:8080', ADMIN)).status).toBe(204);
    expect((await asked('admin.example.com', APP)).status).toBe(403);
    expect((await asked('other.example.com', ADMIN)).status).toBe(403);
    expect((await preflight(APP, 'PUT', '/reports')).headers['access-control-allow-origin']).toBe(APP);
    const withoutHost = await sendRaw(
      `OPTIONS /reports HTTP/1.0\r\nOrigin: ${ADMIN}\r\nAccess-Control-Request-Method: PUT\r\n\r\n`,
    );
    expect(withoutHost).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('paths entry: covers its subtree, in every spelling that the router accepts', async () => {
    const { from } = await start({
      cors: {
        origin: APP,
        policies: { public: { origin: '*' }, admin: { origin: ADMIN } },
        paths: [
          { path: '/files', policy: 'public' },
          { path: '/files/private', policy: 'admin' },
          { path: '/a:b', policy: 'public' },
          { path: '/sp%20ace', policy: 'admin' },
        ],
      },
    });
    const allowed = async (origin: string, path: string) =>
      (await from(origin, path)).headers['access-control-allow-origin'];
    for (const path of ['/files', '/files/', '/files/a/b', '/files?x=1', '/files/privateer', '/a:b', '/a:b/c']) {
      expect([path, await allowed(ANYONE, path)]).toEqual([path, '*']);
    }
    for (const path of ['/files/private', '/files/private/', '/files/private/x']) {
      expect([path, await allowed(ANYONE, path), await allowed(ADMIN, path)]).toEqual([path, undefined, ADMIN]);
    }
    // Express compares raw paths without regard to case, Fastify decoded ones with regard to it.
    expect(await allowed(ANYONE, '/FILES/x')).toBe(platform === 'express' ? '*' : undefined);
    expect(await allowed(ANYONE, '/%66iles/x')).toBe(platform === 'express' ? undefined : '*');
    // What serves the path may read it in another way than the router: nothing is granted where that matters.
    for (const path of [
      '/files/%70rivate',
      '/files//private/x',
      '/files/private%2Fx',
      '/files/x/../private',
      '/files/x%2F..%2Fprivate',
    ]) {
      expect([path, await allowed(ANYONE, path)]).toEqual([path, undefined]);
    }
    expect(await allowed(ANYONE, '/files/%C3%A9%20x')).toBe('*');
    expect(await allowed(ADMIN, '/sp%20ace/x')).toBe(ADMIN);
    expect(await allowed(APP, '/sp%20ace/x')).toBeUndefined();
    expect(await allowed(ANYONE, '/filesystem')).toBeUndefined();
    expect(corsHeaders(await from(ANYONE, 'http://'))).toEqual({});
  });

  it('catch-all route: leaves the path to its entry', async () => {
    @Controller()
    @CorsPolicy({ origin: ANYONE })
    class PageController {
      @Get('*')
      page() {
        return 'page';
      }
    }

    const { preflight } = await start({
      controllers: [PageController],
      cors: { origin: APP, paths: [{ path: '/graphql', policy: { origin: ADMIN } }] },
    });
    expect((await preflight(ADMIN, 'POST', '/graphql')).headers['access-control-allow-origin']).toBe(ADMIN);
    expect((await preflight(ADMIN, 'POST', '/elsewhere')).status).toBe(403);
  });

  it('entry for every path: covers all that Nest does not route', async () => {
    @Controller('routed')
    class RoutedController {
      @Get()
      read() {
        return 'routed';
      }
    }

    const { from, preflight } = await start({
      controllers: [RoutedController],
      cors: { origin: APP, paths: [{ path: '/', policy: { origin: ADMIN } }] },
    });
    expect((await from(ADMIN, '/')).headers['access-control-allow-origin']).toBe(ADMIN);
    expect((await from(ADMIN, '/x/y')).headers['access-control-allow-origin']).toBe(ADMIN);
    expect((await from(ADMIN, '/routed')).headers).not.toHaveProperty('access-control-allow-origin');
    expect((await preflight(ADMIN, 'PUT', '/routed')).status).toBe(403);
  });
});
