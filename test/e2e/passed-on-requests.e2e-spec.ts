import { type Server, createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  Delete,
  type ExceptionFilter,
  Get,
  type INestApplication,
  Module,
  NotFoundException,
  Post,
  Put,
  RequestMethod,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { CORS_DECISION_CHANNEL } from '../../lib/entry-points/diagnostics/index.js';
import { CorsModule, type CorsModuleOptions, DisableCors } from '../../lib/index.js';
import {
  PLATFORMS,
  RecordingLogger,
  type RunningApplication,
  corsHeaders,
  createApplication,
  startApplication,
  varyOf,
} from '../support/application.js';
import { type Received, send } from '../support/http-client.js';
import { close, listen } from '../support/listening.js';
import { eventsDuring } from '../support/published-events.js';

const APP = 'https://app.example.com';
const INNER = 'https://inner.example';
const EVIL = 'https://evil.example';

@Controller()
class InnerController {
  @Get('inner')
  read() {
    return 'inner';
  }

  @Get('health')
  health() {
    return 'inner health';
  }

  @Post('inner')
  write() {
    return 'written';
  }
}

@Controller()
class OuterController {
  @Get('secret')
  @DisableCors()
  secret() {
    return 'secret';
  }

  @Get('own')
  own() {
    return 'own';
  }

  @Put('own')
  replace() {
    return 'replaced';
  }

  @Delete('own')
  @DisableCors()
  remove() {
    return 'removed';
  }
}

@Catch(NotFoundException)
class PassOnFilter implements ExceptionFilter {
  catch(_error: NotFoundException, host: ArgumentsHost) {
    host.getArgByIndex<() => void>(2)();
  }
}

type Middleware = (request: never, response: never, next: () => void) => void;
type Instance = Middleware & { handle: Middleware };

const HAND_OVER: Readonly<Record<string, (instance: Instance) => unknown>> = {
  'a mount': (instance) => instance,
  'a function around it, as vhost': (instance) => (request: never, response: never, next: () => void) =>
    instance(request, response, next),
};

// NestJS 11 answers what is outside of the prefix itself, with a 404: its not-found handler knows no prefix.
const isPrefixPassedOn = ExpressAdapter.prototype.setNotFoundHandler.length > 2;
const itPassingOn: (title: string, test: () => Promise<void>) => void = isPrefixPassedOn ? it : () => undefined;

const PASS_ON: Readonly<Record<string, (app: INestApplication) => void>> = {
  'its global prefix': (app) =>
    void app.setGlobalPrefix('v1', { exclude: [{ path: 'health', method: RequestMethod.GET }] }),
  'an exception filter that calls next()': (app) => void app.useGlobalFilters(new PassOnFilter()),
};

const running: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const application of running.splice(0)) {
    await application.close();
  }
});

async function inner(cors: CorsModuleOptions, configure: (app: INestApplication) => void): Promise<Instance> {
  @Module({ imports: [CorsModule.forRoot(cors)], controllers: [InnerController] })
  class InnerModule {}

  const app = await NestFactory.create(InnerModule, new ExpressAdapter(), { logger: false });
  configure(app);
  await app.init();
  running.push(app);
  return app.getHttpAdapter().getInstance() as Instance;
}

