import type { CorsEvaluator } from '../request/evaluator.js';
import type { PreflightObstacle } from '../decision/preflight-cache.js';
import type { MethodDestination, RegisteredRoute } from '../routing/route.js';
import { syntheticRequest } from './synthetic-exchange.js';

/** A path whose preflights browsers must not cache. */
export interface UncachedPath {
  readonly path: string;
  /** Method whose preflight it is. */
  readonly method: string;
  readonly obstacle: PreflightObstacle;
}

/** Stands for every value of a parameter. */
const VALUE = 'x';

/**
 * The paths of routes whose `maxAge` becomes `Access-Control-Max-Age: 0`, with the first reason found for each. Without
 * `maxAge`, nobody asked for caching, and the five seconds that browsers cache by default are no loss.
 */
export function uncachedPaths(evaluator: CorsEvaluator): UncachedPath[] {
  const { router } = evaluator;
  const byPath = new Map<string, RegisteredRoute[]>();
  for (const route of router.routes) {
    const key = JSON.stringify([route.path, route.hosts?.map(String)]);
    byPath.set(key, [...(byPath.get(key) ?? []), route]);
  }
  return [...byPath.values()].flatMap((routes) => {
    for (const route of routes.filter(({ policy }) => policy.maxAge !== undefined && policy.maxAge !== '0')) {
      const obstacle = obstacleTo(evaluator, route, routes);
      if (obstacle !== undefined) {
        return [{ path: route.path, method: route.method, obstacle }];
      }
    }
    return [];
  });
}

function obstacleTo(
  evaluator: CorsEvaluator,
  route: RegisteredRoute,
  ofPath: readonly RegisteredRoute[],
): PreflightObstacle | undefined {
  const { url, params } = sampleOf(route.path);
  const adapterRequest = syntheticRequest('OPTIONS', url, 'localhost', {});
  const method = route.method === '*' ? 'GET' : route.method;
  // Routes of the very path, also where only a host or a version leads to them, and what else the URL is served by.
  const siblings = ofPath.map((sibling): MethodDestination => ({
    method: sibling.method === '*' ? 'POST' : sibling.method,
    policy: sibling.policy,
    match: { route: sibling, params: sampleOf(sibling.path).params },
  }));
  const destinations = evaluator.router.preflight(method, url, adapterRequest);
  const { obstacle } = evaluator.lifetime(
    { method, url, origin: undefined, adapterRequest },
    { policy: route.policy, match: { route, params } },
    { all: () => [...siblings, ...destinations.all()], alternative: destinations.alternative },
  );
  return obstacle;
}

/** A URL that the pattern matches, as far as that can be told from the pattern alone. */
function sampleOf(path: string): { readonly url: string; readonly params: Readonly<Record<string, string>> } {
  const params: Record<string, string> = {};
  const url = path
    .replace(/[{}]/g, '')
    .replace(/[:*]([\w$]+)(?:\([^)]*\))?\??/g, (_parameter, name: string) => {
      params[name] = VALUE;
      return VALUE;
    })
    .replace(/\*/g, VALUE);
  return { url, params };
}
