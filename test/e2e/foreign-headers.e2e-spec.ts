import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header } from '@nestjs/common';
import type { CorsModuleOptions } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication, varyOf } from '../support/application.js';
import { close, listen } from '../support/listening.js';
import {
  ELSEWHERE,
  OtherSources,
  SOURCES,
  configureSources,
  controllersOf,
  pathOf,
  upstream,
} from './foreign-headers/sources.js';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example';

const PATHS = [...Object.keys(SOURCES).map(pathOf), '/filtered', '/before', '/last', '/one', '/two', '/echo'];

/** Lines that are warned with, but for those of refused origins, which are none of these tests. */
function warningsOf({ logger }: RunningApplication, value: string): string[] {
  return logger.warnings.filter((line) => line.includes(value));
}

describe.each(PLATFORMS)('CORS headers that something else writes on %s', (platform) => {
  let server: Server;
  let port: number;
  const running: RunningApplication[] = [];

  beforeAll(async () => {
    server = createServer(upstream);
    port = await listen(server);
  });

  afterAll(async () => {
    for (const application of running) {
      await application.close();
    }
    await close(server);
  });

  async function start(cors: CorsModuleOptions): Promise<RunningApplication> {
    const application = await startApplication(platform, 'NestFactory', {
      controllers: [...controllersOf(() => port), OtherSources],
      cors: { logging: 'off', ...cors },
      configure: configureSources(platform),
    });
    running.push(application);
    return application;
  }

  describe('under a list of origins', () => {
    let application: RunningApplication;

    beforeAll(async () => {
      application = await start({ origin: APP, credentials: true });
    });

    it.each(PATHS)('%s: gives way to what the policy says', async (path) => {
      const granted = await application.from(APP, path);
      expect(granted.status).toBe(200);
      expect(corsHeaders(granted)).toEqual({
        'access-control-allow-origin': APP,
        'access-control-allow-credentials': 'true',
      });
      const refused = await application.from(EVIL, path);
      const plain = await application.send(path);
      expect([refused.status, plain.status]).toEqual([200, 200]);
      expect(corsHeaders(refused)).toEqual({});
      expect(corsHeaders(plain)).toEqual({});
      for (const response of [granted, refused, plain]) {
        expect(varyOf(response)).toContain('origin');
      }
    });
  });

  describe('under a policy that exposes headers without credentials', () => {
    let application: RunningApplication;

    beforeAll(async () => {
      application = await start({ origin: APP, exposedHeaders: ['X-Total'] });
    });

    it.each(PATHS)('%s: gives way to what the policy says', async (path) => {
      expect(corsHeaders(await application.from(APP, path))).toEqual({
        'access-control-allow-origin': APP,
        'access-control-expose-headers': 'X-Total',
      });
      expect(corsHeaders(await application.from(EVIL, path))).toEqual({});
    });
  });

  describe("under '*'", () => {
    let application: RunningApplication;

    beforeAll(async () => {
      application = await start({ origin: '*' });
    });

    it.each(PATHS)('%s: is never sent with credentials beside *', async (path) => {
      for (const response of [
        await application.from(APP, path),
        await application.from(EVIL, path),
        await application.send(path),
      ]) {
        expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': '*' });
      }
    });
  });

  describe('by decorator', () => {
    @Controller()
    class DecoratedController {
      @Get('decorated')
      @Header('Access-Control-Allow-Origin', '*')
      decorated() {
        return 'decorated';
      }

      @Get('decorated-in-odd-case')
      @Header('access-control-ALLOW-credentials', 'true')
      odd() {
        return 'decorated';
      }
    }

    it.each(['/decorated', '/decorated-in-odd-case'])('%s: gives way to what the policy says', async (path) => {
      const application = await startApplication(platform, 'NestFactory', {
        controllers: [DecoratedController],
        cors: { origin: APP },
      });
      running.push(application);
      expect(corsHeaders(await application.from(APP, path))).toEqual({ 'access-control-allow-origin': APP });
      expect(corsHeaders(await application.from(EVIL, path))).toEqual({});
      expect(corsHeaders(await application.send(path))).toEqual({});
    });
  });

  describe('warning', () => {
    it('repeated requests: one line per route, with handler and value', async () => {
      const application = await start({ origin: APP });
      for (let request = 0; request < 3; request++) {
        await application.from(APP, '/one');
        await application.from(APP, '/two');
      }
      const [one, ...others] = warningsOf(application, ELSEWHERE);
      expect(others).toEqual([]);
      expect(one).toContain('OtherSources');
      expect(one).toContain('one');
      expect(one?.toLowerCase()).toContain('access-control-allow-origin');
      const [two, ...more] = warningsOf(application, 'foreign');
      expect(more).toEqual([]);
      expect(two).toContain('OtherSources');
      expect(two?.toLowerCase()).toContain('access-control-allow-credentials');
    });

    it('refused origin, or no Origin: warns as well', async () => {
      const application = await start({ origin: APP });
      await application.from(EVIL, '/one');
      await application.send('/two');
      expect(warningsOf(application, ELSEWHERE)).toHaveLength(1);
      expect(warningsOf(application, 'foreign')).toHaveLength(1);
    });

    it('headers that equal those of the policy: are not warned of', async () => {
      const application = await start({ origin: APP, credentials: true });
      await application.from(APP, '/echo');
      expect(application.logger.warnings).toEqual([]);
      await application.from(EVIL, '/echo');
      expect(warningsOf(application, EVIL)).toHaveLength(1);
    });

    it('value with line breaks: is escaped in the log line', async () => {
      @Controller()
      class NoisyController {
        @Get('noisy')
        noisy() {
          return 'noisy';
        }
      }

      const application = await startApplication(platform, 'NestFactory', {
        controllers: [NoisyController],
        cors: { origin: APP, logging: 'off' },
        configure: (app) =>
          void app.use((_request: unknown, response: ServerResponse, next: () => void) => {
            response.setHeader('Access-Control-Allow-Origin', `${ELSEWHERE}\u009b${'x'.repeat(5000)}`);
            next();
          }),
      });
      running.push(application);
      await application.from(APP, '/noisy');
      const [line = ''] = application.logger.warnings;
      expect(line).toContain('NoisyController');
      expect(line.length).toBeLessThan(1500);
      expect(line).not.toContain('\u009b');
    });
  });

  describe('external path', () => {
    let application: RunningApplication;
    const reached: string[] = [];

    beforeAll(async () => {
      reached.length = 0;
      application = await startApplication(platform, 'NestFactory', {
        controllers: [OtherSources],
        cors: { origin: APP, credentials: true, paths: [{ path: '/handed-over', external: true }] },
        configure: (app) => {
          app.use('/handed-over', (request: IncomingMessage, response: ServerResponse) => {
            reached.push(String(request.method));
            response.writeHead(request.method === 'OPTIONS' ? 204 : 200, [
              ...['Access-Control-Allow-Origin', String(request.headers.origin)],
              ...['Access-Control-Allow-Credentials', 'true'],
              ...['Access-Control-Allow-Methods', 'GET, PUT'],
              ...['Vary', 'Accept'],
            ] as never);
            response.end();
          });
        },
      });
      running.push(application);
    });

    it.each(['/handed-over', '/handed-over/below'])('%s: nothing is written or removed', async (path) => {
      for (const origin of [APP, EVIL]) {
        const response = await application.from(origin, path);
        expect(corsHeaders(response)).toEqual({
          'access-control-allow-origin': origin,
          'access-control-allow-credentials': 'true',
          'access-control-allow-methods': 'GET, PUT',
        });
        expect(response.headers.vary).toBe('Accept');
      }
    });

    it.each(['/handed-over', '/handed-over/below'])(
      '%s: preflights reach the application that serves it',
      async (path) => {
        reached.length = 0;
        const response = await application.preflight(EVIL, 'PUT', path, 'content-type');
        expect(response.status).toBe(204);
        expect(corsHeaders(response)).toEqual({
          'access-control-allow-origin': EVIL,
          'access-control-allow-credentials': 'true',
          'access-control-allow-methods': 'GET, PUT',
        });
        expect(response.headers.vary).toBe('Accept');
        expect(reached).toEqual(['OPTIONS']);
      },
    );

    it('neighbouring paths: keep their policy', async () => {
      reached.length = 0;
      expect((await application.preflight(EVIL, 'GET', '/one')).status).toBe(403);
      expect(corsHeaders(await application.from(EVIL, '/one'))).toEqual({});
      expect((await application.preflight(EVIL, 'GET', '/handed-over-not')).status).toBe(403);
      expect(reached).toEqual([]);
    });

    it('log: has no warning', () => {
      expect(application.logger.warnings.filter((line) => /handed-over(?!-not)/.test(line))).toEqual([]);
    });
  });
});
