import type { RegisteredRoute, Route } from '../routing/route.js';

/** A route, for people and for JSON. */
export interface CorsRouteDescription {
  /** Upper case; `*` for every method. */
  readonly method: string;
  readonly path: string;
  /** Host filters, as regular expressions; absent without any. */
  readonly hosts?: readonly string[];
  /** Versions that the route serves; absent without any, and where the version is in the path. */
  readonly versions?: readonly string[];
  readonly controller: string;
  readonly handler: string;
}

export function describeRoute(route: Route | RegisteredRoute): CorsRouteDescription {
  const version = 'version' in route ? route.version : undefined;
  return {
    method: route.method,
    path: route.path,
    ...(route.hosts === undefined ? {} : { hosts: route.hosts.map(String) }),
    ...(version === undefined ? {} : { versions: [version].flat().map(describeVersion) }),
    controller: route.controller.name,
    handler: route.methodName,
  };
}

function describeVersion(version: string | symbol): string {
  return typeof version === 'symbol' ? 'neutral' : version;
}
