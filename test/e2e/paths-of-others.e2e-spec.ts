import { All, Controller, Delete, Get, Post, Version, VersioningType } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { CorsPolicy, DisableCors, type CorsModuleOptions } from '../../lib/index.js';
import { PLATFORMS, type Platform, type RunningApplication, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';

type Next = () => void;

let running: RunningApplication | undefined;

afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function start(platform: Platform, parts: object, cors: CorsModuleOptions): Promise<RunningApplication> {
  running = await startApplication(platform, 'NestFactory', { cors: { logging: 'off', ...cors }, ...parts } as never);
  return running;
}

const grantOf = ({ headers }: { headers: Record<string, unknown> }) => headers['access-control-allow-origin'];

@Controller('docs')
@CorsPolicy({ origin: PARTNER })
class DocsController {
  @Delete(':id')
  remove() {
    return 'nest';
  }
}

@Controller('api')
class ApiController {
  @Get('x')
  @DisableCors()
  x() {
    return 'x';
  }
}

@Controller()
class PageController {
  @Get('*path')
  page() {
    return 'page';
  }
}

@Controller()
class PageOnFastifyController {
  @All('*')
  page() {
    return 'page';
  }
}

const pages = (platform: Platform) => (platform === 'express' ? PageController : PageOnFastifyController);
const answer = (_request: IncomingMessage, response: ServerResponse) => void response.end('other');

describe.each(PLATFORMS)('paths that other libraries serve, on %s', (platform) => {
  it('mounted Express application that rewrites the URL: has the policy of its mount', async () => {
    const mounted = express();
    mounted.get('/public/info', (_request, response) => void response.json({}));
    const application = await start(
      platform,
      { configure: (app: INestApplication) => app.use('/internal', mounted) },
      { origin: APP, paths: [{ path: '/public', policy: { origin: '*' } }] },
    );
    expect(grantOf(await application.from(STRANGER, '/internal/public/info'))).toBeUndefined();
    expect(grantOf(await application.from(APP, '/internal/public/info'))).toBe(APP);
  });

  it('middleware that shortens the URL: has no grant that the policy of the sent URL lacks', async () => {
    const shortening = (request: IncomingMessage, response: ServerResponse) => {
      request.url = '/public';
      setTimeout(() => response.end('inner'), 2);
    };
    const application = await start(
      platform,
      { configure: (app: INestApplication) => app.use('/closed', shortening) },
      {
        origin: APP,
        paths: [
          { path: '/public', policy: { origin: '*' } },
          { path: '/closed', policy: { origin: [] } },
        ],
      },
    );
    expect(grantOf(await application.from(STRANGER, '/closed'))).toBeUndefined();
  });

  it('external path below a route for every path: stays external in every spelling', async () => {
    const upstream = (_request: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(200, { 'Access-Control-Allow-Origin': STRANGER }).end();
    const application = await start(
      platform,
      {
        controllers: [ApiController, pages(platform)],
        configure: (app: INestApplication) => app.use('/legacy', upstream),
      },
      { origin: APP, paths: [{ path: '/legacy', external: true }] },
    );
    for (const path of ['/legacy/x', '/legacy/A/b', '/legacy/a%20b', '/legacy/a;b']) {
      expect([path, grantOf(await application.from(STRANGER, path))]).toEqual([path, STRANGER]);
    }
  });

  it('readings with policies that grant the same: are not ambiguous', async () => {
    const application = await start(
      platform,
      { configure: (app: INestApplication) => app.use('/graphql', answer) },
      { origin: APP, rejectDisallowed: true, paths: [{ path: '/graphql', policy: { maxAge: 600 } }] },
    );
    for (const path of ['/graphql', '/GRAPHQL', '//graphql', '/%67raphql']) {
      expect([path, grantOf(await application.from(APP, path))]).toEqual([path, APP]);
      expect([path, (await application.from(STRANGER, path)).status]).toEqual([path, 403]);
    }
  });

  it('credentials that a middleware has removed: still count', async () => {
    @Controller({ path: 'v' })
    class VersionsController {
      @Post()
      @Version('1')
      @CorsPolicy({ credentials: true })
      one() {
        return 'one';
      }

      @Post()
      @Version('2')
      @CorsPolicy({ credentials: false })
      two() {
        return 'two';
      }
    }
    const application = await start(
      platform,
      {
        controllers: [VersionsController],
        configure: (app: INestApplication) => {
          app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' });
          app.use((request: IncomingMessage, _response: unknown, next: Next) => {
            delete request.headers.cookie;
            delete request.headers.authorization;
            next();
          });
        },
      },
      { origin: APP },
    );
    for (const credentials of [{ Cookie: 'a=b' }, { Authorization: 'Basic YTpi' }]) {
      const headers = { ...credentials, 'X-Version': '2' };
      expect((await application.from(APP, '/v', { method: 'POST', headers })).status).toBe(403);
    }
  });
});

describe('route of a Fastify plugin beside the route of a controller', () => {
  const foreign = (constraints: object) => ({
    controllers: [DocsController],
    configure: (app: INestApplication) =>
      (app.getHttpAdapter().getInstance() as { route(options: object): void }).route({
        method: 'DELETE',
        url: '/docs/:id',
        constraints,
        handler: () => 'foreign',
      }),
  });
  const statusOf = async (host: string, origin: string) => {
    const headers = { Host: host, Origin: origin, 'Access-Control-Request-Method': 'DELETE' };
    return (await running!.send('/docs/1', { method: 'OPTIONS', headers })).status;
  };

  it.each([['docs.example'], [/^docs\./]])(
    'host constraint %s: the host of the preflight selects the route',
    async (host) => {
      await start('fastify', foreign({ host }), { origin: APP });
      expect(await statusOf('docs.example', APP)).toBe(204);
      expect(await statusOf('docs.example', PARTNER)).toBe(403);
      expect(await statusOf('a.example', PARTNER)).toBe(204);
      expect(await statusOf('a.example', APP)).toBe(403);
    },
  );

  it('constraint on a header that preflights lack: both policies have to allow', async () => {
    await start('fastify', foreign({ version: '1.0.0' }), { origin: APP });
    expect(await statusOf('a.example', PARTNER)).toBe(403);
    expect(await statusOf('a.example', APP)).toBe(403);
  });
});

describe('entry below a route for every path of Express', () => {
  it('middleware that answers in front of the route: has the policy of the entry, and nothing else has', async () => {
    await start(
      'express',
      { controllers: [PageController], configure: (app: INestApplication) => app.use('/assets/a.css', answer) },
      { origin: APP, paths: [{ path: '/assets', policy: { origin: '*' } }] },
    );
    expect(grantOf(await running!.from(STRANGER, '/assets/a.css'))).toBe('*');
    expect(grantOf(await running!.from(STRANGER, '/assets/missing'))).toBeUndefined();
    expect(grantOf(await running!.from(APP, '/assets/missing'))).toBe(APP);
  });
});
