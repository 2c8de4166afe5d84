import { VERSION_NEUTRAL, VersioningType, type VersioningOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { describe, expect, it } from '@jest/globals';
import { ExpressRouteMatcher } from '../../../lib/routing/express/route-matcher.js';
import { QueriedMatcher } from '../queried-matcher.js';
import type { RegisteredRoute } from '../../../lib/routing/route.js';
import type { RouterAdapter } from '../../../lib/routing/router-adapter.js';
import { namesOf, route } from '../stubbed-router.js';

const adapter = new ExpressAdapter() as unknown as RouterAdapter;
const versioning: VersioningOptions = { type: VersioningType.HEADER, header: 'x-version' };

const expressMatcher = (routes: readonly RegisteredRoute[], versions?: VersioningOptions) =>
  new QueriedMatcher(new ExpressRouteMatcher(routes, adapter, versions));

function matcherOf(routes: readonly RegisteredRoute[], versions?: VersioningOptions) {
  const matcher = () => expressMatcher(routes, versions);
  return {
    dispatched: (method: string, url: string, host = '', version?: string) =>
      namesOf(
        matcher().dispatched(method, url, host, { headers: version === undefined ? {} : { 'x-version': version } }),
      ),
    candidates: (method: string, url: string, host = '') => namesOf(matcher().candidates(method, url, host)),
    routesAt: (url: string, host = '') =>
      matcher()
        .routesAt(url, host)
        .map(({ methodName }) => methodName),
  };
}

describe('Express route matcher › request method', () => {
  const { dispatched, candidates, routesAt } = matcherOf([
    ...[route('POST', '/a'), route('GET', '/a'), route('HEAD', '/a'), route('*', '/a'), route('PUT', '/a')],
    route('POST', '/b'),
  ]);

  it('route with this method: is selected', () => {
    expect(dispatched('GET', '/a')).toEqual(['GET /a']);
    expect(dispatched('POST', '/a')).toEqual(['POST /a']);
    expect([dispatched('POST', '/b'), dispatched('GET', '/b')]).toEqual([['POST /b'], []]);
  });

  it('HEAD: is accepted for a GET route, and for no other', () => {
    expect(dispatched('HEAD', '/a')).toEqual(['GET /a']);
    expect(dispatched('HEAD', '/b')).toEqual([]);
  });

  it('route of all methods: accepts any method, and shadows later routes', () => {
    expect([dispatched('PUT', '/a'), dispatched('DELETE', '/a')]).toEqual([['* /a'], ['* /a']]);
  });

  it('preflight: selects the same candidates', () => {
    const methods = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE'];
    expect(methods.map((method) => candidates(method, '/a'))).toEqual([
      ...[['GET /a'], ['POST /a'], ['GET /a'], ['* /a'], ['* /a']],
    ]);
    expect(methods.map((method) => candidates(method, '/b'))).toEqual([[], ['POST /b'], [], [], []]);
  });

  it('list of all routes of a path: ignores the method', () => {
    expect(routesAt('/a')).toEqual(['POST /a', 'GET /a', 'HEAD /a', '* /a', 'PUT /a']);
    expect([routesAt('/b'), routesAt('/c')]).toEqual([['POST /b'], []]);
  });
});

describe('Express route matcher › request host', () => {
  const { dispatched, candidates, routesAt } = matcherOf([
    route('GET', '/a', { hosts: [/^one$/], methodName: 'one' }),
    route('GET', '/a', { hosts: [/^two$/], methodName: 'two' }),
  ]);

  it('routes of this host: are selected', () => {
    for (const found of [dispatched, candidates]) {
      expect(['one', 'two', 'three'].map((host) => found('GET', '/a', host))).toEqual([['one'], ['two'], []]);
      expect(found('PUT', '/a', 'one')).toEqual([]);
    }
    expect(['one', 'two', 'three'].map((host) => routesAt('/a', host))).toEqual([['one'], ['two'], []]);
  });
});

describe('Express route matcher › request version', () => {
  const versioned = (name: string, version: RegisteredRoute['version']) =>
    route('GET', '/a', { version, methodName: name });

  it('route without a version: ignores it', () => {
    const { dispatched, candidates } = matcherOf([versioned('plain', undefined), versioned('late', '1')], versioning);
    expect([dispatched('GET', '/a', '', '1'), dispatched('GET', '/a')]).toEqual([['plain'], ['plain']]);
    expect(candidates('GET', '/a')).toEqual(['plain']);
  });

  it('routes with versions: selects between them', () => {
    const { dispatched } = matcherOf([versioned('first', '1'), versioned('others', ['1', '2'])], versioning);
    expect(['1', '2', '3', undefined].map((version) => dispatched('GET', '/a', '', version))).toEqual([
      ...[['first'], ['others'], [], []],
    ]);
  });

  it('no version known: keeps every route that some version reaches', () => {
    const routes = [
      versioned('first', '1'),
      versioned('others', ['1', '2']),
      versioned('nobody', ['2', '1']),
      versioned('neutral', VERSION_NEUTRAL),
      versioned('late', '3'),
    ];
    expect(matcherOf(routes, versioning).candidates('GET', '/a')).toEqual(['first', 'others', 'neutral']);
  });
});

describe('Express route matcher › target without a path', () => {
  it('any method: matches no route', () => {
    const { dispatched, candidates, routesAt } = matcherOf([route('GET', '/{*path}')]);
    for (const url of ['', '?a', 'http://[']) {
      expect([dispatched('GET', url), candidates('GET', url), routesAt(url)]).toEqual([[], [], []]);
    }
  });
});

describe('Express route matcher › cached result for a path without parameters', () => {
  const request = (version: string) => ({ headers: { 'x-version': version } });

  it('any query string: is reused', () => {
    const matcher = expressMatcher([route('GET', '/a'), route('PUT', '/a'), route('*', '/*all')]);
    const found = (method: string, url: string) => namesOf(matcher.dispatched(method, url, '', {}));
    for (let time = 0; time < 3; time++) {
      expect([found('GET', '/a'), found('PUT', '/a?b=c'), found('HEAD', '/a'), found('POST', '/a')]).toEqual([
        ['GET /a'],
        ['PUT /a'],
        ['GET /a'],
        ['* /*all'],
      ]);
    }
    expect(matcher.recipients('GET', '/a?b', '', {})).toBe(matcher.recipients('GET', '/a', '', {}));
    expect(matcher.recipients('GET', '/A', '', {})).not.toBe(matcher.recipients('GET', '/A', '', {}));
  });

  it('invented method, which an application may take from a header: is not cached', () => {
    const matcher = expressMatcher([route('*', '/a')]);
    const taken = () => matcher.recipients('INVENTED-1', '/a', '', {});
    expect(namesOf(matcher.dispatched('INVENTED-1', '/a', '', {}))).toEqual(['* /a']);
    expect(taken()).not.toBe(taken());
  });

  it('versions that select the route: is not reused', () => {
    const routes = [route('GET', '/a', { version: '1' }), route('GET', '/a', { version: '2', methodName: 'second' })];
    const matcher = expressMatcher(routes, versioning);
    const found = (version: string) => namesOf(matcher.dispatched('GET', '/a', '', request(version)));
    expect([found('1'), found('2'), found('1'), found('3')]).toEqual([['GET /a'], ['second'], ['GET /a'], []]);
  });

  it('hosts that select the route: is not reused', () => {
    const matcher = expressMatcher([route('GET', '/a', { hosts: [/^one$/] })]);
    const found = (host: string) => namesOf(matcher.dispatched('GET', '/a', host, {}));
    expect([found('one'), found('two'), found('one')]).toEqual([['GET /a'], [], ['GET /a']]);
  });
});

describe('Express route matcher › dispatched route without route identities', () => {
  it('any request: is undefined', () => {
    expect(expressMatcher([route('GET', '/a')]).dispatchedTo({ method: 'GET', route: {}, params: {} })).toBeUndefined();
  });
});
