import { describe, expect, it } from '@jest/globals';
import express from 'express';
import {
  ExpressForeignRoutes,
  type ExpressLayer,
  handlesMethod,
  methodsOf,
} from '../../../lib/routing/express/foreign-routes.js';

/** A layer as routers before 2.3 have it: the path that it matched stands on the layer. */
function oldLayer(path: string, rest: Partial<ExpressLayer>): ExpressLayer {
  const layer = { path: undefined as string | undefined, match, ...rest };
  function match(pathname: string): boolean {
    layer.path = pathname.startsWith(path) ? path : undefined;
    return layer.path !== undefined;
  }
  return layer as ExpressLayer;
}

const GET = { route: { methods: { get: true } } };

describe('Express foreign routes › router stack', () => {
  it('are found in routers of every version, below their mount paths', () => {
    const inner = oldLayer('/b', GET);
    const mounted = oldLayer('/a', { handle: { stack: [inner] } });
    const foreign = new ExpressForeignRoutes([mounted, oldLayer('/a/b', GET)], new Map());
    const found = (path: string) => foreign.at(path).map(({ position, methods }) => ({ position, methods }));
    const get = { position: 0, methods: { get: true } };
    expect([found('/a/b'), found('/ab'), found('/a'), found('/c')]).toEqual([[get, get], [], [], []]);
  });

  it('are listed relative to the routes of Nest, without those', () => {
    const [own, middleware, foreign] = [GET, GET, GET].map((route) => oldLayer('/', route));
    const identities = new Map<object, never>([
      [own!, {} as never],
      [middleware!, undefined as never],
    ]);
    const stack = [own!, middleware!];
    const routes = new ExpressForeignRoutes(stack, identities);
    expect([routes.isEmpty, routes.at('/')]).toEqual([true, []]);
    stack.push(foreign!);
    expect([routes.isEmpty, routes.at('/').map(({ position }) => position)]).toEqual([false, [1]]);
  });

  it('name their methods as Express does', () => {
    const app = express();
    app.route('/some').get(() => undefined);
    app.all('/every', () => undefined);
    app.route('/any').all(() => undefined);
    const routes = new ExpressForeignRoutes(app.router.stack as unknown as ExpressLayer[], new Map());
    const described = (path: string) =>
      routes
        .at(path)
        .map((route) => [...methodsOf(route), ...['GET', 'HEAD', 'PUT'].map((method) => handlesMethod(route, method))]);
    expect([described('/some'), described('/every'), described('/any')]).toEqual([
      [['GET', true, true, false]],
      [[true, true, true]],
      [[true, true, true]],
    ]);
  });
});
