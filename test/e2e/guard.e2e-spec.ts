import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  type INestApplication,
  Module,
  Post,
  Put,
  Version,
  VersioningType,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { CORS_DECISION_CHANNEL } from '../../lib/entry-points/diagnostics/index.js';
import { CorsModule, CorsPolicy, DisableCors } from '../../lib/index.js';
import { type ApplicationSetup, PLATFORMS, corsHeaders, startApplication } from '../support/application.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import { eventsDuring } from '../support/published-events.js';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example';

type AnyRequest = { url: string; method: string; raw?: unknown; headers: Record<string, unknown> };

@Controller('strict')
@CorsPolicy({ origin: APP, rejectDisallowed: true, methods: ['GET', 'POST'] })
class StrictController {
  constructor() {
    this.secret = this.secret.bind(this);
  }

  @Get()
  read() {
    return 'read';
  }

  @Post()
  write() {
    return 'written';
  }

  @Put()
  replace() {
    return 'replaced';
  }

  @Get('secret')
  @DisableCors()
  secret() {
    return 'secret';
  }
}

describe.each(PLATFORMS)('global guard on %s', (platform) => {
  const startForTest = closedAfterEach(startApplication);

  async function start(setup: Partial<ApplicationSetup> = {}) {
    return startForTest(platform, 'NestFactory', { controllers: [StrictController], ...setup });
  }

  const through = (middleware: (request: AnyRequest) => void) => (app: INestApplication) =>
    void app.use((request: AnyRequest, _response: unknown, next: () => void) => {
      middleware(request);
      next();
    });

  describe('a middleware that begins the response, and removes from the request what its sender is known by', () => {
    class VersionsController {
      readonly called: string[] = [];

      @Put('versions')
      @Version('1')
      @CorsPolicy({ origin: APP, credentials: true, allowedHeaders: ['x-v'] })
      open() {
        return 'open';
      }

      @Put('versions')
      @Version('2')
      @CorsPolicy({ origin: [] })
      closed() {
        return 'closed';
      }

      @Put('versions')
      @Version('3')
      @CorsPolicy({ origin: APP })
      anonymous() {
        return 'anonymous';
      }
    }
    Controller()(VersionsController);

    const begin = {
      'with flushHeaders()': (response: ServerResponse) => response.flushHeaders(),
      'with write()': (response: ServerResponse) => void response.write(' '),
    };
    const CASES = Object.keys(begin).flatMap((how) => [['2', 'origin', how] as const, ['3', 'cookie', how] as const]);

    it.each(CASES)(
      'unsafe request to version %s without its %s, begun %s: does not reach the handler',
      async (version, removed, how) => {
        const reached: string[] = [];
        const { from } = await start({
          controllers: [VersionsController],
          configure: (app) => {
            app.enableVersioning({ type: VersioningType.HEADER, header: 'x-v' });
            app.use((request: AnyRequest, response: ServerResponse, next: () => void) => {
              delete request.headers[removed];
              begin[how as keyof typeof begin](response);
              next();
            });
            app.useGlobalInterceptors({
              intercept: (context: ExecutionContext, next: CallHandler) => {
                reached.push(context.getHandler().name);
                return next.handle();
              },
            });
            // NestJS 11 leaves a response open that has begun.
            app.useGlobalFilters({
              catch: (_error: unknown, host: ArgumentsHost) => {
                const response = host.switchToHttp().getResponse<ServerResponse & { raw?: ServerResponse }>();
                (response.raw ?? response).end();
              },
            });
          },
        });
        await from(APP, '/versions', { method: 'PUT', headers: { 'X-V': version, Cookie: 'session=1' } });
        expect(reached).toEqual([]);
      },
    );
  });

  it('handler that a constructor has bound: is found', async () => {
    const { from } = await start();
    const response = await from(APP, '/strict/secret');
    expect(response.status).toBe(403);
    expect(corsHeaders(response)).toEqual({});
  });

  it('Origin that a middleware has changed: the received one is evaluated', async () => {
    const { from } = await start({ configure: through(({ headers }) => void delete headers['origin']) });
    expect((await from(EVIL, '/strict', { method: 'POST' })).status).toBe(403);
    expect((await from(APP, '/strict', { method: 'POST' })).body).toBe('written');
  });

  it('property `raw` that is not the request: is ignored', async () => {
    const { from } = await start({
      configure: (app) => {
        if (platform === 'express') {
          through((request) => (request.raw = Buffer.from('body')))(app);
        }
      },
    });
    expect((await from(APP, '/strict')).body).toBe('read');
    expect((await from(EVIL, '/strict')).status).toBe(403);
  });
});

