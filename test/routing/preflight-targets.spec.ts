import { describe, expect, it } from '@jest/globals';
import { PreflightTargets } from '../../lib/routing/preflight-targets.js';
import type { RequestRouter } from '../../lib/routing/request-router.js';
import type { RegisteredRoute } from '../../lib/routing/route.js';
import { namesOf, route } from './stubbed-router.js';

const PATHS = ['/cats', '/cats/:id', '/dogs{/:id}', '/birds/*all', '/'];

/** The targets of an application with these routes, and what its router was asked. */
function targetsOf(routes: readonly RegisteredRoute[], readsHost = false) {
  const asked: string[] = [];
  const router: Partial<RequestRouter> = {
    routes,
    readsHost,
    candidates: (method, url) => (asked.push(`${method} ${url}`), [{ route: route(method, url), params: {} }]),
    routesAt: (url) => (asked.push(url), [route('GET', url)]),
  };
  const targets = new PreflightTargets(router as RequestRouter);
  return {
    asked,
    candidates: (method: string, url: string) => namesOf(targets.candidates(method, url, {})),
    routesAt: (url: string) => targets.routesAt(url, {}).map(({ methodName }) => methodName),
  };
}

describe('the routes that preflights are judged by', () => {
  const routes = PATHS.map((path) => route('GET', path));

  it.each([['/cats'], ['/']])('are searched for once where the target is a path without parameters: %s', (url) => {
    const { asked, candidates, routesAt } = targetsOf(routes);
    for (let time = 0; time < 3; time++) {
      expect(candidates('PUT', url)).toEqual([`PUT ${url}`]);
      expect(candidates('GET', url)).toEqual([`GET ${url}`]);
      expect(routesAt(url)).toEqual([`GET ${url}`]);
    }
    expect(asked).toEqual([`PUT ${url}`, `GET ${url}`, url]);
  });

  it.each([['/cats/7'], ['/cats/:id'], ['/cats?page=2'], ['/CATS'], ['/cats/'], ['/birds/*all'], ['/nothing'], ['']])(
    'are searched for each time where it is another: %s',
    (url) => {
      const { asked, candidates, routesAt } = targetsOf(routes);
      for (let time = 0; time < 2; time++) {
        candidates('PUT', url);
        routesAt(url);
      }
      expect(asked).toEqual([`PUT ${url}`, url, `PUT ${url}`, url]);
    },
  );

  it('are not remembered for methods that somebody has made up', () => {
    const { asked, candidates } = targetsOf(routes);
    candidates('MADE-UP', '/cats');
    candidates('MADE-UP', '/cats');
    expect(asked).toHaveLength(2);
  });

  it('are searched for each time where routes are chosen by host', () => {
    const { asked, candidates, routesAt } = targetsOf(routes, true);
    for (let time = 0; time < 2; time++) {
      candidates('PUT', '/cats');
      routesAt('/cats');
    }
    expect(asked).toHaveLength(4);
  });
});
