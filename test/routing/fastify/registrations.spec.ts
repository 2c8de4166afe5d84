import { VERSION_NEUTRAL } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { fastifyRegistrations } from '../../../lib/routing/fastify/registrations.js';
import type { RegisteredRoute } from '../../../lib/routing/route.js';
import type { FastifyRouter } from '../../../lib/routing/router-adapter.js';
import { matcherOf, namesOf, route, routerWith } from '../stubbed-router.js';

/** What became of the routes in a router that has whatever it is asked for, unless the test says otherwise. */
function registered(routes: readonly RegisteredRoute[], rest: Partial<FastifyRouter> = {}) {
  const router: FastifyRouter = { hasRoute: () => true, findRoute: () => null, ...rest };
  return fastifyRegistrations(routes, router, (path) => path).map(({ method, route: of, constraints }) => [
    ...[method, of?.methodName, constraints],
  ]);
}

const methods = { supportedMethods: ['GET', 'PUT'] };

describe('Fastify registrations', () => {
  it('route of all methods: is one of each supported method', () => {
    expect(registered([route('*', '/a')], methods)).toEqual([
      ['GET', '* /a', {}],
      ['PUT', '* /a', {}],
    ]);
    expect(registered([route('*', '/a')])).toEqual([]);
  });

  it('GET route: has a HEAD route, and no other route has', () => {
    expect(registered([route('GET', '/a'), route('POST', '/b')]).map(([method, name]) => [method, name])).toEqual([
      ['GET', 'GET /a'],
      ['HEAD', 'GET /a'],
      ['POST', 'POST /b'],
    ]);
    const plugins = routerWith([
      ['POST', '/b'],
      ['HEAD', '/b'],
    ]);
    expect(namesOf(matcherOf([route('POST', '/b')], plugins).candidates('HEAD', '/b', ''))).toEqual([]);
  });

  it('version-neutral route: has no version', () => {
    const [[, , constraints] = []] = registered([route('PUT', '/a', { version: VERSION_NEUTRAL })]);
    expect(constraints).toEqual({});
    expect(Object.keys(constraints as object)).toEqual([]);
  });

  it('router that lacks a version or every constraint: may lack it, too', () => {
    const host = { host: 'h' };
    const versioned = route('PUT', '/a', { version: '1', constraints: host });
    const having = (...kept: object[]) =>
      registered([versioned], {
        hasRoute: ({ constraints }) => kept.some((each) => JSON.stringify(each) === JSON.stringify(constraints)),
      });
    expect(having({ host: 'h', version: '1' }, host, {})).toEqual([['PUT', 'PUT /a', { host: 'h', version: '1' }]]);
    expect(having(host, {})).toEqual([['PUT', 'PUT /a', host]]);
    expect(having({})).toEqual([['PUT', 'PUT /a', {}]]);
    expect(having({ other: '1' })).toEqual([]);
  });
});

describe('Fastify registrations › route of all methods', () => {
  const all = (constraints: object) => route('*', '/a', { constraints: { ...constraints } });
  const get = (constraints: object) => route('GET', '/a', { constraints: { ...constraints } });
  const constrained = { ...methods, hasRoute: ({ constraints }: { constraints: object }) => 'tier' in constraints };
  const methodsOfAll = (...routes: RegisteredRoute[]) =>
    registered(routes, constrained).flatMap(([method, name]) => (name === '* /a' ? [method] : []));

  it('other route of a method under the same constraints: leaves out the method', () => {
    expect(methodsOfAll(all({ tier: 'gold' }), get({ tier: 'gold' }))).toEqual(['PUT']);
    expect(methodsOfAll(all({ tier: 'gold', host: 'h' }), get({ host: 'h', tier: 'gold' }))).toEqual(['PUT']);
  });

  it('other route of a method under other constraints: keeps the method', () => {
    expect(methodsOfAll(all({ tier: 'gold' }), get({ tier: 'silver' }))).toEqual(['GET', 'PUT']);
    expect(methodsOfAll(all({ tier: 'gold' }), get({ tier: 'gold', host: 'h' }))).toEqual(['GET', 'PUT']);
    expect(methodsOfAll(all({ tier: /^a$/ }), get({ tier: /^b$/ }))).toEqual(['GET', 'PUT']);
  });
});
