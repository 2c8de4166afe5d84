import { All, Controller, Get, Post, Put, RequestMethod, Version, VersioningType } from '@nestjs/common';
import { FastifyAdapter, RouteConstraints } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { afterEach, describe, expect, it } from '@jest/globals';
import express, { type Express, type RequestHandler } from 'express';
import fastify, { type FastifyInstance } from 'fastify';
import { CorsPolicy } from '../../lib/index.js';
import { headerConstraint } from '../support/header-constraint.js';
import { type AdapterName, closeRouted, labelOf, nameOf, routedApplication } from './routed-application.js';

@Controller('docs')
class DocsController {
  @Get(':id') @CorsPolicy({ origin: 'https://nest.example' }) one() {
    return 'nest';
  }
}

@Controller('files')
class FilesController {
  @Post(':name') @CorsPolicy({ origin: 'https://nest.example' }) upload() {
    return 'nest';
  }
}

const adapters: readonly AdapterName[] = ['express', 'fastify'];
const answer: RequestHandler = (_request, response) => void response.end('foreign');
const FILES = [{ path: '/files', policy: { origin: 'https://files.example' } }];

/** Adds a route that is not Nest's to either framework. */
const addTo =
  (name: AdapterName, method: 'get' | 'all', path: string) =>
  (instance: never): void => {
    if (name === 'express') {
      (instance as Express)[method](path, answer);
    } else {
      (instance as FastifyInstance)[method](path, () => 'foreign');
    }
  };

afterEach(closeRouted);

describe.each(adapters)('a route of another library beside those of controllers, on %s', (name) => {
  it('any method: has the policy of its path, also where a controller has the path for another method', async () => {
    const before = addTo(name, 'get', '/files/:name');
    const { preflight, send } = await routedApplication(name, { controllers: [FilesController], before });
    const { body, said } = await send('GET', '/files/a.txt');
    expect([body, labelOf(said!)]).toEqual(['foreign', '(module defaults)']);
    expect(preflight('GET', '/files/a.txt')).toEqual(['(module defaults)']);
    expect(preflight('POST', '/files/a.txt')).toEqual(['FilesController.upload']);
    expect(preflight('DELETE', '/files/a.txt')).toEqual([]);
  });

  it('destinations of the URL: contain it', async () => {
    const before = addTo(name, 'get', '/files/:name');
    const { all } = await routedApplication(name, { controllers: [FilesController], before });
    expect(all('POST', '/files/a.txt').sort()).toEqual([
      ...['GET (module defaults)', 'HEAD (module defaults)', 'POST FilesController.upload'],
    ]);
  });

  it('added after the routes of controllers: counts, too', async () => {
    const after = addTo(name, 'get', '/files/:name');
    const late = (instance: never) =>
      name === 'express'
        ? after(instance)
        : (instance as FastifyInstance).register(async (scope) => after(scope as never));
    const { preflight, router } = await routedApplication(name, { controllers: [FilesController], before: late });
    expect(preflight('GET', '/files/a.txt')).toEqual(['(module defaults)']);
    expect(router.preflight('GET', '/files/a.txt', {}).candidates).toHaveLength(1);
  });
});

describe.each(adapters)('a route of another library for all methods, on %s', (name) => {
  it('several controllers: has all methods that they lack', async () => {
    const before = addTo(name, 'all', name === 'express' ? '/files/*rest' : '/files/*');
    @Controller('files')
    class ListController {
      @Get('list') @CorsPolicy({ origin: 'https://nest.example' }) list() {}
    }
    const options = { controllers: [FilesController, ListController] };
    const { all } = await routedApplication(
      name,
      name === 'express' ? { ...options, after: before } : { ...options, before },
    );
    expect(all('GET', '/files/list').sort()).toEqual([
      ...['DELETE (module defaults)', 'GET ListController.list', 'HEAD ListController.list', 'PATCH (module defaults)'],
      ...['POST FilesController.upload', 'PUT (module defaults)'],
    ]);
  });
});

