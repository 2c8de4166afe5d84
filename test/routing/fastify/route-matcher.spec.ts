import { VERSION_NEUTRAL } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { FastifyRouteMatcher } from '../../../lib/routing/fastify/route-matcher.js';
import type { FastifyRouter } from '../../../lib/routing/router-adapter.js';
import { type Registered, matcherOf, namesOf, route, routerWith } from '../stubbed-router.js';

describe('Fastify route matcher', () => {
  it('methods that the router has for a route: match', () => {
    const routes = [
      route('GET', '/a'),
      route('HEAD', '/b'),
      route('GET', '/b'),
      route('*', '/c'),
      route('POST', '/gone'),
    ];
    const registered: Registered[] = [
      ['GET', '/a'],
      ['HEAD', '/a'],
      ['HEAD', '/b'],
      ['GET', '/b'],
      ['PUT', '/c'],
    ];
    const matcher = matcherOf(routes, routerWith(registered, { supportedMethods: ['GET', 'PUT'] }));
    expect(namesOf(matcher.candidates('HEAD', '/a', ''))).toEqual(['GET /a']);
    expect(namesOf(matcher.candidates('HEAD', '/b', ''))).toEqual(['HEAD /b']);
    expect(namesOf(matcher.candidates('PUT', '/c', ''))).toEqual(['* /c']);
    expect(matcher.candidates('GET', '/c', '')).toEqual([]);
    expect(matcher.candidates('POST', '/gone', '')).toEqual([]);
    expect([matcher.routesAt('/c', '').length > 0, matcher.routesAt('/gone', '').length > 0]).toEqual([true, false]);
    expect(matcherOf(routes, routerWith(registered)).routesAt('/c', '').length > 0).toBe(false);
  });

  it('route with the method, and @All(): prefers the method', () => {
    const routes = [
      route('*', '/a', { version: '1' }),
      route('GET', '/a', { version: '1' }),
      route('GET', '/a', { version: VERSION_NEUTRAL, path: '/n' }),
    ];
    const registered: Registered[] = [
      ['GET', '/a', { version: '1.0.0' }],
      ['PUT', '/a'],
      ['GET', '/a'],
      ['GET', '/n'],
    ];
    // An adapter of 11 has lost the version of `@All()`.
    const versioned = routes.map((each) => (each.version === '1' ? { ...each, version: '1.0.0' } : each));
    const matcher = matcherOf(versioned, routerWith(registered, { supportedMethods: ['GET', 'PUT'] }));
    expect(namesOf(matcher.candidates('GET', '/a', ''))).toEqual(['* /a', 'GET /a']);
    const asked = { headers: { 'accept-version': '1.0.0' } };
    expect(namesOf(matcher.dispatched('GET', '/a', '', asked))).toEqual(['GET /a']);
    expect(namesOf(matcher.dispatched('PUT', '/a', '', {}))).toEqual(['* /a']);
    expect(namesOf(matcher.dispatched('GET', '/n', '', undefined))).toEqual(['GET /a']);
  });

  it('router that selects another route: matches no route of Nest', () => {
    const router = routerWith([
      ['GET', '/a/:id'],
      ['GET', '/a/b'],
      ['GET', '/x/:one/:two'],
    ]);
    const matcher = matcherOf([route('GET', '/a/:id')], router);
    expect(namesOf(matcher.candidates('GET', '/a/c?d', ''))).toEqual(['GET /a/:id']);
    expect(matcher.candidates('GET', '/a/b', '')).toEqual([]);
    const lying = matcherOf([route('GET', '/a/:id')], { ...router, findRoute: () => ({ params: { other: '1' } }) });
    expect(lying.candidates('GET', '/a/c', '')).toEqual([]);
    const empty = matcherOf([route('GET', '/a/:id')], { ...router, findRoute: () => null });
    expect(empty.candidates('GET', '/a/c', '')).toEqual([]);
  });

  it("parameters: have the names of the route, also where another route's names hide a value", () => {
    const paths = [
      ['GET', '/x/:a-:a'],
      ['PUT', '/x/:b-:c'],
      ['POST', '/x/:d-:e'],
    ] as const;
    const matcher = matcherOf(
      paths.map(([method, path]) => route(method, path)),
      routerWith(paths),
    );
    const found = matcher.at('/x/1-2', '');
    const params = (method: string) => found.recipients(method).map(({ match }) => match?.params);
    expect([params('GET'), params('PUT'), params('POST')]).toEqual([
      ...[[{ a: '2' }], [{ b: '1', c: '2' }], [{ d: '1', e: '2' }]],
    ]);
  });

  it('route that the router cannot hold: is left out', () => {
    const everything = { hasRoute: () => true, findRoute: () => ({ params: {} }) };
    const matcher = matcherOf([route('GET', '/a'), route('GET', '/a'), route('GET', '/*/a')], everything);
    expect(namesOf(matcher.candidates('GET', '/a', ''))).toEqual(['GET /a']);
  });

  it('target that the router reads in its own way: matches', () => {
    const routes = [route('GET', '/')];
    const router = routerWith([['GET', '/']]);
    expect(namesOf(matcherOf(routes, router).candidates('GET', 'http://h', ''))).toEqual(['GET /']);
    expect(matcherOf(routes, router).candidates('GET', 'http://h?a/b', '')).toEqual([]);
    const strict = matcherOf(routes, router, { isRoutableRequestTarget: (url: string) => url.startsWith('/') });
    expect(strict.candidates('GET', '*', '')).toEqual([]);
  });

  it('router that throws: matches no route, and never throws', () => {
    const failing = {
      ...routerWith([['GET', '/']]),
      findRoute: () => {
        throw new Error('no');
      },
    };
    const matcher = matcherOf([route('GET', '/')], failing);
    expect([
      matcher.dispatched('GET', '/', '', {}),
      matcher.candidates('GET', '/', ''),
      matcher.routesAt('/', '').length > 0,
    ]).toEqual([[], [], false]);
  });
});

