import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type ArgumentsHost,
  BadRequestException,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  HttpException,
  Injectable,
  type INestApplication,
  type MessageEvent,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestMiddleware,
  type NestModule,
  NotFoundException,
  Param,
  ParseIntPipe,
  type PipeTransform,
  Post,
  Redirect,
  Res,
  Sse,
  StreamableFile,
  UnauthorizedException,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Readable } from 'node:stream';
import { Observable, map, of } from 'rxjs';
import { CorsPolicy } from '../../lib/index.js';
import {
  ENVIRONMENTS,
  type Platform,
  type RunningApplication,
  corsHeaders,
  startApplication,
  varyOf,
} from '../support/application.js';
import type { Received, Sent } from '../support/http-client.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';

/** What the two adapters' replies have in common. */
interface Reply {
  readonly raw?: ServerResponse;
  status(code: number): Reply;
  header(name: string, value: string): Reply;
  send(body: unknown): Reply;
  hijack?(): void;
}

/** Answers 401 or 403 when a request asks for it. Registered in the root module, and so before the library's guard. */
@Injectable()
class OuterGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    switch (context.switchToHttp().getRequest<IncomingMessage>().headers['x-guard']) {
      case '401':
        throw new UnauthorizedException();
      case '403':
        throw new ForbiddenException();
      case 'false':
        return false;
      case 'crash':
        throw new Error('The guard crashed');
      default:
        return true;
    }
  }
}

/** Ends or breaks a request on its way to the handler when the request asks for it. */
@Injectable()
class ObedientMiddleware implements NestMiddleware<IncomingMessage, ServerResponse> {
  use(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): unknown {
    switch (request.headers['x-middleware']) {
      case 'throw':
        throw new Error('The middleware threw');
      case 'throw-401':
        throw new UnauthorizedException();
      case 'reject':
        return Promise.reject(new Error('The middleware rejected'));
      case 'next-error':
        return next(new Error('The middleware passed an error on'));
      case 'next-403':
        return next(new ForbiddenException());
      case 'end':
        response.statusCode = 202;
        return response.end('from the middleware');
      case 'write-head':
        return response.writeHead(202, { 'Content-Type': 'text/plain' }).end('from the middleware');
      case 'set-vary':
        response.setHeader('Vary', 'Accept-Language');
        return next();
      case 'set-vary-and-end':
        response.setHeader('Vary', 'Accept-Language');
        return response.end('from the middleware');
      default:
        return next();
    }
  }
}

/** As `app.use()` in `main.ts` takes it. */
function mainMiddleware(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void {
  switch (request.headers['x-main']) {
    case 'end':
      response.statusCode = 202;
      response.end('from main.ts');
      return;
    case 'next-error':
      next(new Error('The middleware of main.ts passed an error on'));
      return;
    default:
      next();
  }
}

class TeapotError extends Error {}

@Catch(TeapotError)
class TeapotFilter implements ExceptionFilter {
  catch(_: TeapotError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Reply>().status(418).send({ teapot: true });
  }
}

@Catch(TeapotError)
class VaryFilter implements ExceptionFilter {
  catch(_: TeapotError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<Reply>();
    reply.header('Vary', 'Accept-Language').status(418).send({ teapot: true });
  }
}

class ThrowingInterceptor implements NestInterceptor {
  intercept(): Observable<unknown> {
    throw new Error('The interceptor threw');
  }
}

class FailingInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map(() => {
        throw new BadRequestException();
      }),
    );
  }
}

class RefusingPipe implements PipeTransform {
  transform(): never {
    throw new BadRequestException('The pipe refuses everything');
  }
}

class CrashingPipe implements PipeTransform {
  transform(): never {
    throw new Error('The pipe crashed');
  }
}

/** Names a header that only this handler exposes: whose policy an answer carries can be read off it. */
const Exposes = (name: string) => CorsPolicy({ exposedHeaders: [`x-${name}`] });

/** Every way in which a handler can answer. The two controllers that inherit it have different policies. */
abstract class Answers {
  @Get('text')
  @Exposes('text')
  text() {
    return 'text';
  }

  @Post('body')
  @Exposes('body')
  body() {
    return { accepted: true };
  }

