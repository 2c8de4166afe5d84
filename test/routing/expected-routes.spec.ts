import { describe, expect, it } from '@jest/globals';
import { ExpectedRoutes } from '../../lib/routing/expected-routes.js';
import type { RegisteredRoute } from '../../lib/routing/route.js';

class A {}
class B {}

function route(controller: RegisteredRoute['controller'], methodName: string, rest: Partial<RegisteredRoute> = {}) {
  return { controller, methodName, method: 'GET', path: '/', mounted: false, ...rest } as RegisteredRoute;
}

const registeredAs = (controller: RegisteredRoute['controller'], methodName: string, method = 'get', path = '/') => ({
  controller,
  methodName,
  method,
  path,
});

describe('ExpectedRoutes', () => {
  it('routes of a handler: are given once each, in the order of the table', () => {
    const [first, second] = [route(A, 'get'), route(A, 'get')];
    const expected = new ExpectedRoutes([first, second]);
    const taken = [1, 2, 3].map(() => expected.take(registeredAs(A, 'get')));
    expect(taken[0]).toBe(first);
    expect(taken[1]).toBe(second);
    expect(taken[2]).toBeUndefined();
  });

  it.each([
    ['another controller', registeredAs(B, 'get')],
    ['another handler', registeredAs(A, 'list')],
    ['another method', registeredAs(A, 'get', 'post')],
    ['another path', registeredAs(A, 'get', 'get', '/other')],
  ])('%s: has no route', (_what, registration) => {
    expect(new ExpectedRoutes([route(A, 'get')]).take(registration)).toBeUndefined();
  });

  it('any method, and mounted handlers: gives the method of the adapter', () => {
    const all = route(A, 'all', { method: '*' });
    const mounted = route(A, 'mounted', { method: 'SEARCH', mounted: true });
    const expected = new ExpectedRoutes([all, mounted]);
    expect(expected.take(registeredAs(A, 'all', 'all'))).toBe(all);
    expect(expected.take(registeredAs(A, 'mounted', 'use'))).toBe(mounted);
  });

  it('remaining routes: are in the order of the table', () => {
    const routes = [route(A, 'a'), route(B, 'b'), route(A, 'c')];
    const expected = new ExpectedRoutes(routes);
    expected.take(registeredAs(B, 'b'));
    expect(expected.rest()).toEqual([routes[0], routes[2]]);
  });
});
