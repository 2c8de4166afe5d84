import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  All,
  type ArgumentsHost,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestModule,
  Options,
  type PipeTransform,
  Post,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, BaseExceptionFilter } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Observable } from 'rxjs';
import { CorsPolicy } from '../../lib/index.js';
import {
  ENVIRONMENTS,
  type Platform,
  type RunningApplication,
  corsHeaders,
  startApplication,
  varyOf,
} from '../support/application.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';

/** The content type that only the application's own body parser reads. */
const CONTENT_TYPE = 'text/x-test';

/** The parts of the application that a request reached, in order. */
const reached: string[] = [];

class CountingGuard implements CanActivate {
  canActivate(): boolean {
    reached.push('guard');
    return true;
  }
}

class CountingInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    reached.push('interceptor');
    return next.handle();
  }
}

class CountingPipe implements PipeTransform {
  transform(value: unknown): unknown {
    reached.push('pipe');
    return value;
  }
}

@Catch()
class CountingFilter extends BaseExceptionFilter implements ExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): void {
    reached.push('filter');
    super.catch(exception, host);
  }
}

function counting(name: string) {
  return (_request: IncomingMessage, _response: ServerResponse, next: () => void): void => {
    reached.push(name);
    next();
  };
}

@Controller('orders')
@CorsPolicy({ origin: [PARTNER], exposedHeaders: ['x-orders'] })
class OrdersController {
  @Get()
  list() {
    reached.push('handler');
    return 'orders';
  }

  @Post()
  create(@Body() body: unknown) {
    reached.push('handler');
    return { received: body };
  }

  @Options()
  @CorsPolicy({ exposedHeaders: ['x-options'] })
  options() {
    reached.push('handler');
    return 'options of orders';
  }
}

@Controller('everything')
@CorsPolicy({ origin: [PARTNER], exposedHeaders: ['x-everything'] })
class EverythingController {
  @All()
  everything() {
    reached.push('handler');
    return 'everything';
  }
}

@Controller('files')
@CorsPolicy({ origin: '*' })
class FilesController {
  @Get()
  read() {
    reached.push('handler');
    return 'file';
  }

  @Options()
  options() {
    reached.push('handler');
    return 'options of files';
  }
}

@Module({})
class MiddlewareModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(counting('Nest middleware')).forRoutes('{*path}');
  }
}

/** A body parser, and middleware of `main.ts`, that tell when they see a request. */
function configure(platform: Platform): (app: INestApplication) => void {
  return (app) => {
    app.use(counting('main.ts middleware'));
    const { useBodyParser } = app as unknown as { useBodyParser(type: string, ...rest: unknown[]): void };
    if (platform === 'express') {
      useBodyParser.call(app, 'text', { type: CONTENT_TYPE, verify: () => void reached.push('body parser') });
    } else {
      useBodyParser.call(app, CONTENT_TYPE, {}, (_: unknown, body: Buffer, done: (e: null, body: string) => void) => {
        reached.push('body parser');
        done(null, body.toString());
      });
    }
  };
}