  @Get('nothing')
  @HttpCode(204)
  @Exposes('nothing')
  nothing() {}

  @Get('numbers/:number')
  @Exposes('number')
  number(@Param('number', ParseIntPipe) number: number) {
    return { number };
  }

  @Get('refusing-pipe/:value')
  @Exposes('refusing-pipe')
  refusingPipe(@Param('value', RefusingPipe) value: unknown) {
    return value;
  }

  @Get('crashing-pipe/:value')
  @Exposes('crashing-pipe')
  crashingPipe(@Param('value', CrashingPipe) value: unknown) {
    return value;
  }

  @Get('missing')
  @Exposes('missing')
  missing(): never {
    throw new NotFoundException();
  }

  @Get('sync-crash')
  @Exposes('sync-crash')
  syncCrash(): never {
    throw new Error('The handler crashed');
  }

  @Get('async-crash')
  @Exposes('async-crash')
  async asyncCrash(): Promise<never> {
    await Promise.resolve();
    throw new Error('The handler crashed later');
  }

  @Get('not-an-error')
  @Exposes('not-an-error')
  notAnError(): never {
    // eslint-disable-next-line no-throw-literal -- applications do
    throw 'a string';
  }

  @Get('http-exception')
  @Exposes('http-exception')
  async httpException(): Promise<never> {
    throw new HttpException({ reason: 'custom' }, 409);
  }

  @Get('filtered')
  @UseFilters(TeapotFilter)
  @Exposes('filtered')
  filtered(): never {
    throw new TeapotError();
  }

  @Get('throwing-interceptor')
  @UseInterceptors(ThrowingInterceptor)
  @Exposes('throwing-interceptor')
  throwingInterceptor() {
    return 'unreached';
  }

  @Get('failing-interceptor')
  @UseInterceptors(FailingInterceptor)
  @Exposes('failing-interceptor')
  failingInterceptor() {
    return 'replaced';
  }

  @Sse('events')
  @Exposes('events')
  events(): Observable<MessageEvent> {
    return of({ data: 'first' }, { data: 'second' });
  }

  @Get('file')
  @Exposes('file')
  file() {
    return new StreamableFile(Buffer.from('a file'));
  }

  @Get('broken-file')
  @Exposes('broken-file')
  brokenFile() {
    return new StreamableFile(
      new Readable({
        read() {
          this.destroy(new Error('The disk is gone'));
        },
      }),
    );
  }

  @Get('redirect')
  @Redirect('/elsewhere', 307)
  @Exposes('redirect')
  redirect() {}

  @Get('reply')
  @Exposes('reply')
  reply(@Res() reply: Reply) {
    reply.status(203).send('sent by hand');
  }

  @Get('raw')
  @Exposes('raw')
  raw(@Res() reply: Reply) {
    reply.hijack?.();
    const response = reply.raw ?? (reply as unknown as ServerResponse);
    response.writeHead(203, { 'Content-Type': 'text/plain' });
    response.end('ended by hand');
  }

  @Get('raw-vary')
  @Exposes('raw-vary')
  rawVary(@Res() reply: Reply) {
    reply.hijack?.();
    const response = reply.raw ?? (reply as unknown as ServerResponse);
    response.writeHead(203, { Vary: 'Accept' });
    response.end('varies by hand');
  }

  @Get('own-vary')
  @Header('Vary', 'Accept')
  @Exposes('own-vary')
  ownVary() {
    return 'varies';
  }
}

@Controller('partner')
@CorsPolicy({ origin: [PARTNER], credentials: false })
class PartnerController extends Answers {}

@Controller('public')
@CorsPolicy({ origin: '*', credentials: false })
class PublicController extends Answers {}

@Module({})
class MiddlewareModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(ObedientMiddleware).forRoutes(PartnerController, PublicController);
  }
}

interface Answer {
  /** Below the controller. */
  readonly path: string;
  readonly sent?: Sent;
  readonly status: number | Readonly<Record<Platform, number>>;
  /** Name of the header that the handler exposes; default: the path. */
  readonly handler?: string;
  readonly body?: string;
}

