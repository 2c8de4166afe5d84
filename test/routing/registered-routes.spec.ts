import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { of } from 'rxjs';
import { during } from '../../lib/routing/nest-registrations.js';
import type { RegisteredRoute } from '../../lib/routing/route.js';
import { routesOfConfig } from '../../lib/routing/fastify/seen-routes.js';
import { RegisteredRoutes } from '../../lib/routing/registered-routes.js';
import { route } from './stubbed-router.js';

type Handler = () => void;

const handler: Handler = () => undefined;

/** Has the adapter's method called as Nest calls it, for a route that {@link route} makes. */
function byNest(adapter: object, method: string, path: string): void {
  const { controller, methodName } = route(method, path);
  const name = method === '*' ? 'all' : method.toLowerCase();
  during(adapter, { controller, methodName }, () =>
    (adapter as Record<string, (path: string, own: Handler) => void>)[name]!(path, handler),
  );
}

const policyOf = () => ({}) as RegisteredRoute['policy'];

/** An adapter of Express, as far as registering routes goes. */
class StackAdapter {
  readonly stack: { route?: object }[] = [];
  readonly router = { stack: this.stack };
  getInstance = (): object => this;
  get(path: string, ...handlers: Handler[]): void {
    this.stack.push({ route: { path, handlers } });
  }
  setNotFoundHandler(): void {
    this.stack.push({});
  }
  createMiddlewareFactory(): unknown {
    return (path: string) => this.get(path);
  }
}

const hostOf = (httpAdapter: unknown) => ({ httpAdapter, init$: of(undefined) }) as unknown as HttpAdapterHost;
const errors = () => jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);

