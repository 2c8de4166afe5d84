import { describe, expect, it } from '@jest/globals';
import type { FastifyRouter } from '../../../lib/routing/router-adapter.js';
import { matcherOf, namesOf, route, routerWith } from '../stubbed-router.js';

describe('Fastify router mirror', () => {
  it.each([
    ['/a?b=c', '/a'],
    ['/a', '/a'],
    ['/a/?', '/a/'],
    ['http://h/a?b=c', 'http://h/a?b=c'],
    ['http://h/a/', 'http://h/a/'],
  ])('URL %s: is searched as %s, so that no query is read twice', (url, asked) => {
    const urls: string[] = [];
    const findRoute: FastifyRouter['findRoute'] = (about) => (urls.push(about.url), { params: { '*': 'any' } });
    const matcher = matcherOf([route('GET', '/*')], { hasRoute: () => true, findRoute });
    matcher.candidates('GET', url, '');
    expect(urls).toEqual([asked]);
  });

  it('route that the router lost: returns the other routes of the path', () => {
    const routes = [route('PUT', '/a', { methodName: 'plain' }), route('PUT', '/a', { version: '1.0.0' })];
    const { hasRoute } = routerWith([
      ['PUT', '/a'],
      ['PUT', '/a', { version: '1.0.0' }],
    ]);
    const findRoute: FastifyRouter['findRoute'] = ({ constraints }) =>
      constraints?.['version'] === undefined ? null : { params: {} };
    expect(namesOf(matcherOf(routes, { hasRoute, findRoute }).candidates('PUT', '/a', ''))).toEqual(['PUT /a']);
  });
});