const json = (body: string): Sent => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
const guard = (value: string): Sent => ({ headers: { 'X-Guard': value } });
const middleware = (value: string): Sent => ({ headers: { 'X-Middleware': value } });
const main = (value: string): Sent => ({ headers: { 'X-Main': value } });

const ANSWERS: Readonly<Record<string, Answer>> = {
  'a text': { path: 'text', status: 200, body: 'text' },
  'a text to HEAD': { path: 'text', sent: { method: 'HEAD' }, status: 200, body: '' },
  'JSON to a POST': { path: 'body', sent: json('{"a":1}'), status: 201, body: '{"accepted":true}' },
  'no content': { path: 'nothing', status: 204, body: '' },
  'a 401 of a guard that comes first': { path: 'text', sent: guard('401'), status: 401 },
  'a 403 of a guard that comes first': { path: 'text', sent: guard('403'), status: 403 },
  'the 403 of a guard that says false': { path: 'text', sent: guard('false'), status: 403 },
  'a guard that crashes': { path: 'text', sent: guard('crash'), status: 500 },
  'a 400 of ParseIntPipe': { path: 'numbers/one', status: 400, handler: 'number' },
  'a 400 of a pipe': { path: 'refusing-pipe/1', status: 400, handler: 'refusing-pipe' },
  'a pipe that crashes': { path: 'crashing-pipe/1', status: 500, handler: 'crashing-pipe' },
  'malformed JSON': { path: 'body', sent: json('{"a":'), status: 400 },
  'a body over the limit': { path: 'body', sent: json(JSON.stringify('x'.repeat(2000))), status: 413 },
  'a 404 that the handler throws': { path: 'missing', status: 404 },
  'a handler that throws': { path: 'sync-crash', status: 500 },
  'a handler that rejects': { path: 'async-crash', status: 500 },
  'a handler that throws what is no error': { path: 'not-an-error', status: 500 },
  'an HttpException of a handler': { path: 'http-exception', status: 409, body: '{"reason":"custom"}' },
  'an exception filter': { path: 'filtered', status: 418, body: '{"teapot":true}' },
  'an interceptor that throws': { path: 'throwing-interceptor', status: 500 },
  'an interceptor that fails on the way out': { path: 'failing-interceptor', status: 400 },
  'server-sent events': { path: 'events', status: 200 },
  'a streamed file': { path: 'file', status: 200, body: 'a file' },
  'a file whose stream breaks before the first byte': {
    path: 'broken-file',
    status: { express: 400, fastify: 500 },
  },
  'a redirect': { path: 'redirect', status: 307 },
  'a reply that the handler sends itself': { path: 'reply', status: 203, body: 'sent by hand' },
  'a raw response that the handler ends itself': { path: 'raw', status: 203, body: 'ended by hand' },
  'a handler with a Vary of its own': { path: 'own-vary', status: 200, body: 'varies' },
  'a raw response whose Vary the handler writes itself': { path: 'raw-vary', status: 203, body: 'varies by hand' },
  'a middleware that throws': { path: 'text', sent: middleware('throw'), status: 500 },
  'a middleware that throws a 401': { path: 'text', sent: middleware('throw-401'), status: 401 },
  'a middleware that rejects': { path: 'text', sent: middleware('reject'), status: 500 },
  'a middleware that passes an error to next()': { path: 'text', sent: middleware('next-error'), status: 500 },
  'a middleware that passes a 403 to next()': { path: 'text', sent: middleware('next-403'), status: 403 },
  'a middleware that ends the response': { path: 'text', sent: middleware('end'), status: 202 },
  'a middleware that writes the head itself': { path: 'text', sent: middleware('write-head'), status: 202 },
  'a middleware that overwrites Vary': { path: 'text', sent: middleware('set-vary'), status: 200, body: 'text' },
  'a middleware that overwrites Vary and ends the response': {
    path: 'text',
    sent: middleware('set-vary-and-end'),
    status: 200,
    body: 'from the middleware',
  },
  'a middleware of main.ts that ends the response': { path: 'text', sent: main('end'), status: 202 },
  'a middleware of main.ts that passes an error on': { path: 'text', sent: main('next-error'), status: 500 },
};

