import { Controller, Get, Post, Put } from '@nestjs/common';
import { FastifyAdapter, RouteConstraints } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Express, NextFunction, Request, Response } from 'express';
import fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import { CorsPolicy, DisableCors } from '../../lib/index.js';
import { type AdapterName, closeRouted, labelOf, routedApplication } from './routed-application.js';

const OTHER = { origin: 'https://other.example' };

@Controller('bound')
class BoundController {
  constructor() {
    this.bound = this.bound.bind(this);
    this.put = () => 'put';
  }

  @Get('x') @DisableCors() bound(): string {
    return 'bound';
  }

  @Get('y') @DisableCors() put(): string {
    return 'never';
  }
}

@Controller()
class PagesController {
  @Get('docs/:id') @CorsPolicy(OTHER) doc(): string {
    return 'doc';
  }
  @Get('secret') @DisableCors() secret(): string {
    return 'secret';
  }
}

const adapters: readonly AdapterName[] = ['express', 'fastify'];

/** Adds a route that takes requests to one host alone. */
function addHosted(instance: never): void {
  const server = instance as Express & FastifyInstance;
  if ('route' in server && 'addHook' in server) {
    server.route({ method: 'GET', url: '/docs/:id', constraints: { host: 'docs.example' }, handler: () => 'foreign' });
  } else {
    (server as Express).get('/docs/:id', (request: Request, response: Response, next: NextFunction) =>
      request.hostname === 'docs.example' ? response.end('foreign') : next(),
    );
  }
}

afterEach(closeRouted);

describe.each(adapters)('a controller on %s whose constructor binds a method, and replaces another', (name) => {
  it('its own routes and those of others: are known', async () => {
    const controllers = [BoundController, PagesController];
    const { send, preflight } = await routedApplication(name, { controllers, before: addHosted });
    const said = async (target: string, host = 'localhost') => {
      const { body, said: destination } = await send('GET', target, { host });
      return [body, labelOf(destination!)];
    };
    expect(await said('/bound/x')).toEqual(['bound', 'BoundController.bound']);
    expect(await said('/bound/y')).toEqual(['put', 'BoundController.put']);
    expect(await said('/docs/1', 'docs.example')).toEqual(['foreign', '(module defaults)']);
    expect(preflight('GET', '/bound/x')).toEqual(['BoundController.bound']);
    expect(preflight('GET', '/docs/1')).toContain(
      'or ' + (name === 'express' ? 'PagesController.doc' : 'module defaults'),
    );
  });
});

/** Starts an application of Fastify with an `onRoute` hook. */
const hooked = (
  hook: (this: FastifyInstance, options: RouteOptions) => void,
  controllers = [PagesController as never],
) =>
  routedApplication('fastify', {
    controllers,
    before: (instance: never) => void (instance as FastifyInstance).addHook('onRoute', hook),
  });

