import type { CorsEvaluator } from '../request/evaluator.js';
import type { PreflightLifetime, PreflightObstacle } from '../decision/preflight-cache.js';
import type { MethodDestination, RegisteredRoute } from '../routing/route.js';
import { syntheticRequest } from './synthetic-exchange.js';

/** A path whose preflights browsers must not cache. */
export interface UncachedPath {
  readonly path: string;
  /** The requested method of the preflight. */
  readonly method: string;
  readonly obstacle: PreflightObstacle;
}

/** The value of every parameter in a sample. */
const VALUE = 'x';

/**
 * The paths of routes whose `maxAge` becomes `Access-Control-Max-Age: 0`, each with the first reason. A policy without
 * `maxAge` loses only the five seconds that browsers cache by default, so its paths are left out.
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
  // All routes of the path, whatever host or version leads to them, and everything else that serves the URL.
  const siblings = ofPath.map((sibling): MethodDestination => ({
    method: sibling.method === '*' ? 'POST' : sibling.method,
    policy: sibling.policy,
    match: { route: sibling, params: sampleOf(sibling.path).params },
  }));
  const destinations = evaluator.router.preflight(method, url, adapterRequest);
  const { obstacle } = evaluator.lifetimes.find(
    { method, url, origin: undefined, adapterRequest },
    { policy: route.policy, match: { route, params } },
    { all: () => [...siblings, ...destinations.all()], alternative: destinations.alternative },
  );
  return obstacle;
}

/** A URL that the pattern matches, as far as the pattern alone shows. */
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

/** Says why browsers must not cache a preflight; `undefined` where they may. */
export function lifetimeNote({ obstacle }: PreflightLifetime): string | undefined {
  return obstacle && `Browsers must not cache it (Access-Control-Max-Age: 0): ${reasonOf(obstacle)}.`;
}

/** The difference that forbids caching, and why it does. */
export function reasonOf({ method, field, policy }: PreflightObstacle): string {
  const difference = {
    methods: `the \`methods\` of ${policy} leave out ${method}`,
    paths: `${method} of this URL is governed by ${policy}`,
    other: `${method} of this URL has another \`${field}\`, by ${policy}`,
  }[field === 'methods' || field === 'paths' ? field : 'other'];
  return `${difference}, and a cached preflight lets ${method} requests to the same URL through`;
}
