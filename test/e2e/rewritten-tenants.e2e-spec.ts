import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import type { CorsModuleOptions, CorsTenantRequest } from '../../lib/index.js';
import {
  PLATFORMS,
  type Platform,
  type RunningApplication,
  corsHeaders,
  startApplication,
  varyOf,
} from '../support/application.js';

const ACME = 'https://acme.example';
const GLOBEX = 'https://globex.example';
const ORIGINS: Readonly<Record<string, string>> = { acme: ACME, globex: GLOBEX };

const runs: string[] = [];

@Controller()
class TenantsController {
  @Get('t/:tenant')
  read(@Param('tenant') tenant: string) {
    return `data of ${tenant}`;
  }

  @Get('u/:tenant')
  other(@Param('tenant') tenant: string) {
    return `data of ${tenant}`;
  }

  @Post('t/:tenant')
  write(@Param('tenant') tenant: string) {
    runs.push(tenant);
    return 'written';
  }

  @Get('host')
  host(@Req() request: { hostname: string }) {
    return `data of ${request.hostname.split('.')[0]}`;
  }
}

/** Sends a request elsewhere, as the middleware of a gateway does. */
function rewrite(
  request: { url: string; headers: Record<string, string | undefined> },
  _response: unknown,
  next: () => void,
): void {
  const { 'x-url': url, 'x-host': host } = request.headers;
  request.url = url ?? request.url;
  request.headers['host'] = host ?? request.headers['host'];
  next();
}

let application: RunningApplication | undefined;

afterEach(async () => {
  await application?.close();
});

async function start(platform: Platform, options: CorsModuleOptions, isAsync: boolean): Promise<RunningApplication> {
  const isAllowed = (origin: string, { tenant }: { tenant: string | undefined }) => ORIGINS[tenant ?? ''] === origin;
  application = await startApplication(platform, 'NestFactory', {
    controllers: [TenantsController],
    cors: {
      credentials: true,
      origin: isAsync ? async (origin, context) => isAllowed(origin, context) : isAllowed,
      ...options,
    },
    configure: (app) => void app.use(rewrite),
  });
  return application;
}

const byParameter = ({ params }: CorsTenantRequest) => params['tenant'];
const byPath = ({ path }: CorsTenantRequest) => path.split('/')[2];
const byHost = ({ host }: CorsTenantRequest) => host.split('.')[0];

describe.each([
  ['a function', false],
  ['an asynchronous function', true],
])('tenants of rewritten requests, whose origins %s knows', (_kind, isAsync) => {
  describe.each([
    ['parameters', byParameter],
    ['the path', byPath],
  ])('derived from %s on express', (_from, tenant) => {
    it.each(['/t/acme', '/u/acme'])(
      '› %s: is not readable to the tenant of the URL that was requested',
      async (path) => {
        const { from } = await start('express', { tenant }, isAsync);
        const response = await from(ACME, path, { headers: { 'X-Url': '/t/globex' } });
        expect(response.body).toBe('data of globex');
        expect(corsHeaders(response)).toEqual({});
        expect(varyOf(response)).toContain('origin');
      },
    );

    it('› origin of the tenant whose data it is: is the only one that may read it', async () => {
      const { from } = await start('express', { tenant }, isAsync);
      const response = await from(GLOBEX, '/t/acme', { headers: { 'X-Url': '/t/globex' } });
      expect([undefined, ...(isAsync ? [] : [GLOBEX])]).toContain(response.headers['access-control-allow-origin']);
    });

    it('› same tenant after the rewrite: keeps its grant', async () => {
      const { from } = await start('express', { tenant }, isAsync);
      for (const url of ['/t/acme', '/t/acme?page=2', '/u/acme']) {
        const response = await from(ACME, '/t/acme', { headers: { 'X-Url': url } });
        expect(response.body).toBe('data of acme');
        expect(response.headers['access-control-allow-origin']).toBe(ACME);
      }
    });

    it('› handler that rejects: does not run', async () => {
      const { from } = await start('express', { tenant, rejectDisallowed: true }, isAsync);
      runs.length = 0;
      const refused = await from(ACME, '/t/acme', { method: 'POST', headers: { 'X-Url': '/t/globex' } });
      expect(refused.status).toBe(403);
      expect(corsHeaders(refused)).toEqual({});
      expect(runs).toEqual([]);
      expect((await from(ACME, '/t/acme', { method: 'POST' })).status).toBe(201);
      expect(runs).toEqual(['acme']);
    });
  });

  describe.each(PLATFORMS)('derived from the host on %s', (platform) => {
    it('› rewritten host: counts', async () => {
      const { from } = await start(platform, { tenant: byHost }, isAsync);
      const headers = { Host: 'acme.api.example', 'X-Host': 'globex.api.example' };
      const response = await from(ACME, '/host', { headers });
      expect(response.body).toBe('data of globex');
      expect(corsHeaders(response)).toEqual({});
      const other = await from(GLOBEX, '/host', { headers });
      expect([undefined, ...(isAsync ? [] : [GLOBEX])]).toContain(other.headers['access-control-allow-origin']);
      const same = await from(ACME, '/host', { headers: { Host: 'acme.api.example', 'X-Host': 'acme.other.example' } });
      expect(same.headers['access-control-allow-origin']).toBe(ACME);
    });

    it('› path that Nest does not route: has the tenant of the rewritten host', async () => {
      const { from } = await start(platform, { tenant: byHost }, isAsync);
      const headers = { Host: 'acme.api.example', 'X-Host': 'globex.api.example' };
      expect(corsHeaders(await from(ACME, '/none', { headers }))).toEqual({});
      expect(corsHeaders(await from(ACME, '/none', { headers: { Host: 'acme.api.example' } }))).toMatchObject({
        'access-control-allow-origin': ACME,
      });
    });
  });

  it('derived from parameters on fastify › rewritten URL: the tenant is that of the route that was found before', async () => {
    const { from } = await start('fastify', { tenant: byParameter, rejectDisallowed: true }, isAsync);
    const response = await from(ACME, '/t/acme', { headers: { 'X-Url': '/t/globex' } });
    expect(response.body).toBe('data of acme');
    expect(response.headers['access-control-allow-origin']).toBe(ACME);
  });
});