describe.each(adapters)('a method that controllers lack at a path, on %s', (name) => {
  it('entry that covers the path: is the policy', async () => {
    const { preflight, all } = await routedApplication(name, {
      controllers: [FilesController],
      cors: { paths: FILES },
    });
    expect(preflight('GET', '/files/a.txt')).toEqual(['(path "/files")']);
    expect(preflight('POST', '/files/a.txt')).toEqual(['FilesController.upload']);
    expect(all('GET', '/files/a.txt').sort()).toEqual(
      [
        ...['DELETE (path "/files")', 'GET (path "/files")', 'HEAD (path "/files")', 'PATCH (path "/files")'],
        ...['POST FilesController.upload', 'PUT (path "/files")'],
      ].sort(),
    );
  });

  it('no other route at the path: is refused, and a path without any route is governed as elsewhere', async () => {
    const { preflight, all } = await routedApplication(name, { controllers: [FilesController] });
    expect(preflight('GET', '/files/a.txt')).toEqual([]);
    expect(preflight('GET', '/nothing')).toEqual(['(module defaults)']);
    expect(all('GET', '/nothing')).toEqual(
      ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} (module defaults)`),
    );
  });
});

describe('a route of Express', () => {
  it('in front of a controller: has the default policy, and the handler behind has to allow, too', async () => {
    const before = (instance: Express) => void instance.get('/docs/:id', answer);
    const { preflight, send } = await routedApplication('express', { controllers: [DocsController], before });
    const { body, said } = await send('GET', '/docs/1');
    expect([body, labelOf(said!), said!.alternative?.label]).toEqual([
      'foreign',
      '(module defaults)',
      'DocsController.one',
    ]);
    expect(preflight('GET', '/docs/1')).toEqual(['(module defaults)', 'or DocsController.one']);
  });

  it('behind a controller: is never reached', async () => {
    const after = (instance: Express) => void instance.get('/docs/:id', answer);
    const { preflight, send } = await routedApplication('express', { controllers: [DocsController], after });
    const { body, said } = await send('GET', '/docs/1');
    expect([body, labelOf(said!)]).toEqual(['nest', 'DocsController.one']);
    expect(preflight('GET', '/docs/1')).toEqual(['DocsController.one']);
  });

  it.each([
    ['/files', '/:name'],
    ['/', '/files/:name'],
    ['/files/', '/{:name}'],
    ['/:area', '/:name'],
  ])('router mounted at %s: counts', async (mount, path) => {
    const before = (instance: Express) => {
      const inner = express.Router().get(path, answer);
      instance.use(mount, express.Router().use(inner));
    };
    const { preflight, send } = await routedApplication('express', { controllers: [FilesController], before });
    expect((await send('GET', '/files/a.txt')).body).toBe('foreign');
    expect(preflight('GET', '/files/a.txt')).toEqual(['(module defaults)']);
    expect(preflight('HEAD', '/files/a.txt')).toEqual(['(module defaults)']);
    expect(preflight('PUT', '/files/a.txt')).toEqual([]);
  });

  it('router mounted within a segment: does not count', async () => {
    const before = (instance: Express) => void instance.use(/^\/fil/, express.Router().get('/es/:name', answer));
    const { preflight, send } = await routedApplication('express', { controllers: [FilesController], before });
    expect((await send('GET', '/files/a.txt')).status).toBe(404);
    expect(preflight('GET', '/files/a.txt')).toEqual([]);
  });

  it('parameter that cannot be decoded: it answers in the place of what follows', async () => {
    const before = (instance: Express) => {
      instance.use('/:area', express.Router().get('/x', answer));
      instance.get('/:area/:name', answer);
    };
    const { preflight, send } = await routedApplication('express', { controllers: [FilesController], before });
    expect((await send('GET', '/files/%ff')).status).toBe(400);
    expect(preflight('GET', '/files/%ff')).toEqual(['(module defaults)']);
    expect(preflight('PUT', '/%ff/x')).toEqual(['(module defaults)']);
  });

  it('dispatched request: tells it from those of Nest', async () => {
    @Controller('docs')
    class VersionedController {
      @Put(':id') @Version('1') put() {}
    }
    @Controller({ path: 'docs', host: 'localhost' })
    class HostedController {
      @Post(':id') post() {}
    }
    const dispatched: unknown[] = [];
    const { send, router } = await routedApplication('express', {
      controllers: [DocsController, VersionedController, HostedController],
      configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
      middleware: (consumer) =>
        consumer
          .apply((_request: unknown, _response: unknown, next: () => void) => next())
          .forRoutes({ path: 'nowhere/*path', method: RequestMethod.GET }),
      before: (instance: Express) => {
        instance.use((request, response, next) => {
          response.on('finish', () => void dispatched.push(nameOf(router.matcher.dispatchedTo(request))));
          next();
        });
        instance.get('/foreign', answer);
        instance.use('/mounted', express().get('/', answer));
      },
    });
    await send('GET', '/docs/1');
    await send('PUT', '/docs/1', { 'x-version': '1' });
    await send('POST', '/docs/1');
    await send('GET', '/foreign');
    await send('GET', '/mounted');
    await send('GET', '/nowhere/else');
    expect(dispatched).toEqual(['one', undefined, undefined, 'elsewhere', 'elsewhere', undefined]);
    expect(router.matcher.dispatchedTo({})).toBe('nowhere');
  });

  it('parameters of the request: are those that Nest reads, those of wildcards joined', async () => {
    @Controller()
    class WildController {
      @Get('wild/:one/*rest') wild() {}
    }
    const found: unknown[] = [];
    const { send, router } = await routedApplication('express', {
      controllers: [WildController],
      before: (instance: Express) =>
        void instance.use((request, response, next) => {
          response.on('finish', () => void found.push(router.matcher.dispatchedTo(request)));
          next();
        }),
    });
    await send('GET', '/wild/a%20b/c/d');
    expect(found).toMatchObject([{ params: { one: 'a b', rest: 'c/d' } }]);
  });

  it('path where Nest answers 404: is neither of Nest nor of another library', async () => {
    const { preflight } = await routedApplication('express', {
      controllers: [FilesController],
      configure: (app) => app.setGlobalPrefix('api', { exclude: ['files/:name'] }),
    });
    expect(preflight('GET', '/files/a')).toEqual([]);
    expect(preflight('GET', '/api/nothing')).toEqual(['(module defaults)']);
  });

  it('added before Nest: counts', async () => {
    const instance = express();
    instance.get('/files/:name', answer);
    const adapter = new ExpressAdapter(instance);
    const { preflight } = await routedApplication('express', { controllers: [FilesController], adapter });
    expect(preflight('GET', '/files/a')).toEqual(['(module defaults)']);
  });
});

/** Every version takes a constraint of the application's own by this call. */
function adapterWithTiers(): FastifyAdapter {
  const adapter = new FastifyAdapter();
  adapter.getInstance().addConstraintStrategy(headerConstraint('tier') as never);
  return adapter;
}

describe('a route of Fastify', () => {
  it.each<[string, object]>([
    ['/docs/:id(^\\d+$)', {}],
    ['/docs/:id', { constraints: { host: 'localhost' } }],
    ['/docs/:id', { constraints: { tier: 'gold' } }],
    ['/docs/1', {}],
  ])('is not taken for that of a controller: %s %j', async (path, options) => {
    const adapter = adapterWithTiers();
    const { send, preflight } = await routedApplication('fastify', {
      ...{ controllers: [DocsController], adapter },
      before: (instance: FastifyInstance) => void instance.get(path, options, () => 'foreign'),
    });
    const foreign = await send('GET', '/docs/1', { 'x-tier': 'gold' });
    expect([foreign.body, labelOf(foreign.said!)]).toEqual(['foreign', '(module defaults)']);
    const isAlwaysForeign = !('constraints' in options);
    expect(preflight('GET', '/docs/1')).toEqual(
      isAlwaysForeign ? ['(module defaults)'] : ['DocsController.one', 'or module defaults'],
    );
    const nest = await send('GET', '/docs/x', { host: 'other.example' });
    expect([nest.body, labelOf(nest.said!)]).toEqual(['nest', 'DocsController.one']);
  });

  it('constraint of its own that hides what it is chosen by: has one policy', async () => {
    @Controller('tiers')
    class TiersController {
      @Get() @RouteConstraints({ tier: 'gold' }) @CorsPolicy({ origin: 'https://gold.example' }) gold() {
        return 'gold';
      }
      @Get() @CorsPolicy({ origin: 'https://nest.example' }) others() {
        return 'others';
      }
    }
    const adapter = adapterWithTiers();
    const { send, preflight } = await routedApplication('fastify', { controllers: [TiersController], adapter });
    for (const tier of ['gold', 'others']) {
      const { body, said } = await send('GET', '/tiers', { 'x-tier': tier });
      expect([body, labelOf(said!)]).toEqual([tier, `TiersController.${tier}`]);
    }
    expect(preflight('GET', '/tiers').sort()).toEqual(['TiersController.gold', 'TiersController.others']);
  });

  it('constraints that are null: has none, and the host of other requests is not read for it', async () => {
    const { preflight, send, router } = await routedApplication('fastify', {
      controllers: [FilesController],
      before: (instance: FastifyInstance) =>
        void instance.route({
          method: 'GET',
          url: '/files/:name',
          constraints: null as never,
          handler: () => 'foreign',
        }),
    });
    expect(router.readsHost).toBe(false);
    expect((await send('GET', '/files/a')).body).toBe('foreign');
    expect(preflight('GET', '/files/a')).toEqual(['(module defaults)']);
    expect(preflight('POST', '/files/a')).toEqual(['FilesController.upload']);
  });

  it.each(['/plug', '/plug/'])('of a plugin, in both forms of its root: counts: %s', async (url) => {
    @Controller('plug')
    class PlugController {
      @Post('/') @CorsPolicy({ origin: 'https://nest.example' }) post() {}
    }
    const { preflight, send } = await routedApplication('fastify', {
      controllers: [PlugController],
      before: (instance: FastifyInstance) =>
        void instance.register(async (scope) => void scope.get('/', () => 'foreign'), { prefix: '/plug' }),
    });
    expect((await send('GET', url)).body).toBe('foreign');
    expect(preflight('GET', url)).toEqual(['(module defaults)']);
  });

  it('dispatched request: names the route', async () => {
    const found: unknown[] = [];
    const { send, router } = await routedApplication('fastify', {
      controllers: [DocsController],
      before: (instance: FastifyInstance) => {
        instance.addHook('onSend', async (request) => void found.push(nameOf(router.matcher.dispatchedTo(request))));
        instance.get('/foreign', () => 'foreign');
      },
    });
    await send('GET', '/docs/1');
    await send('HEAD', '/docs/1');
    await send('GET', '/foreign');
    await send('GET', '/nothing');
    expect(found).toEqual(['one', 'one', undefined, undefined]);
    expect(router.matcher.dispatchedTo(undefined)).toBeUndefined();
  });

  it('rewritten URL: is found', async () => {
    const rewriteUrl = ({ url = '' }: { url?: string }) => url.replace('/old', '');
    const adapter = new FastifyAdapter({ rewriteUrl } as object);
    const { send } = await routedApplication('fastify', { controllers: [DocsController], adapter });
    const { body, said } = await send('GET', '/old/docs/1');
    expect([body, labelOf(said!)]).toEqual(['nest', 'DocsController.one']);
  });

  it('added before Nest: counts', async () => {
    const instance = fastify();
    instance.get('/files/:other', () => 'foreign');
    const adapter = new FastifyAdapter(instance as never);
    const { preflight, send } = await routedApplication('fastify', { controllers: [FilesController], adapter });
    const { body, said } = await send('GET', '/files/a');
    expect([body, labelOf(said!)]).toEqual(['foreign', '(module defaults)']);
    expect(preflight('GET', '/files/a')).toEqual(['(module defaults)']);
    expect(preflight('POST', '/files/a')).toEqual(['FilesController.upload']);
    expect(preflight('PUT', '/files/a')).toEqual([]);
    expect(preflight('GET', `/files/${'a'.repeat(200)}`)).toEqual(['(module defaults)']);
  });

  it('added before Nest, and more specific: has its own parameters', async () => {
    const instance = fastify();
    instance.get('/docs/:number(^\\d+$)', () => 'foreign');
    const adapter = new FastifyAdapter(instance as never);
    const { preflight } = await routedApplication('fastify', { controllers: [DocsController], adapter });
    expect(preflight('GET', '/docs/1')).toEqual(['(module defaults)']);
    expect(preflight('GET', '/docs/x')).toEqual(['DocsController.one']);
  });

  it('of a controller for all methods: has each of them', async () => {
    @Controller('any')
    class AnyController {
      @All(':id') @CorsPolicy({ origin: 'https://nest.example' }) any() {}
    }
    const { all } = await routedApplication('fastify', { controllers: [AnyController] });
    expect(all('GET', '/any/1')).toEqual(
      ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} AnyController.any`),
    );
  });
});
