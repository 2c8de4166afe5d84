import type { CorsInspector } from '../../inspect/inspector.js';
import type { CorsExplanation } from '../../inspect/explanation.js';
import { nearestName } from '../../support/nearest-name.js';
import { routeText } from './description-text.js';

/** Label of the policy for paths without route and entry. */
const DEFAULTS = 'module defaults';
/** Explains where a request goes, without a lookup call. */
const NO_ORIGIN = '';

/** Whether neither a route nor a `paths` entry covers the request: most likely it is misspelt. */
export function isUnknown({ route, policy, preflight }: CorsExplanation): boolean {
  return route === undefined && preflight.candidates.length === 0 && policy.label === DEFAULTS;
}

/** Names the policy of such a request, and the route that was probably meant. */
export async function describeUnknown(inspector: CorsInspector, { request, policy }: CorsExplanation): Promise<string> {
  const { method, path, host } = request;
  const routed: string[] = [];
  for (const other of new Set(inspector.routes().map((route) => route.method))) {
    const { route } = await inspector.explain({ method: other, path, host, origin: NO_ORIGIN });
    if (route !== undefined) {
      routed.push(other);
    }
  }
  return [
    `No route and no \`paths\` entry covers ${method} ${path}: the ${policy.label} apply.`,
    routed.length > 0 ? `That path has ${routed.join(' and ')}.` : nearestRoute(inspector, request),
    'nestjs-cors routes lists what there is; a prefix or version that main.ts sets needs --configure.',
  ].join(' ');
}

function nearestRoute(inspector: CorsInspector, { method, path }: CorsExplanation['request']): string {
  const pathname = path.replace(/\?.*$/s, '');
  // The route with the request's method comes last: of two routes with one path, the last one stays.
  const routes = inspector.routes().toSorted((a, b) => Number(a.method === method) - Number(b.method === method));
  const byExample = new Map(routes.map((route) => [exampleOf(route.path, pathname), route]));
  const paths = [...byExample.keys()];
  const nearest =
    paths.find((each) => each !== '/' && (pathname.endsWith(each) || each.endsWith(pathname))) ??
    nearestName(pathname, paths);
  const route = nearest === undefined ? undefined : byExample.get(nearest);
  return route === undefined ? 'No route resembles it.' : `The nearest is ${routeText(route)}.`;
}

/** The pattern with the segments of the request in place of its parameters, so that only fixed segments differ. */
function exampleOf(pattern: string, pathname: string): string {
  const written = pathname.split('/');
  return pattern
    .split('/')
    .map((segment, index) => (/^[:*{]/.test(segment) ? (written[index] ?? segment) : segment))
    .join('/');
}