describe('Fastify route matcher › dispatched request', () => {
  /** A router that counts how often it is searched. */
  function counting(registered: readonly Registered[]) {
    const router = routerWith(registered);
    const counted = { searches: 0 };
    const findRoute: FastifyRouter['findRoute'] = (...asked) => {
      counted.searches++;
      return router.findRoute(...asked);
    };
    return { router: { ...router, findRoute }, counted };
  }

  const taken = (config: object, url: string, path: string, params: object = {}) => ({
    raw: { method: 'GET', url, headers: {} },
    is404: false,
    params,
    routeOptions: { url: path, config },
  });

  it('dispatched request: searches its route once', () => {
    const { router, counted } = counting([
      ['GET', '/a/:id'],
      ['GET', '/b'],
    ]);
    const matcher = matcherOf([route('GET', '/a/:id'), route('GET', '/b')], router);
    const [a, b] = [{}, {}];
    const dispatched = [
      matcher.dispatched('GET', '/a/1', '', taken(a, '/a/1', '/a/:id', { id: '1' })),
      matcher.dispatched('GET', '/a/2', '', taken(a, '/a/2', '/a/:id', { id: '2' })),
      matcher.dispatched('GET', '/b', '', taken(b, '/b', '/b')),
      matcher.dispatched('GET', '/b', '', taken(b, '/b', '/b')),
    ].flat();
    expect(namesOf(dispatched)).toEqual(['GET /a/:id', 'GET /a/:id', 'GET /b', 'GET /b']);
    expect(dispatched.map(({ params }) => params)).toEqual([{ id: '1' }, { id: '2' }, {}, {}]);
    expect(counted.searches).toBe(2);
  });

  it('another request, or one that was not dispatched: searches again', () => {
    const { router, counted } = counting([['GET', '/a/:id']]);
    const matcher = matcherOf([route('GET', '/a/:id')], router);
    const config = {};
    const asked = taken(config, '/a/1', '/a/:id', { id: '1' });
    matcher.dispatched('GET', '/a/1', '', asked);
    expect(namesOf(matcher.dispatched('GET', '/a/2', '', asked))).toEqual(['GET /a/:id']);
    expect(matcher.dispatched('PUT', '/a/1', '', asked)).toEqual([]);
    expect(matcher.dispatched('GET', '/a/1', '', { ...asked, is404: true })).toEqual([]);
    expect(namesOf(matcher.dispatched('GET', '/a/1', '', { ...asked, is404: undefined }))).toEqual(['GET /a/:id']);
    expect(counted.searches).toBe(4);
  });

  it('dispatched route that does not serve the request: does not match', () => {
    const served = { is: true };
    const requireNonEmptyParams = () => () => served.is;
    const router = routerWith([['GET', '/a']]);
    const internals = { requireNonEmptyParams, isRoutableRequestTarget: (url: string) => url !== '/nowhere' };
    const matcher = matcherOf([route('GET', '/a', { hosts: [/^h$/] })], router, internals);
    const config = {};
    const dispatched = (host: string, url = '/a') => matcher.dispatched('GET', url, host, taken(config, url, '/a'));
    expect([dispatched('h').length, dispatched('h').length]).toEqual([1, 1]);
    expect([dispatched('other').length, dispatched('h', '/nowhere').length]).toEqual([0, 0]);
    served.is = false;
    expect(dispatched('h').length).toBe(0);
  });

  it('version extractor that threw: matches no route', () => {
    const versionExtractorErrors = new WeakMap<object, Error>();
    const router = routerWith([['GET', '/a', { version: '1.0.0' }]]);
    const internals = { versionExtractorErrors };
    const matcher = matcherOf([route('GET', '/a', { version: '1.0.0' })], router, internals);
    const asked = taken({}, '/a', '/a');
    const versioned = { ...asked, raw: { ...asked.raw, headers: { 'accept-version': '1.0.0' } } };
    expect([1, 2].map(() => matcher.dispatched('GET', '/a', '', versioned).length)).toEqual([1, 1]);
    versionExtractorErrors.set(versioned.raw, new Error('thrown'));
    expect(matcher.dispatched('GET', '/a', '', versioned)).toEqual([]);
  });

  it('constraint that cannot be derived: searches each time', () => {
    const router = routerWith([['GET', '/a']]);
    const constrained = { ...router, hasRoute: () => true, findRoute: () => ({ params: {} }) };
    const matcher = matcherOf([route('GET', '/a', { constraints: { secret: '1' } })], constrained);
    const config = {};
    expect(matcher.dispatched('GET', '/a', '', taken(config, '/a', '/a')).length).toBe(1);
    expect(matcher.dispatched('GET', '/a', '', taken(config, '/a', '/b')).length).toBe(0);
  });
});

