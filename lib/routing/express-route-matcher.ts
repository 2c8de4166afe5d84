import { VERSION_NEUTRAL, type VersioningOptions } from '@nestjs/common';
import { ExpressPathIndex, type PathMatching } from './express-path-index.js';
import { FixedPaths } from './fixed-paths.js';
import { isHostAccepted } from './host-filter.js';
import { expressPathname } from './request-target.js';
import type { RegisteredRoute, Route, RouteMatch, RouteMatcher } from './route.js';
import type { RouterAdapter } from './router-adapter.js';

interface Registration {
  readonly route: RegisteredRoute;
  /** Whether the route serves every request that comes to it. */
  readonly unconditional: boolean;
  /** The adapter's own version filter. Throws where the application's extractor does. */
  readonly isVersionAccepted: (request: unknown) => boolean;
}

/** Finds routes as Express does: the first one wins that accepts method, path, host and version. */
export class ExpressRouteMatcher implements RouteMatcher {
  private readonly index: ExpressPathIndex<Registration>;
  /** What was found for paths, by method: the same every time. Empty where routes are chosen by more than that. */
  private readonly known: FixedPaths<Map<string, readonly RouteMatch[]>>;

  constructor(routes: readonly RegisteredRoute[], adapter: RouterAdapter, versioning: VersioningOptions | undefined) {
    this.index = new ExpressPathIndex(pathMatchingOf(adapter));
    for (const route of routes) {
      this.index.add(route.path, route.mounted, {
        route,
        unconditional: route.version === undefined || route.version === VERSION_NEUTRAL,
        isVersionAccepted: versionFilter(route, adapter, versioning),
      });
    }
    const isPlain = routes.every(({ version, hosts }) => version === undefined && hosts === undefined);
    this.known = new FixedPaths(isPlain ? routes : [], () => new Map());
  }

  dispatched(method: string, url: string, host: string, request: unknown): readonly RouteMatch[] {
    const pathname = expressPathname(url);
    if (pathname === undefined) {
      return [];
    }
    const known = this.known.at(pathname);
    const kept = known?.get(method);
    if (kept !== undefined) {
      return kept;
    }
    const found = this.search(pathname, method, host, request);
    known?.set(method, found);
    return found;
  }

  candidates(method: string, url: string, host: string): readonly RouteMatch[] {
    const found: RouteMatch[] = [];
    const served = new Set<unknown>();
    this.visit(url, ({ route, unconditional }, params) => {
      if (!servesMethod(route, method) || !isHostAccepted(route.hosts, host)) {
        return false;
      }
      const versions = [route.version].flat();
      // Where all its versions are served by routes before it, no request comes through to this one.
      if (unconditional || versions.some((version) => !served.has(version))) {
        found.push({ route, params });
      }
      versions.forEach((version) => served.add(version));
      return unconditional;
    });
    return found;
  }

  routesAt(url: string, host: string): readonly Route[] {
    const found: Route[] = [];
    this.visit(url, ({ route }) => {
      if (isHostAccepted(route.hosts, host)) {
        found.push(route);
      }
      return false;
    });
    return found;
  }

  private search(pathname: string, method: string, host: string, request: unknown): readonly RouteMatch[] {
    const found: RouteMatch[] = [];
    this.index.visit(pathname, ({ route, isVersionAccepted }, params) => {
      if (servesMethod(route, method) && isHostAccepted(route.hosts, host) && isVersionAccepted(request)) {
        found.push({ route, params });
      }
      return found.length > 0;
    });
    return found;
  }

  private visit(url: string, visit: Parameters<ExpressPathIndex<Registration>['visit']>[1]): void {
    const pathname = expressPathname(url);
    if (pathname !== undefined) {
      this.index.visit(pathname, visit);
    }
  }
}

// Route._handlesMethod(): each route of Nest is a layer of its own, so a GET route takes HEAD before a later HEAD route.
function servesMethod({ method, mounted }: RegisteredRoute, requested: string): boolean {
  return mounted || method === '*' || method === requested || (method === 'GET' && requested === 'HEAD');
}

function versionFilter(
  { version }: RegisteredRoute,
  adapter: RouterAdapter,
  versioning: VersioningOptions | undefined,
): Registration['isVersionAccepted'] {
  if (version === undefined || versioning === undefined) {
    return () => true;
  }
  const filter = adapter.applyVersionFilter(() => true, version, versioning);
  const next = () => false;
  return (request) => filter(request, undefined, next) === true;
}

/** How the adapter's router compares paths. */
export function pathMatchingOf(adapter: RouterAdapter): PathMatching {
  const options = adapter.getRouteMatchingOptions?.();
  if (options !== undefined) {
    return options;
  }
  // The application router of Express keeps the settings of when it was made; so ExpressAdapter 11.2 reads them too.
  const { router } = (adapter.getInstance() ?? {}) as { router?: { caseSensitive?: boolean; strict?: boolean } };
  return { caseSensitive: Boolean(router?.caseSensitive), ignoreTrailingSlash: !router?.strict };
}