/** Answers that come from no route. */
const UNROUTED: Readonly<Record<string, { path: string; sent?: Sent; status: number }>> = {
  'a path that does not exist': { path: '/nowhere', status: 404 },
  'a path that does not exist, with a malformed body': { path: '/nowhere', sent: json('{'), status: 400 },
  'a method that the path does not have': { path: '/partner/text', sent: { method: 'DELETE' }, status: 404 },
};

function configure(platform: Platform): (app: INestApplication) => void {
  return (app) => {
    app.use(mainMiddleware);
    if (platform === 'express') {
      (app as unknown as { useBodyParser(type: string, options: object): void }).useBodyParser('json', { limit: 1000 });
    }
  };
}

describe.each(ENVIRONMENTS)('responses on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, bootstrap, {
      imports: [MiddlewareModule],
      controllers: [PartnerController, PublicController],
      providers: [{ provide: APP_GUARD, useClass: OuterGuard }],
      cors: { origin: [APP], credentials: true },
      adapterOptions: { bodyLimit: 1000 },
      configure: configure(platform),
    });
  });

  afterAll(() => application.close());

  function request(controller: string, { path, sent }: Answer, origin?: string): Promise<Received> {
    const url = `/${controller}/${path}`;
    return origin === undefined ? application.send(url, sent) : application.from(origin, url, sent);
  }

  describe.each(Object.entries(ANSWERS))('%s', (_, answer) => {
    const exposed = `x-${answer.handler ?? answer.path}`;
    const status = typeof answer.status === 'number' ? answer.status : answer.status[platform];

    it('origin that the policy of the route allows: may read it', async () => {
      const response = await request('partner', answer, PARTNER);
      expect(response.status).toBe(status);
      expect(response.body).toEqual(answer.body ?? expect.any(String));
      expect(corsHeaders(response)).toEqual({
        'access-control-allow-origin': PARTNER,
        'access-control-expose-headers': exposed,
      });
      expect(varyOf(response)).toContain('origin');
    });

    it.each([STRANGER, APP])('%s, which that policy does not allow: gets no CORS headers', async (origin) => {
      const response = await request('partner', answer, origin);
      expect(response.status).toBe(status);
      expect(corsHeaders(response)).toEqual({});
      expect(varyOf(response)).toContain('origin');
    });

    it('sends Vary: Origin even without an Origin header', async () => {
      const response = await request('partner', answer);
      expect(response.status).toBe(status);
      expect(corsHeaders(response)).toEqual({});
      expect(varyOf(response)).toContain('origin');
    });

    it('policy with *: is the same for every origin', async () => {
      for (const origin of [undefined, STRANGER]) {
        const response = await request('public', answer, origin);
        expect(response.status).toBe(status);
        expect(corsHeaders(response)).toEqual({
          'access-control-allow-origin': '*',
          'access-control-expose-headers': exposed,
        });
        expect(varyOf(response)).not.toContain('origin');
      }
    });
  });

  describe.each(Object.entries(UNROUTED))('%s', (_, { path, sent, status }) => {
    it('any origin: is evaluated by the default policy of the module', async () => {
      const allowed = await application.from(APP, path, sent);
      expect(allowed.status).toBe(status);
      expect(corsHeaders(allowed)).toEqual({
        'access-control-allow-origin': APP,
        'access-control-allow-credentials': 'true',
      });
      const refused = await application.from(PARTNER, path, sent);
      expect(refused.status).toBe(status);
      expect(corsHeaders(refused)).toEqual({});
      const unasked = await application.send(path, sent);
      expect(corsHeaders(unasked)).toEqual({});
      for (const response of [allowed, refused, unasked]) {
        expect(varyOf(response)).toContain('origin');
      }
    });
  });

  it('Vary of a handler or a middleware: stays', async () => {
    expect(varyOf(await request('partner', ANSWERS['a handler with a Vary of its own'] as Answer, PARTNER))).toContain(
      'accept',
    );
    expect(varyOf(await request('partner', ANSWERS['a middleware that overwrites Vary'] as Answer, PARTNER))).toContain(
      'accept-language',
    );
  });

  it('CORS headers and Vary: are in one line each', async () => {
    for (const answer of Object.values(ANSWERS)) {
      const { rawHeaders } = await request('partner', answer, PARTNER);
      const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
      const ours = names.filter((name) => name.startsWith('access-control-') || name === 'vary');
      expect(ours).toHaveLength(new Set(ours).size);
    }
  });
});