describe.each(PLATFORMS)('request that an inner application of Nest on Express passes on to one on %s', (platform) => {
  async function start(
    cors: CorsModuleOptions,
    passOn: (app: INestApplication) => void,
    handOver: (instance: Instance) => unknown = (instance) => instance,
    outer: CorsModuleOptions | false = { origin: APP, credentials: true },
  ): Promise<RunningApplication> {
    const instance = await inner(cors, passOn);
    const application = await startApplication(platform, 'NestFactory', {
      cors: outer,
      controllers: [OuterController],
      configure: (app) => {
        app.use(handOver(instance));
        app.use((_: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
          response.setHeader('Access-Control-Allow-Origin', EVIL);
          next();
        });
      },
    });
    running.push(application);
    return application;
  }

  describe.each(Object.entries(PASS_ON).slice(isPrefixPassedOn ? 0 : 1))('passed on by %s', (_how, passOn) => {
    it.each(Object.entries(HAND_OVER))(
      'handed over from %s: is answered by the policy of the outer application',
      async (_by, handOver) => {
        const { from } = await start({ origin: INNER, credentials: true }, passOn, handOver);
        for (const origin of [INNER, APP, EVIL]) {
          expect(corsHeaders(await from(origin, '/secret'))).toEqual({});
        }
        const own = await from(APP, '/own');
        expect(own.body).toBe('own');
        expect(corsHeaders(own)).toEqual({
          'access-control-allow-origin': APP,
          'access-control-allow-credentials': 'true',
        });
        const refused = await from(INNER, '/own');
        expect(corsHeaders(refused)).toEqual({});
        expect(varyOf(refused)).toContain('origin');
        expect(corsHeaders(await from(INNER, '/none'))).toEqual({});
      },
    );

    it('outer application without policies: has no CORS headers', async () => {
      const { from } = await start({ origin: INNER, credentials: true }, passOn, undefined, false);
      const response = await from(INNER, '/own');
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': EVIL });
      expect(varyOf(response)).not.toContain('origin');
    });

    it('external path of the inner application: is ignored', async () => {
      const paths = [{ path: '/secret', external: true as const }];
      const { from } = await start({ origin: INNER, paths }, passOn);
      expect(corsHeaders(await from(EVIL, '/secret'))).toEqual({});
    });

    it('answered by the inner application: has its policy', async () => {
      const { from } = await start({ origin: INNER, credentials: true }, passOn);
      const path = (await from(INNER, '/inner')).body === 'inner' ? '/inner' : '/v1/inner';
      const response = await from(INNER, path);
      expect(response.body).toBe('inner');
      expect(corsHeaders(response)).toMatchObject({ 'access-control-allow-origin': INNER });
      expect(corsHeaders(await from(APP, path))).toEqual({});
    });
  });

  const prefixed = PASS_ON['its global prefix'] as (app: INestApplication) => void;

  itPassingOn('are not rejected by the inner one, whose own are', async () => {
    const { from } = await start({ origin: INNER, rejectDisallowed: true }, prefixed);
    const passed = await from(APP, '/own', { method: 'PUT' });
    expect([passed.status, passed.body]).toEqual([200, 'replaced']);
    expect(corsHeaders(passed)).toMatchObject({ 'access-control-allow-origin': APP });
    for (const path of [
      '/v1/inner',
      '/v1/none',
      '/V1/inner',
      '/health',
      ...(platform === 'express' ? ['/v1/%ff'] : []),
    ]) {
      expect((await from(APP, path, { method: 'POST' })).status).toBe(403);
    }
  });

  itPassingOn('are rejected below an entry of the inner one', async () => {
    const paths = [{ path: '/own', policy: 'inner' as const }];
    const cors = { origin: '*', policies: { inner: { origin: INNER, rejectDisallowed: true } }, paths };
    const { from } = await start(cors, prefixed);
    expect((await from(APP, '/own', { method: 'PUT' })).status).toBe(403);
  });

  itPassingOn('preflight: is answered by the outer application, also after the inner one', async () => {
    const outer = { origin: APP, paths: [{ path: '/v1', external: true as const }] };
    const { preflight } = await start({ origin: INNER }, prefixed, undefined, outer);
    expect((await preflight(INNER, 'DELETE', '/own')).status).toBe(403);
    expect(corsHeaders(await preflight(INNER, 'POST', '/v1/inner'))).toMatchObject({
      'access-control-allow-origin': INNER,
    });
    expect((await preflight(APP, 'POST', '/v1/inner')).status).toBe(403);
  });

  itPassingOn('ask the outer one whether what a browser has stored has changed', async () => {
    const { from } = await start({ origin: INNER }, prefixed);
    const { headers } = await from(APP, '/own');
    const { status } = await from(APP, '/own', { headers: { 'If-None-Match': String(headers.etag ?? '"none"') } });
    expect(status).toBe(headers.etag === undefined ? 200 : 304);
  });

  itPassingOn('are logged by the outer one only', async () => {
    const events = await eventsDuring(CORS_DECISION_CHANNEL, async () => {
      const { from } = await start({ origin: INNER }, prefixed);
      await from(EVIL, '/own');
    });
    expect(events).toHaveLength(1);
  });
});

describe('application of Nest on Express without CorsModule around it', () => {
  async function serve(configure: (app: INestApplication) => void): Promise<number> {
    const instance = await inner({ origin: INNER, rejectDisallowed: true }, configure);
    const server: Server = createServer((request, response) =>
      instance(request as never, response as never, () => {
        response.setHeader('Access-Control-Allow-Origin', '*');
        response.end('passed on');
      }),
    );
    const port = await listen(server);
    running.push({ close: () => close(server) });
    return port;
  }

  const request = (port: number, method: string, path: string, headers = {}): Promise<Received> =>
    send(port, path, { method, headers: { Origin: APP, ...headers } });

  itPassingOn('gets the preflights and requests that are not below the prefix', async () => {
    const port = await serve(PASS_ON['its global prefix'] as (app: INestApplication) => void);
    for (const [method, headers] of [
      ['POST', {}],
      ['OPTIONS', { 'Access-Control-Request-Method': 'PUT' }],
    ] as const) {
      const response = await request(port, method, '/own', headers);
      expect(response.body).toBe('passed on');
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': '*' });
      expect((await request(port, method, '/v1/inner', headers)).status).toBe(403);
    }
  });

  itPassingOn('gets no grant of its own from a middleware of the nested one outside of the prefix', async () => {
    const port = await serve((app) => {
      app.setGlobalPrefix('v1');
      app.use(
        '/tool',
        (_: unknown, response: { setHeader(name: string, value: string): void; end(body: string): void }) => {
          response.setHeader('Access-Control-Allow-Origin', '*');
          response.end('tool');
        },
      );
    });
    const preflight = { 'Access-Control-Request-Method': 'PUT' };
    expect(corsHeaders(await request(port, 'OPTIONS', '/tool', preflight))).toEqual({});
    const response = await request(port, 'GET', '/tool');
    expect(response.body).toBe('tool');
    expect(corsHeaders(response)).toEqual({});
    expect(varyOf(response)).toContain('origin');
  });
});

describe('two applications of Nest on one instance of Express with CorsModule in both', () => {
  it.each([
    ['an adapter of its own', (adapter: ExpressAdapter) => new ExpressAdapter(adapter.getInstance() as never)],
    ['the same adapter', (adapter: ExpressAdapter) => adapter],
  ])('%s: the second one does not boot', async (_name, adapterOf) => {
    const first = await createApplication('express', 'NestFactory', { cors: { origin: APP } });
    first.setGlobalPrefix('v1');
    await first.init();
    running.push(first);

    @Module({ imports: [CorsModule.forRoot({ origin: INNER })] })
    class SecondModule {}

    const adapter = adapterOf(first.getHttpAdapter() as unknown as ExpressAdapter);
    const second = await NestFactory.create(SecondModule, adapter, {
      logger: new RecordingLogger(),
      abortOnError: false,
    });
    second.setGlobalPrefix('v2');
    await expect(second.init()).rejects.toThrow('an instance of its own');
  });
});
