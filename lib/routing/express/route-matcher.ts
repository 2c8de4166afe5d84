import type { VersioningOptions } from '@nestjs/common';
import { isKnownMethod } from '../../fetch/methods.js';
import { valueOf } from '../../support/memo.js';
import { isHostAccepted } from '../host-filter.js';
import type { RouteIdentities } from '../registered-routes.js';
import { expressPathname } from '../request-target.js';
import {
  type Dispatched,
  NO_ROUTES,
  type RegisteredRoute,
  type Route,
  type RouteMatch,
  type RouteMatcher,
  type RouteVersion,
  type Recipient,
  type UrlRoutes,
  isFixedPath,
} from '../route.js';
import type { RouterAdapter } from '../router-adapter.js';
import { type ExpressForeignRoutes, type ExpressRoute, handlesMethod } from './foreign-routes.js';
import { ExpressPathIndex, type PathMatching, joinedParams } from './path-index.js';
import { ExpressUrlRoutes, type Hit, isUnconditional, servesMethod } from './url-routes.js';
import { type ExpressDispatch, watchDispatches } from './watched-application.js';

/** The members of a request that Express sets when it dispatches it. */
interface DispatchedRequest {
  readonly method?: string;
  readonly route?: ExpressRoute;
  readonly params: Readonly<Record<string, string | string[]>>;
}

/** Whether a route serves the version of the request. It throws where the application's extractor throws. */
type VersionFilter = (request: unknown) => boolean;

/** Finds routes as Express does: the first route that accepts method, path, host and version wins. */
export class ExpressRouteMatcher implements RouteMatcher {
  /** Express matches mounted middleware as it matches routes. */
  readonly isReadLoosely = false;
  /** Routes of Express have no hosts. */
  readonly readsHost = false;
  private readonly index: ExpressPathIndex<RegisteredRoute>;
  /** The adapter's own filters, by version. */
  private readonly versionFilters = new Map<RouteVersion, VersionFilter>();
  /** Whether path and method alone choose among the routes. */
  private readonly isByPath: boolean;
  /** The recipients of fixed paths that had a request, by path and method. */
  private readonly known = new Map<string, Map<string, readonly Recipient[]>>();
  private readonly dispatches: WeakMap<object, ExpressDispatch> | undefined;
  /** The length of the router's stack when it last had no routes of other libraries. */
  private plainLength = -1;
  private last: { readonly pathname: string; readonly host: string; readonly hits: readonly Hit[] } | undefined;

  /**
   * @param foreign the routes in the stack that are not Nest's, where they are known
   * @param identities what of the stack is Nest's, where it is known
   */
  constructor(
    routes: readonly RegisteredRoute[],
    adapter: RouterAdapter,
    versioning: VersioningOptions | undefined,
    private readonly foreign?: ExpressForeignRoutes,
    private readonly identities?: RouteIdentities,
  ) {
    this.dispatches = identities && watchDispatches(identities.layers);
    this.index = new ExpressPathIndex<RegisteredRoute>(pathMatchingOf(adapter));
    for (const route of routes) {
      const { path, mounted, version } = route;
      this.index.add(path, mounted, route);
      if (version !== undefined && versioning !== undefined) {
        valueOf(this.versionFilters, version, () => versionFilter(version, adapter, versioning));
      }
    }
    this.isByPath = routes.every(({ version, hosts }) => version === undefined && hosts === undefined);
  }

  get revision(): number | undefined {
    return this.isPlain ? 0 : undefined;
  }

  recipients(method: string, url: string, host: string, request: unknown): readonly Recipient[] {
    const { isPlain } = this;
    const isByPath = isPlain && this.isByPath;
    const remembered = isByPath ? this.known.get(url)?.get(method) : undefined;
    if (remembered !== undefined) {
      return remembered;
    }
    const pathname = expressPathname(url);
    if (pathname === undefined) {
      return [];
    }
    const known = isByPath && pathname !== url ? this.known.get(pathname)?.get(method) : undefined;
    if (known !== undefined) {
      return known;
    }
    const found = this.search(pathname, method, host, request, isPlain);
    // The number of fixed paths is bounded. An application may take the method from a header, so only methods of HTTP are cached.
    const isFixed = isByPath && found[0]?.match?.route.path === pathname && isFixedPath(pathname);
    if (isFixed && isKnownMethod(method)) {
      valueOf(this.known, pathname, () => new Map<string, readonly Recipient[]>()).set(method, found);
    }
    return found;
  }

