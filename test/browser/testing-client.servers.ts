import { Controller, Delete, Get, type INestApplication, Module, Patch, Post, Put, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { CorsModule, CorsPolicy, DisableCors } from '../../lib/index.js';
import type { CorsPolicyDefinition } from '../../lib/index.js';
import type { Platform } from '../support/application.js';
import { portOf } from '../support/listening.js';
import { EMPTY_PAGE, type PageServer, servePages } from './pages.js';

/** The headers of a request that a CORS policy, or a test of one, may depend on. */
const RECORDED = [
  'host',
  'origin',
  'referer',
  'accept',
  'access-control-request-method',
  'access-control-request-headers',
  'authorization',
  'content-type',
  'content-language',
  'content-length',
  'cookie',
  'if-match',
  'range',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'x-custom',
  'x-http-method-override',
  'x-other',
];

/** A request as it reached a server. */
export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Servers of this test, and what reached them. */
export class Servers {
  readonly #log: Recorded[] = [];

  private constructor(
    /** Ports of the applications with nestjs-cors. */
    readonly policies: Readonly<Record<Platform, number>>,
    /** Ports of the applications that answer whatever the query says, right or wrong. */
    readonly crafted: Readonly<Record<Platform, number>>,
    /** Port of an empty page, on every name of this machine. */
    readonly pages: number,
    private readonly apps: readonly INestApplication[],
    private readonly pageServer: PageServer,
  ) {}

  static async start(): Promise<Servers> {
    const pageServer = await servePages();
    const pages = pageServer.port;
    const apps = {
      policies: {
        express: await start('express', policyModule(pages)),
        fastify: await start('fastify', policyModule(pages)),
      },
      crafted: { express: await start('express', CraftedModule), fastify: await start('fastify', CraftedModule) },
    };
    const all = [...Object.values(apps.policies), ...Object.values(apps.crafted)];
    const ports = (pair: Record<Platform, INestApplication>) => ({
      express: portOf(pair.express),
      fastify: portOf(pair.fastify),
    });
    const servers = new Servers(ports(apps.policies), ports(apps.crafted), pages, all, pageServer);
    all.forEach((app) => servers.#record(app));
    return servers;
  }

  /** URL of the application whose `/login` sets cookies. */
  get signIn(): string {
    return `http://127.0.0.1:${this.policies.express}`;
  }

  /** An application by all of its names: three sites. */
  namesOf(url: string): string[] {
    return ['127.0.0.1', 'localhost', 'api.localhost'].map((host) => url.replace('127.0.0.1', host));
  }

  /** Every origin that has a page: the applications themselves, and others. */
  pageOrigins(): string[] {
    const ports = [...Object.values(this.policies), ...Object.values(this.crafted)];
    const others = ['shop.localhost', 'other.localhost', 'localhost', '127.0.0.1'];
    return [
      ...ports.flatMap((port) => this.namesOf(`http://127.0.0.1:${port}`)),
      ...others.map((host) => `http://${host}:${this.pages}`),
    ];
  }

  /** What arrived since the last call. */
  take(): Recorded[] {
    return this.#log.splice(0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.close()));
    await this.pageServer.close();
  }

  #record(app: INestApplication): void {
    (app.getHttpServer() as Server).prependListener(
      'request',
      ({ method = '', url = '', headers }: IncomingMessage) => {
        if (url !== '/' && url !== '/favicon.ico') {
          const kept = RECORDED.filter((name) => headers[name] !== undefined).map((name) => [
            name,
            String(headers[name]),
          ]);
          this.#log.push({ method, url, headers: Object.fromEntries(kept) });
        }
      },
    );
  }
}

/** Policies under which the same routes are offered, by the first segment of their path. */
export function offeredPolicies(pages: number): Record<string, CorsPolicyDefinition | false> {
  const partners = [`http://shop.localhost:${pages}`, `http://127.0.0.1:${pages}`];
  return {
    open: { origin: '*' },
    'open-listed': {
      origin: '*',
      exposedHeaders: ['x-total'],
      allowedHeaders: ['content-type', 'x-custom'],
      maxAge: 600,
    },
    'open-star': { origin: '*', exposedHeaders: '*' },
    partners: { origin: partners, credentials: true, maxAge: 600, exposedHeaders: ['X-Total'] },
    'partners-all': { origin: partners, credentials: true, exposedHeaders: 'all' },
    'partners-anonymous': { origin: partners, maxAge: 0 },
    'partners-methods': { origin: partners, credentials: true, methods: ['GET', 'PUT'] },
    pattern: { origin: 'http://*.localhost:*', allowedHeaders: ['if-match'], optionsSuccessStatus: 200 },
    strict: { origin: partners, rejectDisallowed: true },
    closed: false,
  };
}

interface Reply {
  status(code: number): this;
  header(name: string, value: string | string[]): this;
  send(body: string): unknown;
}

function answer(request: { query: Record<string, string>; method: string }, response: Reply): void {
  const { status = '200', to, cookie } = request.query;
  response.status(Number(status)).header('Cache-Control', 'no-store').header('X-Total', '7').header('X-Secret', 's');
  if (to !== undefined) {
    response.header('Location', to);
  }
  if (cookie !== undefined) {
    response.header('Set-Cookie', cookie);
  }
  response.header('Content-Type', 'text/plain; charset=utf-8').send(`${request.method} answered`);
}

function controllerFor(path: string, policy: CorsPolicyDefinition | false): new () => object {
  @Controller(path)
  @(policy === false ? DisableCors() : CorsPolicy(policy))
  class Orders {
    @Get('orders') list(@Req() request: never, @Res() response: never) {
      answer(request, response);
    }
    @Post('orders') create(@Req() request: never, @Res() response: never) {
      answer(request, response);
    }
    @Put('orders') replace(@Req() request: never, @Res() response: never) {
      answer(request, response);
    }
    @Patch('orders') change(@Req() request: never, @Res() response: never) {
      answer(request, response);
    }
    @Delete('orders') remove(@Req() request: never, @Res() response: never) {
      answer(request, response);
    }
  }
  return Orders;
}

@Controller()
class PageController {
  @Get() page(@Res() response: Reply) {
    response.header('Content-Type', 'text/html').send(EMPTY_PAGE);
  }

  /** What a visit to the application leaves in a browser. */
  @Get('login') login(@Res() response: Reply) {
    response
      .header('Set-Cookie', ['lax=1', 'strict=1; SameSite=Strict; Path=/', 'cross=1; SameSite=None; Secure; Path=/'])
      .header('Content-Type', 'text/plain')
      .send('signed in');
  }
}

function policyModule(pages: number): new () => object {
  const controllers = Object.entries(offeredPolicies(pages)).map(([path, policy]) => controllerFor(path, policy));
  @Module({ imports: [CorsModule.forRoot({})], controllers: [PageController, ...controllers] })
  class PolicyModule {}
  return PolicyModule;
}

@Module({ controllers: [PageController] })
class CraftedModule {}

/** Answers `/crafted` with the headers that the query names: `p.` those of a preflight, `r.` those of a response. */
function craft(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const url = new URL(request.url ?? '', 'http://any');
  if (url.pathname !== '/crafted') {
    next();
    return;
  }
  const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  response.statusCode = preflight ? 204 : 200;
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Total', '7');
  response.setHeader('Content-Type', 'text/plain');
  for (const name of new Set(url.searchParams.keys())) {
    const [part, header = ''] = name.split('.');
    const values = url.searchParams
      .getAll(name)
      .map((value) => value.replace('$origin', request.headers.origin ?? '').replace('$self', request.url ?? ''));
    if (part === (preflight ? 'p' : 'r')) {
      if (header === 'status') {
        response.statusCode = Number(values[0]);
      } else {
        response.setHeader(header, values);
      }
    }
  }
  response.end(preflight ? undefined : 'crafted');
}

async function start(platform: Platform, module: new () => object): Promise<INestApplication> {
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter({ forceCloseConnections: true });
  const app = await NestFactory.create<INestApplication>(module, adapter, {
    logger: ['error'],
    abortOnError: false,
    forceCloseConnections: true,
  });
  if (module === CraftedModule) {
    app.use(craft);
  }
  await app.listen(0, '127.0.0.1');
  return app;
}
