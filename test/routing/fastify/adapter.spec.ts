import { Logger, VERSION_NEUTRAL, VersioningType, type VersioningOptions } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyAdapterInternals } from '../../../lib/routing/fastify/router-options.js';
import { FastifyRouteMatcher } from '../../../lib/routing/fastify/route-matcher.js';
import type { RegisteredRoute } from '../../../lib/routing/route.js';
import { QueriedMatcher } from '../queried-matcher.js';
import { fastifyRouterOf } from '../../../lib/routing/router-adapter.js';
import { namesOf, route } from '../stubbed-router.js';

/** The matcher of an application on Nest's own adapter, which does not have to listen for that. */
function matcherOf(routes: readonly RegisteredRoute[], versioning?: VersioningOptions): QueriedMatcher {
  const adapter = new FastifyAdapter();
  for (const { method, path, version } of routes) {
    const handler = versioning ? adapter.applyVersionFilter(() => '', version as never, versioning) : () => '';
    adapter[method.toLowerCase() as 'get'](path, handler);
  }
  const internals = adapter as unknown as FastifyAdapterInternals;
  return new QueriedMatcher(new FastifyRouteMatcher(routes, internals, fastifyRouterOf(internals)!));
}

const named = (methodName: string, version: RegisteredRoute['version']) =>
  route('GET', '/things', { methodName, version });

describe("Fastify route matcher on Nest's adapter", () => {
  // The adapter warns of paths that its router reads in a way of its own.
  beforeAll(() => Logger.overrideLogger(false));

  const versioned = [named('first', '1'), named('others', ['2', '3']), named('neutral', VERSION_NEUTRAL)];

  it('versions of every form that the adapter reads: select the route', () => {
    const matcher = matcherOf(versioned, { type: VersioningType.HEADER, header: 'x-version' });
    const dispatched = (headers: object) => namesOf(matcher.dispatched('GET', '/things', '', { headers }));
    expect([{ 'x-version': '1' }, { 'x-version': '3' }, { 'accept-version': '1' }].map(dispatched)).toEqual([
      ...[['first'], ['others'], ['neutral']],
    ]);
    expect(namesOf(matcher.candidates('GET', '/things', '')).sort()).toEqual(['first', 'neutral', 'others']);
  });

  it('version that cannot be read: matches no route', () => {
    const matcher = matcherOf(versioned, {
      type: VersioningType.CUSTOM,
      extractor: (request) => {
        const { version } = (request as { headers: { version?: string } }).headers;
        if (version === undefined) {
          throw new Error('no version in that');
        }
        return version;
      },
    });
    const dispatched = (headers: object) => namesOf(matcher.dispatched('GET', '/things', '', { headers }));
    expect([dispatched({ version: '1' }), dispatched({ version: '4' }), dispatched({})]).toEqual([
      ...[['first'], ['neutral'], []],
    ]);
  });

  it('empty parameters: are left out', () => {
    const matcher = matcherOf([route('GET', '/a/:id/b'), route('GET', '/a')]);
    const candidates = (url: string) => namesOf(matcher.candidates('GET', url, ''));
    expect(['/a/1/b', '/a//b', '/a'].map(candidates)).toEqual([['GET /a/:id/b'], [], ['GET /a']]);
  });

  it('parameters: are those that Nest reads from the paths', () => {
    // find-my-way reads one parameter, `lat,:lng`, where Nest and Express read two: the adapter looks at the URL again.
    const matcher = matcherOf([route('GET', '/at/:lat,:lng')]);
    const candidates = (url: string) => namesOf(matcher.candidates('GET', url, ''));
    expect([candidates('/at/1,2'), candidates('/at/1')]).toEqual([['GET /at/:lat,:lng'], []]);
  });

  it('methods of a path: lists all routes', () => {
    const routes = [route('GET', '/a'), route('PUT', '/a'), route('POST', '/b')];
    const found = matcherOf(routes).routesAt('/a', '');
    expect(new Set(found)).toEqual(new Set(routes.slice(0, 2)));
  });

  it('Fastify dispatched to the route of a plugin: matches no route', () => {
    const matcher = matcherOf([route('GET', '/a')]);
    const taken = (url: string) => ({
      raw: { method: 'GET', url, headers: {} },
      ...{ is404: false, params: {}, routeOptions: { url: '/plugin', config: {} } },
    });
    for (const url of ['/plugin', '/a']) {
      expect(matcher.dispatched('GET', url, '', taken(url))).toEqual([]);
    }
  });
});
