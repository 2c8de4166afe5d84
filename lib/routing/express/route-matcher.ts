import { VERSION_NEUTRAL, type VersioningOptions } from '@nestjs/common';
import {
  type ExpressForeignRoutes,
  type ExpressRoute,
  type ForeignRoute,
  handlesMethod,
  methodsOf,
} from './foreign-routes.js';
import { ExpressPathIndex, type PathMatching, type PathParams, joinedParam } from './path-index.js';
import { ExpressDispatches } from './dispatches.js';
import { FixedPaths } from '../fixed-paths.js';
import { isHostAccepted } from '../host-filter.js';
import type { RouteIdentities } from '../registered-routes.js';
import { expressPathname } from '../request-target.js';
import type { Dispatched, RegisteredRoute, Route, RouteMatch, RouteMatcher, Taker, UrlRoutes } from '../route.js';
import type { RouterAdapter } from '../router-adapter.js';

interface Registration {
  readonly route: RegisteredRoute;
  /** Number of the routes that the router tries before. */
  readonly position: number;
  /** Whether the route serves every request that comes to it. */
  readonly unconditional: boolean;
  /** The adapter's own version filter. Throws where the application's extractor does. */
  readonly isVersionAccepted: (request: unknown) => boolean;
}

/** What Express has put on a request that it dispatched. */
interface DispatchedRequest {
  readonly method?: string;
  readonly route?: ExpressRoute;
  readonly params: Readonly<Record<string, string | string[]>>;
}

/** A route of Nest's that matches a path. */
interface Hit extends Registration {
  readonly params: PathParams;
}

const NO_ROUTES: UrlRoutes = { takers: () => [], methods: [], routes: [], key: undefined };

