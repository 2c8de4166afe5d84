import type { VersioningOptions } from '@nestjs/common';
import { isKnownMethod } from '../../fetch/methods.js';
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
  type Recipient,
  type UrlRoutes,
  fixedPathsOf,
} from '../route.js';
import type { RouterAdapter } from '../router-adapter.js';
import { type ExpressForeignRoutes, type ExpressRoute, handlesMethod } from './foreign-routes.js';
import { ExpressPathIndex, type PathMatching, joinedParams } from './path-index.js';
import { type ExpressRegistration, ExpressUrlRoutes, type Hit, isUnconditional, servesMethod } from './url-routes.js';
import { type ExpressDispatch, watchDispatches } from './watched-application.js';

/** The members of a request that Express sets when it dispatches it. */
interface DispatchedRequest {
  readonly method?: string;
  readonly route?: ExpressRoute;
  readonly params: Readonly<Record<string, string | string[]>>;
}

/**
 * The recipients of a path without a request yet. Otherwise an application with 10,000 routes would create as many Maps at boot.
 */
const NOTHING_FOUND = new Map<string, readonly Recipient[]>();

/** Finds routes as Express does: the first route that accepts method, path, host and version wins. */
export class ExpressRouteMatcher implements RouteMatcher {
  /** Express matches mounted middleware as it matches routes. */
  readonly isReadLoosely = false;
  /** Routes of Express have no hosts. */
  readonly readsHost = false;
  private readonly index: ExpressPathIndex<ExpressRegistration>;
  /** The recipients of fixed paths, by path and method. It is empty where anything else decides. */
  private readonly known: Map<string, Map<string, readonly Recipient[]>>;
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
    this.index = new ExpressPathIndex<ExpressRegistration>(pathMatchingOf(adapter));
    routes.forEach((route, position) => {
      const isVersionAccepted = versionFilter(route, adapter, versioning);
      this.index.add(route.path, route.mounted, { route, position, isVersionAccepted });
    });
    const isPlain = routes.every(({ version, hosts }) => version === undefined && hosts === undefined);
    this.known = new Map(isPlain ? fixedPathsOf(routes).map((path) => [path, NOTHING_FOUND]) : []);
  }

  get revision(): number | undefined {
    return this.isPlain ? 0 : undefined;
  }

  recipients(method: string, url: string, host: string, request: unknown): readonly Recipient[] {
    const { isPlain } = this;
    let known = isPlain ? this.known.get(url) : undefined;
    const remembered = known?.get(method);
    if (remembered !== undefined) {
      return remembered;
    }
    const pathname = expressPathname(url);
    if (pathname === undefined) {
      return [];
    }
    const key = known === undefined ? pathname : url;
    known ??= isPlain && pathname !== url ? this.known.get(pathname) : undefined;
    const found = known?.get(method) ?? this.search(pathname, method, host, request, isPlain);
    // An application may take the method from a header, so only methods of HTTP are cached.
    if (known !== undefined && isKnownMethod(method)) {
      this.known.set(key, known === NOTHING_FOUND ? new Map([[method, found]]) : known.set(method, found));
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
      this.index.visit(pathname, ({ route, position, isVersionAccepted }, params) => {
        if (route.hosts === undefined || isHostAccepted(route.hosts, host)) {
          hits.push({ route, position, isVersionAccepted, params });
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
      this.index.visit(pathname, ({ route, position: at, isVersionAccepted }, params) => {
        const isFound = servesMethod(route, method) && isHostAccepted(route.hosts, host) && isVersionAccepted(request);
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

function versionFilter(
  { version }: RegisteredRoute,
  adapter: RouterAdapter,
  versioning: VersioningOptions | undefined,
): ExpressRegistration['isVersionAccepted'] {
  if (version === undefined || versioning === undefined) {
    return acceptsEveryVersion;
  }
  const filter = adapter.applyVersionFilter(() => true, version, versioning);
  const next = () => false;
  return (request) => filter(request, undefined, next) === true;
}

/** Whether the route answers each request that is dispatched to it. A route with a version or host may pass it on. */
function isCertain(route: RegisteredRoute): boolean {
  return route.hosts === undefined && (route.version === undefined || isUnconditional(route));
}

/** All routes without a version share it. */
function acceptsEveryVersion(): boolean {
  return true;
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
