import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, type INestApplication, Module, Post, Put, VersioningType } from '@nestjs/common';
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
