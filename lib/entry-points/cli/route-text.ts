import type { CorsRouteDescription } from '../../inspect/descriptions.js';

/** A route in a sentence: method, path, and what else it asks of a request. */
export function routeText({ method, path, hosts, versions }: CorsRouteDescription): string {
  const host = hosts === undefined ? '' : ` on host ${hosts.join(' or ')}`;
  const version = versions === undefined ? '' : ` version ${versions.join(', ')}`;
  return `${method} ${path}${host}${version}`;
}

/** The same, with the method that answers. */
export function handlerText(route: CorsRouteDescription): string {
  return `${routeText(route)} (${route.controller}.${route.handler})`;
}
