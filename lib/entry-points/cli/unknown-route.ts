import type { CorsInspector } from '../../inspect/inspector.js';
import type { CorsExplanation } from '../../inspect/explanation.js';
import { nearestName } from '../../support/nearest-name.js';
import { routeText } from './route-text.js';

/** Label of the policy that judges what neither has an entry nor a route. */
const DEFAULTS = 'module defaults';
/** No origin: the router is asked where a request would go, and no lookup who may. */
const NOBODY = '';

/** Whether neither a route nor a `paths` entry is behind what was asked for: most likely a slip of the pen. */
export function isUnknown({ route, policy, preflight }: CorsExplanation): boolean {
  return route === undefined && preflight.candidates.length === 0 && policy.label === DEFAULTS;
}

/** Which policy judges a request that nothing is there for, and what it was probably meant to be. */
export async function describeUnknown(inspector: CorsInspector, { request, policy }: CorsExplanation): Promise<string> {
  const { method, path, host } = request;
  const routed: string[] = [];
  for (const other of new Set(inspector.routes().map((route) => route.method))) {
    const { route } = await inspector.explain({ method: other, path, host, origin: NOBODY });
    if (route !== undefined) {
      routed.push(other);
    }
  }
  return [
    `No route and no \`paths\` entry covers ${method} ${path}: the ${policy.label} judge it.`,
    routed.length > 0 ? `That path has ${routed.join(' and ')}.` : nearestRoute(inspector, request),
    'nestjs-cors routes lists what there is; a prefix or version that main.ts sets needs --configure.',
  ].join(' ');
}

function nearestRoute(inspector: CorsInspector, { method, path }: CorsExplanation['request']): string {
  const pathname = path.replace(/\?.*$/s, '');
  // The route with the asked method last: of two routes with one path it is the one that stays.
  const routes = inspector.routes().toSorted((a, b) => Number(a.method === method) - Number(b.method === method));
  const byExample = new Map(routes.map((route) => [exampleOf(route.path, pathname), route]));
  const paths = [...byExample.keys()];
  const nearest =
    paths.find((each) => each !== '/' && (pathname.endsWith(each) || each.endsWith(pathname))) ??
    nearestName(pathname, paths);
  const route = nearest === undefined ? undefined : byExample.get(nearest);
  return route === undefined ? 'No route is like it.' : `The nearest is ${routeText(route)}.`;
}

/** The pattern with what was written in place of its parameters, so that only fixed text counts as different. */
function exampleOf(pattern: string, pathname: string): string {
  const written = pathname.split('/');
  return pattern
    .split('/')
    .map((segment, index) => (/^[:*{]/.test(segment) ? (written[index] ?? segment) : segment))
    .join('/');
}
