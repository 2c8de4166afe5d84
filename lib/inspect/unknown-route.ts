import { nearestName } from '../support/nearest-name.js';
import type { CorsRouteDescription } from './descriptions.js';
import type { CorsExplanation } from './explanation.js';
import type { CorsInspector } from './inspector.js';

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
  ].join(' ');
}

/** A route in a sentence: method, path, host and version. */
export function routeText({ method, path, hosts, versions }: CorsRouteDescription): string {
  const host = hosts === undefined ? '' : ` on host ${hosts.join(' or ')}`;
  const version = versions === undefined ? '' : ` version ${versions.join(', ')}`;
  return `${method} ${path}${host}${version}`;
}

function nearestRoute(inspector: CorsInspector, { method, path }: CorsExplanation['request']): string {
  const pathname = path.replace(/\?.*$/s, '');
  // The route with the request's method comes last: of two routes with one path, the last one stays.
  const routes = inspector.routes().toSorted((a, b) => Number(a.method === method) - Number(b.method === method));
  const byExample = new Map(
    routes.flatMap((route) => examplesOf(route.path, pathname).map((example) => [example, route] as const)),
  );
  const paths = [...byExample.keys()];
  const nearest =
    paths.find((each) => each !== '/' && (pathname.endsWith(each) || each.endsWith(pathname))) ??
    nearestName(pathname, paths);
  const route = nearest === undefined ? undefined : byExample.get(nearest);
  return route === undefined ? 'No route resembles it.' : `The nearest is ${routeText(route)}.`;
}

/** A segment of a pattern that differs between paths. */
const PARAMETER = /^[:*{]/;

/**
 * The pattern with the segments of the request in place of its parameters, so that only fixed segments differ. Segments are
 * counted from the start, and also from the end where the last fixed segments agree: one of the two may lack a prefix.
 */
function examplesOf(pattern: string, pathname: string): readonly string[] {
  const [segments, written] = [pattern.split('/'), pathname.split('/')];
  const moved = written.length - segments.length;
  const isSame = (segment: string, index: number): boolean => segment !== '' && segment === written[index + moved];
  return [0, ...(segments.some(isSame) ? [moved] : [])].map((offset) =>
    segments
      .map((segment, index) => (PARAMETER.test(segment) ? (written[index + offset] ?? segment) : segment))
      .join('/'),
  );
}