describe('Fastify route matcher › key of a path', () => {
  const GET = 'GET';

  it('URLs that reach the same routes: have one key, and others have another', () => {
    const registered: Registered[] = [
      [GET, '/a/:id'],
      [GET, '/b'],
      ['PUT', '/b'],
    ];
    const { matcher } = matcherOf(
      registered.map(([method, path]) => route(method, path)),
      routerWith(registered),
    );
    const keys = ['/a/1', '/a/2', '/b', '/nowhere', '/elsewhere'].map((url) => matcher.keyOf(GET, url));
    expect(keys).not.toContain(undefined);
    expect(keys.map((key) => keys.indexOf(key))).toEqual([0, 0, 2, 3, 3]);
    expect(matcher.keyOf('DELETE', '/b')).toBe(matcher.keyOf('PUT', '/b'));
    expect(matcher.dispatchedTo({ raw: { method: GET, url: '/b' } })).toBeUndefined();
  });

  it('router that finds another route than the path has: is missing', () => {
    const registered: Registered[] = [[GET, '/a/:id']];
    const found = (findRoute: FastifyRouter['findRoute']) =>
      matcherOf([route(GET, '/a/:id')], { ...routerWith(registered), findRoute }).matcher.keyOf(GET, '/a/1');
    expect(found(() => ({ params: { id: '1' } }))).toBeDefined();
    expect(found(() => null)).toBeUndefined();
    expect(found(() => ({ params: { other: '1' } }))).toBeUndefined();
  });

  it('route that only the request tells: is missing', () => {
    const keyOf = (constraints: Record<string, unknown>) => {
      const router = { ...routerWith([]), hasRoute: () => true, findRoute: () => ({ params: {} }) };
      return matcherOf([route(GET, '/a', { constraints })], router).matcher.keyOf(GET, '/a');
    };
    expect(keyOf({ secret: '1' })).toBeUndefined();
    expect(keyOf({ version: '1.0.0' })).toBeDefined();
  });

  it('target that is no path, or that the router does not take: is missing', () => {
    const router = routerWith([[GET, '/a']]);
    const { matcher } = matcherOf([route(GET, '/a')], router, {
      isRoutableRequestTarget: (url: string) => url !== '/a',
    });
    expect([matcher.keyOf(GET, '/a'), matcher.keyOf(GET, '*'), matcher.keyOf(GET, 'http://h/a')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('Fastify route matcher › host of a request', () => {
  it('routes without and with a constraint of hosts: is read with one alone', () => {
    const readsHost = (constraints: Record<string, unknown>) =>
      matcherOf([route('GET', '/a', { constraints })], routerWith([['GET', '/a', constraints]])).matcher.readsHost;
    expect([readsHost({}), readsHost({ host: 'a.example' })]).toEqual([false, true]);
  });
});

describe('Fastify route matcher › route of a response', () => {
  it('request that was not routed by its method and URL before, such as a rewritten one: is found', () => {
    const own = route('GET', '/a');
    const registration = { route: own } as never;
    const seen = [{ url: '/a', methods: ['GET'], registration }] as never;
    const router = routerWith([['GET', '/a']]);
    const adapter = { getInstance: () => router, applyVersionFilter: (handler: unknown) => handler } as never;
    const identities = { routes: [own], stack: [], layers: new Map(), seen, holdsUnseen: false };
    const matcher = new FastifyRouteMatcher([own], adapter, router, identities);
    const config = { url: '/a', method: 'GET' };
    const request = { raw: { method: 'GET', url: '/rewritten' }, is404: false, params: {}, routeOptions: { config } };
    expect(matcher.dispatchedTo(request)).toEqual({ route: own, params: {} });
    const others = { url: '/b', method: 'GET' };
    expect(matcher.dispatchedTo({ ...request, routeOptions: { config: others } })).toBeUndefined();
  });
});

describe('Fastify route matcher › middleware', () => {
  it('router that runs middleware: reads paths loosely, by the flag of @fastify/middie where there is one', () => {
    const flag = Symbol('fastify-middie-has-middlewares');
    const isReadLoosely = (router: object) =>
      matcherOf([], { ...routerWith([]), ...router } as FastifyRouter).matcher.isReadLoosely;
    expect(
      [{}, { use: () => undefined }, { [flag]: false, use: () => undefined }, { [flag]: true }].map(isReadLoosely),
    ).toEqual([false, true, false, true]);
  });
});
