import { VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import { compileHosts, isHostAccepted } from '../../lib/routing/host-filter.js';
import type { RegisteredRoute } from '../../lib/routing/route.js';
import { createRouteMatcher } from '../../lib/routing/create-route-matcher.js';
import { isRouteOrderSensitive, type RouterAdapter } from '../../lib/routing/router-adapter.js';
import { QueriedMatcher } from './queried-matcher.js';

class AnyController {}

function route(methodName: string, path: string, rest: Partial<RegisteredRoute> = {}): RegisteredRoute {
  return {
    method: 'GET',
    path,
    hosts: undefined,
    controller: AnyController,
    methodName,
    policy: {} as CompiledPolicy,
    version: undefined,
    constraints: undefined,
    mounted: false,
    ...rest,
  };
}

/** An adapter of neither platform: all that it has is what AbstractHttpAdapter demands. */
function adapterOf(instance: unknown, rest: Partial<RouterAdapter> = {}): RouterAdapter {
  return {
    getInstance: () => instance,
    applyVersionFilter: (handler, version) => (request, response, next) =>
      (request as { version: string }).version === version
        ? handler(request, response, next)
        : (next as () => unknown)(),
    ...rest,
  };
}

async function matcherOf(routes: RegisteredRoute[], adapter: RouterAdapter, config = new ApplicationConfig()) {
  const matcher = new QueriedMatcher(await createRouteMatcher(routes, adapter, config));
  const names = (found: readonly { readonly route: { readonly methodName: string } }[]) =>
    found.map(({ route: { methodName } }) => methodName);
  return {
    matcher,
    get: (url: string, request: unknown = {}) => names(matcher.dispatched('GET', url, '', request)),
    candidates: (url: string, method = 'GET') => names(matcher.candidates(method, url, '')),
  };
}

describe('an adapter of neither platform', () => {
  it('order: counts as the order of registration', async () => {
    expect(isRouteOrderSensitive(adapterOf(undefined))).toBe(true);
    expect(isRouteOrderSensitive(adapterOf({ hasRoute() {} }))).toBe(true);
    expect(isRouteOrderSensitive(adapterOf({ hasRoute() {}, findRoute() {} }))).toBe(false);
    expect(
      isRouteOrderSensitive(adapterOf({ hasRoute() {}, findRoute() {} }, { isRouteOrderSensitive: () => true })),
    ).toBe(true);
  });

  it('several matching routes: are found in the order of registration', async () => {
    const routes = [route('one', '/a/:id'), route('fixed', '/a/b'), route('other', '/a/b/c')];
    for (const instance of [undefined, null, {}, { router: { caseSensitive: false, strict: false } }]) {
      const { get, matcher } = await matcherOf(routes, adapterOf(instance));
      expect([get('/a/b'), get('/A/B/C/'), get('/b')]).toEqual([['one'], ['other'], []]);
      expect(matcher.routesAt('/a/b', '').length > 0).toBe(true);
    }
    const withoutOrder = adapterOf({}, { isRouteOrderSensitive: () => false });
    expect((await matcherOf(routes, withoutOrder)).get('/a/b')).toEqual(['one']);
  });

  it('comparison of paths: is what it says itself', async () => {
    const routes = [route('upper', '/A'), route('lower', '/a'), route('slash', '/a/')];
    const strict = adapterOf(undefined, {
      getRouteMatchingOptions: () => ({ caseSensitive: true, ignoreTrailingSlash: false }),
    });
    const { get } = await matcherOf(routes, strict);
    expect([get('/A'), get('/a'), get('/a/'), get('/A/')]).toEqual([['upper'], ['lower'], ['slash'], []]);
    expect((await matcherOf(routes, adapterOf({ router: { caseSensitive: true, strict: true } }))).get('/a/')).toEqual([
      'slash',
    ]);
  });

  it('version filter of its own: is used', async () => {
    const config = new ApplicationConfig();
    config.enableVersioning({ type: VersioningType.HEADER, header: 'x' });
    const versions = [['1'], '1', '2', VERSION_NEUTRAL, '3'] as const;
    const routes = versions.map((version) => route(String(version), '/v', { version: version as never }));
    const { get, candidates } = await matcherOf(routes, adapterOf(undefined), config);
    expect(get('/v', { version: '2' })).toEqual(['2']);
    expect(get('/v', { version: '3' })).toEqual(['3']);
    expect(get('/v', undefined)).toEqual([]);
    // `'1'` after `['1']` serves nobody, and neither does what follows the neutral one.
    expect(candidates('/v')).toEqual(['1', '2', 'Symbol(VERSION_NEUTRAL)']);
    expect((await matcherOf(routes, adapterOf(undefined))).get('/v')).toEqual(['1']);
  });
});

describe('a handler that was mounted for want of a method', () => {
  const mounted = { method: 'SEARCH', mounted: true };

  it('mounted at a path: serves any method there and below', async () => {
    const { candidates } = await matcherOf([route('sub', '/a/b', mounted), route('other', '/a/:id')], adapterOf({}));
    expect([candidates('/a/b/c/d', 'PUT'), candidates('/A/B'), candidates('/a/bc')]).toEqual([
      ['sub'],
      ['sub'],
      ['other'],
    ]);
  });

  it('mounted at the root: serves everything', async () => {
    expect((await matcherOf([route('root', '/', mounted)], adapterOf({}))).candidates('/any/thing')).toEqual(['root']);
  });
});

describe('routes in order', () => {
  it('any place in the index: are found', async () => {
    const paths = [
      '/{:first}',
      '/caf\u00e9/:id',
      '/CAF\u00c9',
      '/users{/:id}',
      '/users{x}',
      '/v:n/a',
      '/users/list',
      '/users/:id/x',
      '//',
    ];
    const { get, candidates } = await matcherOf(
      paths.map((path) => route(path, path)),
      adapterOf({}),
    );
    expect(get('/caf\u00e9/1')).toEqual(['/caf\u00e9/:id']);
    expect(get('/caf\u00e9')).toEqual(['/{:first}']);
    expect(get('/users/list')).toEqual(['/users{/:id}']);
    expect(get('/users/1/x')).toEqual(['/users/:id/x']);
    expect(get('/v1/a')).toEqual(['/v:n/a']);
    expect([get('/'), get('//')]).toEqual([['/{:first}'], ['/{:first}']]);
    expect(candidates('/v/a')).toEqual([]);
  });

  it('letters beyond ASCII: are compared as expressions fold them, not as strings do', async () => {
    // MICRO SIGN and GREEK SMALL LETTER MU have the same capital, and are their own small letters.
    const { get } = await matcherOf([route('fixed', '/\u03bc'), route('below', '/\u03bc/:id')], adapterOf({}));
    expect([get('/\u00b5'), get('/\u00b5/1'), get('/u')]).toEqual([['fixed'], ['below'], []]);
  });

  it('parameter that cannot be decoded: are found, with its raw value', async () => {
    const routes = [route('post', '/a/:id', { method: 'POST' }), route('raw', '/a/%ff')];
    const { get, matcher } = await matcherOf(routes, adapterOf({}));
    expect(get('/a/%ff')).toEqual(['raw']);
    expect(matcher.candidates('POST', '/a/%ff', '')[0]?.params).toEqual({ id: '%ff' });
    expect(matcher.candidates('PUT', '/a/%ff', '')).toEqual([]);
    expect(matcher.routesAt('/a/%ff', '')).toHaveLength(2);
  });

  it('parameters: are decoded', async () => {
    const { matcher } = await matcherOf([route('wild', '/w/*path'), route('one', '/:id{/:rest}')], adapterOf({}));
    expect(matcher.candidates('HEAD', '/w/a%20b/c', '')[0]?.params).toEqual({ path: 'a b/c' });
    expect(matcher.candidates('GET', '/%61', '')[0]?.params).toEqual({ id: 'a' });
  });

  it('URL without a path: finds none', async () => {
    expect((await matcherOf([route('all', '/{*path}')], adapterOf({}))).candidates('mailto:a')).toEqual([]);
  });
});

describe('hosts of a controller', () => {
  it('any host: is compiled as Nest compiles it', async () => {
    expect(compileHosts(undefined)).toBeUndefined();
    expect(compileHosts('')).toBeUndefined();
    expect(isHostAccepted(compileHosts([]), 'a')).toBe(false);
    expect(isHostAccepted(compileHosts(':tenant.example'), 'T.EXAMPLE')).toBe(true);
  });

  it('earlier requests: make no difference', async () => {
    const expression = /^a$/g;
    const hosts = compileHosts(expression);
    expect([isHostAccepted(hosts, 'a'), isHostAccepted(hosts, 'a'), expression.lastIndex]).toEqual([true, true, 0]);
  });
});