/** Finds routes as Express does: the first one wins that accepts method, path, host and version. */
export class ExpressRouteMatcher implements RouteMatcher {
  private readonly index: ExpressPathIndex<Registration>;
  /** What was found for paths, by method: the same every time. Empty where routes are chosen by more than that. */
  private readonly known: FixedPaths<Map<string, readonly Taker[]>>;
  private readonly dispatches: ExpressDispatches | undefined;

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
    const registrations = routes.map((route, position) => ({
      route,
      position,
      unconditional: route.version === undefined || route.version === VERSION_NEUTRAL,
      isVersionAccepted: versionFilter(route, adapter, versioning),
    }));
    this.dispatches = identities === undefined ? undefined : new ExpressDispatches(identities.layers);
    this.index = indexOf(registrations, pathMatchingOf(adapter));
    const isPlain = routes.every(({ version, hosts }) => version === undefined && hosts === undefined);
    this.known = new FixedPaths(isPlain ? routes : [], () => new Map());
  }

  /** Express matches mounted middleware as it matches routes. */
  readonly isReadLoosely = false;
  /** Routes of Express have no hosts. */
  readonly readsHost = false;

  get revision(): number | undefined {
    return this.isWithoutForeign ? 0 : undefined;
  }

  takers(method: string, url: string, host: string, request: unknown): readonly Taker[] {
    const pathname = expressPathname(url);
    if (pathname === undefined) {
      return [];
    }
    if (!this.isWithoutForeign) {
      return this.search(pathname, method, host, request);
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

  at(url: string, host: string): UrlRoutes {
    const pathname = expressPathname(url);
    if (pathname === undefined) {
      return NO_ROUTES;
    }
    const hits: Hit[] = [];
    let key = '';
    this.index.visit(pathname, (registration, params) => {
      if (isHostAccepted(registration.route.hosts, host)) {
        hits.push({ ...registration, params });
        key += `${registration.position},`;
      }
      return false;
    });
    const foreign = this.foreign?.at(pathname) ?? [];
    return {
      takers: (method) => takersOf(hits, foreign, method),
      get methods() {
        const named = hits.filter(({ route }) => !route.mounted && route.method !== '*');
        return [...named.map(({ route }) => route.method), ...foreign.flatMap(methodsOf)];
      },
      get routes() {
        return hits.map(({ route }) => route);
      },
      key: foreign.length === 0 && hits.length > 0 ? key : undefined,
    };
  }

  dispatchedTo(request: unknown): Dispatched {
    const { method, route, params } = request as DispatchedRequest;
    if (this.identities === undefined) {
      return undefined;
    }
    const own = this.dispatches!.of(request as object);
    if (own !== undefined) {
      return matchOf(own.route, own.params);
    }
    if (route === undefined) {
      return 'nowhere';
    }
    // Express sets `route` for a HEAD request at every route of the path, also at those that do not handle HEAD.
    if (method === 'HEAD' && !handlesMethod(route, 'HEAD')) {
      return undefined;
    }
    const { layers } = this.identities;
    const taken = layers.get(route);
    if (taken === undefined) {
      return layers.has(route) ? undefined : 'elsewhere';
    }
    return matchOf(taken, params);
  }

  loosely(): readonly Route[] {
    return [];
  }

  private get isWithoutForeign(): boolean {
    return this.foreign === undefined || this.foreign.isEmpty;
  }

  private search(pathname: string, method: string, host: string, request: unknown): readonly Taker[] {
    try {
      return this.find(pathname, method, host, request);
    } catch {
      return [];
    }
  }

  private find(pathname: string, method: string, host: string, request: unknown): readonly Taker[] {
    let found: RouteMatch | undefined;
    let position = Infinity;
    this.index.visit(pathname, ({ route, position: at, isVersionAccepted }, params) => {
      const isFound = servesMethod(route, method) && isHostAccepted(route.hosts, host) && isVersionAccepted(request);
      if (isFound) {
        found = { route, params };
        position = at;
      }
      return isFound;
    });
    const behind = found === undefined ? [] : [found];
    if (this.isWithoutForeign) {
      return found === undefined ? [] : [{ match: found, behind: [] }];
    }
    const foreign = this.foreign!.at(pathname);
    return foreign.some((each) => each.position <= position && handlesMethod(each, method))
      ? [{ match: undefined, behind }]
      : behind.map((match) => ({ match, behind: [] }));
  }
}

function indexOf(registrations: readonly Registration[], matching: PathMatching): ExpressPathIndex<Registration> {
  const index = new ExpressPathIndex<Registration>(matching);
  for (const registration of registrations) {
    index.add(registration.route.path, registration.route.mounted, registration);
  }
  return index;
}

/** What can take a request with this method, up to the first route of Nest's that takes every one of them. */
function takersOf(hits: readonly Hit[], foreign: readonly ForeignRoute[], method: string): readonly Taker[] {
  if (foreign.length === 0) {
    const alone = takerAlone(hits, method);
    if (alone !== undefined) {
      return alone;
    }
  }
  const first = foreign.find((each) => handlesMethod(each, method));
  const before: RouteMatch[] = [];
  const behind: RouteMatch[] = [];
  const served = new Set<unknown>();
  let isTaken = false;
  for (const { route, position, params, unconditional } of hits) {
    if (servesMethod(route, method)) {
      const versions = [route.version].flat();
      // Where all its versions are served by routes before it, no request comes through to this one.
      if (unconditional || versions.some((version) => !served.has(version))) {
        (first !== undefined && first.position <= position ? behind : before).push({ route, params });
      }
      versions.forEach((version) => served.add(version));
      if (unconditional) {
        isTaken = behind.length === 0;
        break;
      }
    }
  }
  const takers: Taker[] = before.map((match) => ({ match, behind: [] }));
  return first === undefined || isTaken ? takers : [...takers, { match: undefined, behind }];
}

/** The usual case: no route for the method, or the first one takes every request. */
function takerAlone(hits: readonly Hit[], method: string): readonly Taker[] | undefined {
  for (const { route, params, unconditional } of hits) {
    if (servesMethod(route, method)) {
      return unconditional ? [{ match: { route, params }, behind: [] }] : undefined;
    }
  }
  return [];
}

/** `undefined` where the route may have passed the request on by its version or host. */
function matchOf(route: RegisteredRoute, params: DispatchedRequest['params']): RouteMatch | undefined {
  const isConditional = route.version !== undefined && route.version !== VERSION_NEUTRAL;
  return isConditional || route.hosts !== undefined ? undefined : { route, params: joinedParams(params) };
}

function joinedParams(params: Readonly<Record<string, string | string[]>>): PathParams {
  const joined = Object.entries(params ?? {}).map(([name, value]) => [name, joinedParam(value)]);
  return Object.fromEntries(joined) as PathParams;
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
