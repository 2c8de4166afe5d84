import type { CorsEvaluator } from '../request/evaluator.js';
import type { RegisteredRoute } from '../routing/route.js';
import { type CorsAuditFinding, finding } from './audit-finding.js';
import { describeRoute } from './descriptions.js';
import { foreignHeaders } from './foreign-headers.js';
import { reasonOf, uncachedPaths } from './uncached-preflights.js';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'SEARCH', 'QUERY', 'PROPFIND']);

export function openToAll(routes: readonly RegisteredRoute[]): CorsAuditFinding[] {
  return routes
    .filter(({ method, policy }) => !SAFE_METHODS.has(method) && policy.origin.kind === 'any')
    .map((route) => {
      const message = `Scripts of every origin may call it, by ${route.policy.label}.`;
      return finding('state-change-open-to-all', subjectOf(route), message);
    });
}

/** Routes with one method and path whose versions have different policies. */
export function sharedPreflights(routes: readonly RegisteredRoute[]): CorsAuditFinding[] {
  const groups = new Map<string, RegisteredRoute[]>();
  for (const route of routes) {
    const key = `${route.method} ${route.path} ${String(route.hosts)}`;
    groups.set(key, [...(groups.get(key) ?? []), route]);
  }
  return [...groups.values()]
    .filter((group) => new Set(group.map(({ policy }) => policy)).size > 1)
    .map((group) => {
      const [{ method, path }] = group as [RegisteredRoute];
      const message = `${group.map(subjectOf).join(' and ')} have different policies, and one preflight: it is granted when any of them grants it.`;
      return finding('shared-preflight', `${method} ${path}`, message);
    });
}

export function uncachedPreflights(evaluator: CorsEvaluator): CorsAuditFinding[] {
  return uncachedPaths(evaluator).map(({ path, method, obstacle }) => {
    const message = `Browsers must not cache the preflights of ${method} ${path} (Access-Control-Max-Age: 0): ${reasonOf(obstacle)}.`;
    return finding('uncached-preflight', path, message);
  });
}

export function foreignHeaderFindings(routes: readonly RegisteredRoute[]): CorsAuditFinding[] {
  return foreignHeaders(routes).map(({ handler, name, value, isGoverned }) => {
    const effect = isGoverned
      ? 'has no effect: the policy of the route decides about this header.'
      : 'means nothing on a response: browsers read this header on preflights alone, which the policy answers.';
    return finding('foreign-cors-header', handler, `@Header('${name}', ${value}) ${effect}`);
  });
}

function subjectOf(route: RegisteredRoute): string {
  const { method, path, versions, controller, handler } = describeRoute(route);
  return `${method} ${path}${versions === undefined ? '' : ` version ${versions.join(' ')}`} (${controller}.${handler})`;
}