describe('global guard on express', () => {
  let close: (() => Promise<unknown>) | undefined;

  afterEach(async () => {
    await close?.();
  });

  it('method that a middleware has changed: is evaluated anew', async () => {
    const application = await startApplication('express', 'NestFactory', {
      controllers: [StrictController],
      configure: (app) =>
        void app.use((request: AnyRequest, _response: unknown, next: () => void) => {
          request.method = String(request.headers['x-http-method-override'] ?? request.method);
          next();
        }),
    });
    close = application.close;
    const overridden = { method: 'POST', headers: { 'X-HTTP-Method-Override': 'PUT' } };
    const response = await application.from(APP, '/strict', overridden);
    expect(response.status).toBe(403);
    expect(corsHeaders(response)).toEqual({});
  });

  it('response that a middleware has written before it calls next(): is reported once', async () => {
    const application = await startApplication('express', 'NestFactory', {
      controllers: [StrictController],
      configure: (app) =>
        void app.use((_request: AnyRequest, response: { end(): void }, next: () => void) => {
          response.end();
          next();
        }),
    });
    close = application.close;
    const events = await eventsDuring(CORS_DECISION_CHANNEL, () => application.from(APP, '/strict'));
    expect(events.map(({ reason }) => reason)).toEqual(['origin-listed']);
  });

  it('policy that the guard evaluates: keeps its Vary', async () => {
    @Controller({ path: 'open', version: '1' })
    @CorsPolicy({ origin: '*' })
    class OpenController {
      @Get()
      read() {
        return 'open';
      }
    }

    @Controller({ path: 'listed', version: '1' })
    @CorsPolicy({ origin: APP })
    class ListedController {
      @Get()
      @Header('Vary', 'Accept')
      read() {
        return 'listed';
      }
    }

    const application = await startApplication('express', 'NestFactory', {
      controllers: [OpenController, ListedController],
      configure: (app) => {
        app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
        app.use((request: AnyRequest, _response: unknown, next: () => void) => {
          request.url = '/listed';
          next();
        });
      },
    });
    close = application.close;
    const { body, headers } = await application.from(APP, '/open', { headers: { 'X-Version': '1' } });
    expect(body).toBe('listed');
    expect(headers['access-control-allow-origin']).toBe(APP);
    expect(headers.vary).toBe('Accept, Origin');
  });
});

describe('application within another one', () => {
  it('guard that refuses: takes back the grant of the outer application', async () => {
    @Controller('x')
    class InnerController {
      @Get()
      read() {
        return 'inner';
      }
    }

    @Module({ imports: [CorsModule.forRoot({ origin: 'https://inner.example' })], controllers: [InnerController] })
    class InnerModule {}

    const inner = await NestFactory.create(InnerModule, new ExpressAdapter(), { logger: false });
    await inner.init();
    const { from, close } = await startApplication('express', 'NestFactory', {
      cors: { origin: APP },
      configure: (app) => void app.use('/sub', inner.getHttpAdapter().getInstance() as never),
    });
    const refused = await from(APP, '/sub/x');
    expect(refused.body).toBe('inner');
    expect(corsHeaders(refused)).toEqual({});
    expect(corsHeaders(await from('https://inner.example', '/sub/x'))).toEqual({
      'access-control-allow-origin': 'https://inner.example',
    });
    await close();
    await inner.close();
  });
});