  at(url: string, host: string): UrlRoutes {
    const pathname = expressPathname(url);
    return pathname === undefined
      ? NO_ROUTES
      : new ExpressUrlRoutes(this.hitsAt(pathname, host), this.isPlain ? [] : this.foreign!.at(pathname));
  }

  keyOf(_method: string, url: string): string | undefined {
    const pathname = expressPathname(url);
    if (pathname === undefined || (!this.isPlain && this.foreign!.at(pathname).length > 0)) {
      return undefined;
    }
    let key = '';
    for (const { position } of this.hitsAt(pathname, '')) {
      key += `${position},`;
    }
    return key;
  }

  /**
   * Nest's routes at the path. Those of the last path are cached, because a preflight needs them twice unless its answer is
   * prepared.
   */
  private hitsAt(pathname: string, host: string): readonly Hit[] {
    if (this.last?.pathname !== pathname || this.last.host !== host) {
      const hits: Hit[] = [];
      this.index.visit(pathname, (route, params, position) => {
        if (route.hosts === undefined || isHostAccepted(route.hosts, host)) {
          hits.push({ route, position, params });
        }
        return false;
      });
      this.last = { pathname, host, hits };
    }
    return this.last.hits;
  }

  dispatchedTo(request: unknown): Dispatched {
    if (this.dispatches === undefined) {
      return undefined;
    }
    const own = this.dispatches.get(request as object);
    if (own !== undefined) {
      return isCertain(own.route) ? own : undefined;
    }
    const { method, route, params } = request as DispatchedRequest;
    if (route === undefined) {
      return 'nowhere';
    }
    // For a HEAD request, Express sets `route` at every route of the path, even if it does not handle HEAD.
    if (method === 'HEAD' && !handlesMethod(route, 'HEAD')) {
      return undefined;
    }
    const { layers } = this.identities!;
    const taken = layers.get(route);
    if (taken === undefined) {
      return layers.has(route) ? undefined : 'elsewhere';
    }
    return isCertain(taken) ? { route: taken, params: joinedParams(params) } : undefined;
  }

  loosely(): readonly Route[] {
    return [];
  }

  /** Whether the router has no routes of other libraries. It is checked again when the stack has grown. */
  private get isPlain(): boolean {
    if (this.identities !== undefined && this.identities.stack.length === this.plainLength) {
      return true;
    }
    const isEmpty = this.foreign === undefined || this.foreign.isEmpty;
    this.plainLength = isEmpty ? (this.identities?.stack.length ?? -1) : -1;
    return isEmpty;
  }

  /** Finds no route if the application's version extractor throws, because that ends the request before any handler. */
  private search(
    pathname: string,
    method: string,
    host: string,
    request: unknown,
    isPlain: boolean,
  ): readonly Recipient[] {
    let found: RouteMatch | undefined;
    let position = Infinity;
    try {
      this.index.visit(pathname, (route, params, at) => {
        const isFound =
          servesMethod(route, method) &&
          isHostAccepted(route.hosts, host) &&
          (route.version === undefined || this.versionFilters.get(route.version)?.(request) !== false);
        if (isFound) {
          found = { route, params };
          position = at;
        }
        return isFound;
      });
    } catch {
      return [];
    }
    const passesTo = found === undefined ? [] : [found];
    const isForeign =
      !isPlain && this.foreign!.at(pathname).some((each) => each.position <= position && handlesMethod(each, method));
    return isForeign ? [{ match: undefined, passesTo }] : passesTo.map((match) => ({ match, passesTo: [] }));
  }
}

function versionFilter(version: RouteVersion, adapter: RouterAdapter, versioning: VersioningOptions): VersionFilter {
  const filter = adapter.applyVersionFilter(() => true, version, versioning);
  const next = () => false;
  return (request) => filter(request, undefined, next) === true;
}

/** Whether the route answers each request that is dispatched to it. A route with a version or host may pass it on. */
function isCertain(route: RegisteredRoute): boolean {
  return route.hosts === undefined && isUnconditional(route);
}

/** How the adapter's router compares paths. */
export function pathMatchingOf(adapter: RouterAdapter): PathMatching {
  const options = adapter.getRouteMatchingOptions?.();
  if (options !== undefined) {
    return options;
  }
  // The application router of Express has the settings from when it was made, and ExpressAdapter 11.2 reads them there, too.
  const { router } = (adapter.getInstance() ?? {}) as { router?: { caseSensitive?: boolean; strict?: boolean } };
  return { caseSensitive: Boolean(router?.caseSensitive), ignoreTrailingSlash: !router?.strict };
}