@Controller('plain')
@CorsPolicy({ origin: [PARTNER] })
class PlainController {
  @Get()
  read() {
    return 'plain';
  }

  @Get('missing')
  missing(): never {
    throw new NotFoundException();
  }

  @Get('filtered')
  @UseFilters(VaryFilter)
  filtered(): never {
    throw new TeapotError();
  }
}

@Module({})
class PlainMiddlewareModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(ObedientMiddleware).forRoutes(PlainController);
  }
}

/** The library leaves its interceptor out of applications like this one: no handler can touch the response. */
describe.each(ENVIRONMENTS)('Vary that something else overwrites on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, bootstrap, {
      imports: [PlainMiddlewareModule],
      controllers: [PlainController],
      providers: [{ provide: APP_GUARD, useClass: OuterGuard }],
      cors: { origin: [APP] },
      configure: (app) =>
        app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
          if (request.headers['x-main'] === 'set-vary') {
            response.setHeader('Vary', 'Accept-Language');
          }
          next();
        }),
    });
  });

  afterAll(() => application.close());

  it.each<[string, string, Record<string, string>, number]>([
    ['a middleware of main.ts', '/plain', { 'X-Main': 'set-vary' }, 200],
    ['a middleware of main.ts before a 404 of a handler', '/plain/missing', { 'X-Main': 'set-vary' }, 404],
    ['a middleware of main.ts before a 401 of a guard', '/plain', { 'X-Main': 'set-vary', 'X-Guard': '401' }, 401],
    ['a middleware of main.ts before a 404 of no route', '/nowhere', { 'X-Main': 'set-vary' }, 404],
    ['an exception filter', '/plain/filtered', {}, 418],
    ['a Nest middleware', '/plain', { 'X-Middleware': 'set-vary' }, 200],
    ['a Nest middleware before a 401 of a guard', '/plain', { 'X-Middleware': 'set-vary', 'X-Guard': '401' }, 401],
    ['a Nest middleware that ends the response', '/plain', { 'X-Middleware': 'set-vary-and-end' }, 200],
  ])('overwritten by %s: names Origin again', async (_, path, headers, status) => {
    const response = await application.from(PARTNER, path, { headers });
    expect(response.status).toBe(status);
    expect(varyOf(response)).toEqual(expect.arrayContaining(['accept-language', 'origin']));
  });
});

describe.each(ENVIRONMENTS.filter(([platform]) => platform === 'express'))(
  'a revalidated response on %s through %s',
  (platform, bootstrap) => {
    let application: RunningApplication;
    let etag: string;

    beforeAll(async () => {
      application = await startApplication(platform, bootstrap, {
        controllers: [PartnerController, PublicController],
        cors: { origin: [APP] },
      });
      etag = String((await application.send('/partner/text')).headers.etag);
    });

    afterAll(() => application.close());

    it('allowed origin: is a 304 with the headers of the policy', async () => {
      const response = await application.from(PARTNER, '/partner/text', { headers: { 'If-None-Match': etag } });
      expect(response.status).toBe(304);
      expect(corsHeaders(response)).toEqual({
        'access-control-allow-origin': PARTNER,
        'access-control-expose-headers': 'x-text',
      });
      expect(varyOf(response)).toContain('origin');
    });

    // A browser would show the script the headers of the response that it stored, grant included.
    it('refused origin: is sent in full, without CORS headers', async () => {
      const response = await application.from(STRANGER, '/partner/text', { headers: { 'If-None-Match': etag } });
      expect(response.status).toBe(200);
      expect(corsHeaders(response)).toEqual({});
      expect(varyOf(response)).toContain('origin');
    });

    it('policy with *: is a 304 with * and without Vary', async () => {
      const response = await application.send('/public/text', { headers: { 'If-None-Match': etag } });
      expect(response.status).toBe(304);
      expect(response.headers['access-control-allow-origin']).toBe('*');
      expect(varyOf(response)).not.toContain('origin');
    });
  },
);