describe('the registration of routes', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('routes of controllers: are told from everything else in the stack', async () => {
    const adapter = new StackAdapter();
    const registered = new RegisteredRoutes(hostOf(adapter));
    byNest(adapter, 'GET', '/before');
    registered.open();
    registered.open();
    byNest(adapter, 'GET', '/a');
    adapter.get('/a', handler);
    adapter.setNotFoundHandler();
    (adapter.createMiddlewareFactory() as (path: string) => void)('/middleware');
    const routes = [route('GET', '/a')];
    const { layers } = registered.close(routes, policyOf)!;
    const [before, own, foreign, notFound, middleware] = adapter.stack;
    expect([before, foreign].map((layer) => layers.has(layer!))).toEqual([false, false]);
    expect([own, own!.route].map((each) => layers.get(each!))).toEqual([routes[0], routes[0]]);
    expect([notFound, middleware].map((layer) => [layers.has(layer!), layers.get(layer!)])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
  });

  it('end of the registration: leaves the adapter as it was', () => {
    class OwnAdapter extends StackAdapter {
      head = (): string => 'own';
    }
    const adapter = new OwnAdapter();
    const { head } = adapter;
    const registered = new RegisteredRoutes(hostOf(adapter));
    registered.open();
    expect([adapter.get === StackAdapter.prototype.get, adapter.head === head]).toEqual([false, false]);
    registered.close([], policyOf);
    expect([adapter.get === StackAdapter.prototype.get, adapter.head === head]).toEqual([true, true]);
  });

  it('another library wraps the adapter meanwhile: takes no harm', () => {
    const adapter = new StackAdapter();
    const registered = new RegisteredRoutes(hostOf(adapter));
    registered.open();
    const inner = adapter.get.bind(adapter);
    const wrapped = jest.fn(inner);
    adapter.get = wrapped;
    expect(registered.close([], policyOf)?.layers.size).toBe(0);
    adapter.get('/late', handler);
    expect([wrapped.mock.calls.length, adapter.stack.length, adapter.get]).toEqual([1, 1, wrapped]);
  });

  it.each([
    ['has more routes', [route('GET', '/a'), route('GET', '/b')], ['GET /a', 'GET /b'], 'GET /b'],
    ['has other paths', [route('GET', '/b')], ['GET /a', 'GET /b'], 'GET /a, AnyController.GET /b'],
    ['has other methods', [route('*', '/a')], ['GET /a', '* /a'], 'GET /a, AnyController.* /a'],
    ['has other ways to mount', [route('GET', '/a', { mounted: true })], ['GET /a', 'GET /a'], 'GET /a'],
  ])('table that %s: other routes keep their identity, and the log names the rest', (_how, table, known, named) => {
    const error = errors();
    const adapter = new StackAdapter();
    const registered = new RegisteredRoutes(hostOf(adapter));
    registered.open();
    byNest(adapter, 'GET', '/a');
    const { routes, layers } = registered.close(table, policyOf)!;
    expect(routes.map(({ methodName }) => methodName)).toEqual(known);
    expect(layers.get(adapter.stack[0]!)).toBe(routes[0]);
    expect(error.mock.calls).toEqual([[expect.stringContaining(`describe: AnyController.${named}. Other`)]]);
  });

  it('adapter that adds several layers, or none, for a route: does not know that route', () => {
    const error = errors();
    const adapter = Object.assign(new StackAdapter(), {
      put: (path: string) => void adapter.stack.push({ route: { path } }, {}),
      all: () => undefined,
      use: () => void adapter.stack.push({}),
    });
    const registered = new RegisteredRoutes(hostOf(adapter));
    registered.open();
    byNest(adapter, 'PUT', '/a');
    byNest(adapter, '*', '/b');
    byNest(adapter, 'GET', '/c');
    during(adapter, route('USE', '/d'), () => adapter.use());
    const table = [route('PUT', '/a'), route('*', '/b'), route('GET', '/c')];
    const { routes, layers } = registered.close(table, policyOf)!;
    expect(routes.map(({ methodName, mounted }) => [methodName, mounted])).toEqual([
      ['GET /c', false],
      ['USE /d', true],
      ['PUT /a', false],
      ['* /b', false],
    ]);
    expect(adapter.stack.map((layer) => layers.has(layer))).toEqual([false, false, true, true]);
    expect(error).toHaveBeenCalledTimes(1);
  });

  it('no adapter, or one without routes: is not known', () => {
    const error = errors();
    for (const adapter of [undefined, { get: () => undefined }, { getInstance: () => ({}), get: () => undefined }]) {
      const registered = new RegisteredRoutes(hostOf(adapter));
      registered.open();
      expect(registered.close([], policyOf)).toBeUndefined();
    }
    expect(new RegisteredRoutes(hostOf(new StackAdapter())).close([], policyOf)).toBeUndefined();
    expect(error).not.toHaveBeenCalled();
  });

  it('routes that a router of Fastify held before: are known, or reported as unknown', () => {
    const before = (printRoutes?: () => string) => {
      const instance = { addHook: () => undefined, printRoutes };
      const registered = new RegisteredRoutes(hostOf({ getInstance: () => instance, get: () => undefined }));
      registered.open();
      const { seen, holdsUnseen } = registered.close([], policyOf)!;
      return [seen.map(({ url }) => url), holdsUnseen];
    };
    expect(before(() => '(empty tree)')).toEqual([[], false]);
    expect(before(() => '└── / (GET)')).toEqual([['/'], false]);
    expect(before(() => 'GET /')).toEqual([[], true]);
    expect(before()).toEqual([[], false]);
  });

  it('config without a mark: is known by its path and method', () => {
    const known = route('GET', '/a');
    const seen = [{ url: '/a', methods: ['GET', 'HEAD'], constraints: {}, registration: { route: known } }];
    const routes = (config: object, holdsUnseen: boolean) => routesOfConfig(config, { seen, holdsUnseen });
    expect(routes({ url: '/a', method: 'GET' }, false)).toEqual([known]);
    expect(routes({ url: '/a', method: ['GET'] }, true)).toEqual([known, undefined]);
    expect(routes({ url: '/b', method: 'GET' }, false)).toEqual([undefined]);
  });

  it('calls that the adapter makes of itself: are one registration, and a route for all methods is known without the table', () => {
    errors();
    const adapter = Object.assign(new StackAdapter(), {
      patch: (path: string) => adapter.get(path),
      all: (path: string) => adapter.get(path),
    });
    const registered = new RegisteredRoutes(hostOf(adapter));
    registered.open();
    byNest(adapter, 'PATCH', '/a');
    byNest(adapter, '*', '/b');
    const { routes } = registered.close([route('PATCH', '/a')], policyOf)!;
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(['PATCH /a', '* /b']);
  });

  it('route that the adapter refuses: the next ones are registered', () => {
    const adapter = Object.assign(new StackAdapter(), {
      post() {
        throw new Error('refused');
      },
    });
    const registered = new RegisteredRoutes(hostOf(adapter));
    registered.open();
    expect(() => byNest(adapter, 'POST', '/a')).toThrow('refused');
    expect(adapter.stack).toEqual([]);
  });
});