describe.each(ENVIRONMENTS)('requests that CORS does not change, on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, bootstrap, {
      imports: [MiddlewareModule],
      controllers: [OrdersController, EverythingController, FilesController],
      providers: [
        { provide: APP_GUARD, useClass: CountingGuard },
        { provide: APP_INTERCEPTOR, useClass: CountingInterceptor },
        { provide: APP_PIPE, useClass: CountingPipe },
        { provide: APP_FILTER, useClass: CountingFilter },
      ],
      cors: { origin: [APP], paths: [{ path: '/mounted', policy: { origin: [PARTNER] } }] },
      configure: configure(platform),
    });
  });

  beforeEach(() => {
    reached.length = 0;
  });

  afterAll(() => application.close());

  const preflight = (origin: string, path: string, method: string, extra: Record<string, string> = {}, body?: string) =>
    application.from(origin, path, {
      method: 'OPTIONS',
      headers: { 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'content-type', ...extra },
      ...(body === undefined ? {} : { body }),
    });

  it('actual request: goes through every part of the application', async () => {
    const response = await application.from(PARTNER, '/orders', {
      method: 'POST',
      headers: { 'Content-Type': CONTENT_TYPE },
      body: 'text',
    });
    expect(response.body).toBe('{"received":"text"}');
    expect([...reached].sort()).toEqual(
      ['main.ts middleware', 'body parser', 'Nest middleware', 'guard', 'interceptor', 'pipe', 'handler'].sort(),
    );
    await application.from(PARTNER, '/nowhere');
    expect(reached).toContain('filter');
  });

  it.each([
    ['granted', 204, PARTNER, '/orders', 'POST'],
    ['granted, of a path with an @Options() route', 204, PARTNER, '/orders', 'GET'],
    ['granted, of an OPTIONS request', 204, PARTNER, '/orders', 'OPTIONS'],
    ['granted, of an @All() route', 204, PARTNER, '/everything', 'PATCH'],
    ['granted by *', 204, STRANGER, '/files', 'GET'],
    ['granted, of a paths entry', 204, PARTNER, '/mounted/below', 'POST'],
    ['granted, of a path that does not exist', 204, APP, '/nowhere', 'DELETE'],
    ['refused for its origin', 403, STRANGER, '/orders', 'POST'],
    ['refused for its origin, of an @All() route', 403, STRANGER, '/everything', 'PATCH'],
    ['refused for its origin, of a paths entry', 403, STRANGER, '/mounted', 'POST'],
    ['refused for its origin, of a path that does not exist', 403, STRANGER, '/nowhere', 'GET'],
    ['refused for its method', 403, PARTNER, '/orders', 'DELETE'],
    ['refused for a malformed method', 403, PARTNER, '/everything', 'GET, POST'],
    ['refused for a malformed origin', 403, `${PARTNER}/`, '/everything', 'GET'],
  ])('preflight: is answered before anything else sees it: %s', async (_, status, origin, path, method) => {
    const response = await preflight(origin, path, method);
    expect(response.status).toBe(status);
    expect(response.body).toBe('');
    expect(reached).toEqual([]);
  });

  it.each([
    ['granted', 204, PARTNER],
    ['refused', 403, STRANGER],
  ])('preflight with a body: is answered without parsing it: %s', async (_, status, origin) => {
    for (const [type, body] of [
      [CONTENT_TYPE, 'text'],
      ['application/json', '{"malformed'],
      ['application/unknown', 'x'.repeat(200_000)],
    ] as const) {
      for (const framing of [{ 'Content-Length': String(body.length) }, { 'Transfer-Encoding': 'chunked' }]) {
        const response = await preflight(origin, '/orders', 'POST', { 'Content-Type': type, ...framing }, body);
        expect(response.status).toBe(status);
      }
    }
    expect(reached).toEqual([]);
    expect((await application.send('/orders')).body).toBe('orders');
  });

  describe('an OPTIONS request that is no preflight', () => {
    const neither = {};
    const withoutMethod = { Origin: PARTNER };
    const withoutOrigin = { 'Access-Control-Request-Method': 'GET' };
    const withHeadersOnly = { Origin: PARTNER, 'Access-Control-Request-Headers': 'x-one' };

    it.each([
      ['no CORS header', neither],
      ['an Origin alone', withoutMethod],
      ['Access-Control-Request-Method alone', withoutOrigin],
      ['Access-Control-Request-Headers, but no method', withHeadersOnly],
    ])('%s: reaches its route', async (_, headers) => {
      const orders = await application.send('/orders', { method: 'OPTIONS', headers });
      expect(orders.status).toBe(200);
      expect(orders.body).toBe('options of orders');
      const everything = await application.send('/everything', { method: 'OPTIONS', headers });
      expect(everything.status).toBe(200);
      expect(everything.body).toBe('everything');
      expect(reached.filter((part) => part === 'handler')).toHaveLength(2);
      expect(reached.filter((part) => part === 'guard')).toHaveLength(2);
    });

    it("allowed origin: has the headers of its route's policy, and none of a preflight", async () => {
      const options = await application.from(PARTNER, '/orders', { method: 'OPTIONS' });
      expect(corsHeaders(options)).toEqual({
        'access-control-allow-origin': PARTNER,
        'access-control-expose-headers': 'x-options',
      });
      expect(varyOf(options)).toEqual(['origin']);
      const everything = await application.from(PARTNER, '/everything', { method: 'OPTIONS' });
      expect(corsHeaders(everything)).toEqual({
        'access-control-allow-origin': PARTNER,
        'access-control-expose-headers': 'x-everything',
      });
      expect(varyOf(everything)).toEqual(['origin']);
    });

    it('refused origin, or none: has no CORS header', async () => {
      for (const headers of [{ Origin: STRANGER }, withoutOrigin, neither]) {
        const response = await application.send('/orders', { method: 'OPTIONS', headers });
        expect(response.body).toBe('options of orders');
        expect(corsHeaders(response)).toEqual({});
        expect(varyOf(response)).toEqual(['origin']);
      }
    });

    it('policy with *: has * for every origin', async () => {
      for (const headers of [{ Origin: STRANGER }, withoutOrigin, neither]) {
        const response = await application.send('/files', { method: 'OPTIONS', headers });
        expect(response.body).toBe('options of files');
        expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': '*' });
        expect(varyOf(response)).toEqual([]);
      }
    });

    it('path without such a route: is answered by the application', async () => {
      for (const path of ['/nowhere', '/mounted']) {
        const response = await application.from(APP, path, { method: 'OPTIONS' });
        expect(response.status).toBe(404);
        expect(reached.splice(0)).toEqual(expect.arrayContaining(['main.ts middleware', 'filter']));
      }
    });
  });

  it('other methods with headers of a preflight: are no preflight', async () => {
    for (const method of ['GET', 'POST']) {
      const response = await preflight(PARTNER, '/everything', 'PUT', {}).then(() =>
        application.from(PARTNER, '/everything', { method, headers: { 'Access-Control-Request-Method': 'PUT' } }),
      );
      expect(response.body).toBe('everything');
      expect(corsHeaders(response)).not.toHaveProperty('access-control-allow-methods');
    }
  });
});