describe('routes of Fastify with an onRoute hook', () => {
  it('other config in the place of theirs: are known', async () => {
    const { send } = await hooked((options) => {
      options.config = { rateLimit: { max: 10 } } as never;
    });
    const { body, said } = await send('GET', '/secret');
    expect([body, labelOf(said!)]).toEqual(['secret', 'PagesController.secret']);
  });

  it('config replaced, and constraints that tell them apart: get only what both grant', async () => {
    @Controller()
    class HostedController {
      @Get('docs') @CorsPolicy(OTHER) @RouteConstraints({ host: 'a.example' }) a(): string {
        return 'a';
      }
      @Get('docs') @DisableCors() @RouteConstraints({ host: 'b.example' }) b(): string {
        return 'b';
      }
    }
    const { send } = await hooked(
      (options) => {
        options.config = {} as never;
      },
      [HostedController as never],
    );
    const { body, said } = await send('GET', '/docs', { host: 'b.example' });
    expect([body, said!.policy.label]).toEqual(['b', 'a path that can be read in two ways']);
  });

  it.each([
    ['made from nothing', () => ({})],
    ['made from a copy of theirs', (options: RouteOptions) => options],
  ])('routes that the hook adds meanwhile, %s: are told apart from them', async (_how, from) => {
    const added = new Set<string>();
    const { send, preflight } = await hooked(function (options) {
      const url = `${options.url}/schema`;
      if (options.method === 'GET' && !options.url.endsWith('/schema') && !added.has(url)) {
        added.add(url);
        this.route({ ...from(options), method: 'GET', url, handler: () => 'schema' });
      }
    });
    const { body, said } = await send('GET', '/secret/schema');
    expect([body, labelOf(said!)]).toEqual(['schema', '(module defaults)']);
    expect((await send('GET', '/docs/1/schema')).body).toBe('schema');
    expect(preflight('GET', '/docs/1/schema')).toEqual(['(module defaults)']);
    expect(labelOf((await send('HEAD', '/docs/1')).said!)).toBe('PagesController.doc');
    expect(labelOf((await send('GET', '/docs/1')).said!)).toBe('PagesController.doc');
  });

  it('another route of the path that the hook adds: both are known', async () => {
    @Controller()
    class PutController {
      @Put('docs/:id') @DisableCors() put(): string {
        return 'put';
      }
      @Post('docs/:id') @CorsPolicy(OTHER) post(): string {
        return 'post';
      }
    }
    const { send } = await hooked(
      function (options) {
        if (options.method === 'PUT') {
          this.route({ method: 'DELETE', url: options.url, handler: () => 'foreign' });
        }
      },
      [PutController as never],
    );
    const labels: string[] = [];
    for (const method of ['PUT', 'POST', 'DELETE']) {
      labels.push(labelOf((await send(method, '/docs/1')).said!));
    }
    expect(labels).toEqual(['PutController.put', 'PutController.post', '(module defaults)']);
  });
});

describe('routes of Fastify from before the adapter', () => {
  it.each([
    ['of another host', { method: 'GET' as const, url: '/docs/:id', constraints: { host: 'docs.example' } }],
    ['for more methods', { method: ['GET' as const, 'PUT' as const], url: '/docs/:id', constraints: { host: /docs/ } }],
    ['with an expression', { method: 'GET' as const, url: '/docs/:id(^\\d+$)' }],
    ['that are fixed', { method: 'GET' as const, url: '/docs/1' }],
  ])('may take the request: their policy has to allow, too: %s', async (_how, options) => {
    const server = fastify();
    server.route({ ...options, handler: () => 'foreign' });
    const { preflight, send } = await routedApplication('fastify', {
      controllers: [PagesController],
      adapter: new FastifyAdapter(server as never),
    });
    const { body, said } = await send('GET', '/docs/1', { host: 'docs.example' });
    expect(body).toBe('foreign');
    expect(['(module defaults)', '(a path that can be read in two ways)']).toContain(
      labelOf({ ...said!, match: undefined }),
    );
    expect(preflight('GET', '/docs/1')).toEqual(
      'constraints' in options ? ['PagesController.doc', 'or module defaults'] : ['(module defaults)'],
    );
    expect(preflight('GET', '/secret')).toEqual(['PagesController.secret']);
  });

  it('printed in an unknown form: the default policy has to allow on every path', async () => {
    const server = fastify();
    server.get('/docs/1', () => 'foreign');
    server.get('/only', () => 'foreign');
    const { preflight, send } = await routedApplication('fastify', {
      controllers: [PagesController],
      adapter: new FastifyAdapter(Object.assign(server, { printRoutes: () => 'GET /docs/1' }) as never),
    });
    expect((await send('GET', '/docs/1')).body).toBe('foreign');
    expect(preflight('GET', '/only')).toEqual(['(module defaults)']);
    expect(preflight('PUT', '/%ff')).toEqual(['(module defaults)']);
    expect(preflight('GET', '/docs/1')).toEqual(['(module defaults)']);
  });
});
