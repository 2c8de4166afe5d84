import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { of } from 'rxjs';
import { PATH_METADATA } from '../../lib/routing/nest-metadata.js';
import { RegisteredRoutes } from '../../lib/routing/registered-routes.js';
import { route } from './stubbed-router.js';

type Handler = () => void;

/** The function that Nest registers for a controller's method. */
function handler(): Handler {
  const made = () => undefined;
  Reflect.defineMetadata(PATH_METADATA, 'a', made);
  return made;
}

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

afterEach(() => void jest.restoreAllMocks());

describe('the registration of routes', () => {
  it('tells the routes of controllers from everything else in the stack', async () => {
    const adapter = new StackAdapter();
    const registered = new RegisteredRoutes(hostOf(adapter));
    adapter.get('/before', handler());
    registered.open();
    registered.open();
    adapter.get('/a', handler());
    adapter.get('/a', () => undefined);
    adapter.setNotFoundHandler();
    (adapter.createMiddlewareFactory() as (path: string) => void)('/middleware');
    const routes = [route('GET', '/a')];
    const { layers } = registered.close(routes)!;
    const [before, own, foreign, notFound, middleware] = adapter.stack;
    expect([before, foreign].map((layer) => layers.has(layer!))).toEqual([false, false]);
    expect([own, own!.route].map((each) => layers.get(each!))).toEqual([routes[0], routes[0]]);
    expect([notFound, middleware].map((layer) => [layers.has(layer!), layers.get(layer!)])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
  });

  it('leaves the adapter as it was', () => {
    class OwnAdapter extends StackAdapter {
      head = (): string => 'own';
    }
    const adapter = new OwnAdapter();
    const { head } = adapter;
    const registered = new RegisteredRoutes(hostOf(adapter));
    registered.open();
    expect([adapter.get === StackAdapter.prototype.get, adapter.head === head]).toEqual([false, false]);
    registered.close([]);
    expect([adapter.get === StackAdapter.prototype.get, adapter.head === head]).toEqual([true, true]);
  });

  it('does no harm to what another library wraps meanwhile', () => {
    const adapter = new StackAdapter();
    const registered = new RegisteredRoutes(hostOf(adapter));
    registered.open();
    const inner = adapter.get.bind(adapter);
    const wrapped = jest.fn(inner);
    adapter.get = wrapped;
    expect(registered.close([])?.layers.size).toBe(0);
    adapter.get('/late', handler());
    expect([wrapped.mock.calls.length, adapter.stack.length, adapter.get]).toEqual([1, 1, wrapped]);
  });

  it.each([
    ['has more routes', [route('GET', '/a'), route('GET', '/b')]],
    ['has other paths', [route('GET', '/b')]],
    ['has other methods', [route('*', '/a')]],
    ['has other ways to mount', [route('GET', '/a', { mounted: true })]],
  ])('is not trusted where the table %s, and the log says so', (_how, routes) => {
    const error = errors();
    const adapter = new StackAdapter();
    const registered = new RegisteredRoutes(hostOf(adapter));
    registered.open();
    adapter.get('/a', handler());
    expect(registered.close(routes)).toBeUndefined();
    expect(error.mock.calls).toEqual([[expect.stringContaining('requests are matched by path')]]);
  });

  it('is not known where there is no adapter, or one that tells nothing', () => {
    const error = errors();
    for (const adapter of [undefined, { get: () => undefined }, { getInstance: () => ({}), get: () => undefined }]) {
      const registered = new RegisteredRoutes(hostOf(adapter));
      registered.open();
      expect(registered.close([])).toBeUndefined();
    }
    expect(new RegisteredRoutes(hostOf(new StackAdapter())).close([])).toBeUndefined();
    expect(error).not.toHaveBeenCalled();
  });

  it('knows whether a router of Fastify held routes before', () => {
    const holdsUnseen = (printRoutes?: () => string) => {
      const instance = { addHook: () => undefined, printRoutes };
      const registered = new RegisteredRoutes(hostOf({ getInstance: () => instance, get: () => undefined }));
      registered.open();
      return registered.close([])?.holdsUnseen;
    };
    expect([holdsUnseen(() => '(empty tree)'), holdsUnseen(() => '└── / (GET)'), holdsUnseen()]).toEqual([
      ...[false, true, false],
    ]);
  });

  it('survives a route that the adapter refuses', () => {
    const adapter = Object.assign(new StackAdapter(), {
      post() {
        throw new Error('refused');
      },
    });
    const registered = new RegisteredRoutes(hostOf(adapter));
    registered.open();
    expect(() => (adapter.post as (path: string, own: Handler) => void)('/a', handler())).toThrow('refused');
    expect(adapter.stack).toEqual([]);
  });
});
