import { combinations, type ConstraintTable, isCustom } from './constraints.js';
import { LooseRoutes } from './loose-routes.js';
import { FastifyPaths, storedPath, withoutQuery } from './paths.js';
import { type FastifyRegistration, HandlerWrappers, fastifyRegistrations, seenRegistrations } from './registrations.js';
import {
  configOf,
  configOfDispatched,
  derivedConstraints,
  hostHeaderOf,
  isRoutedElsewhere,
  paramsOfDispatched,
  rawRequestOf,
} from './request.js';
import { type FastifyAdapterInternals, routerOptionsOf } from './router-options.js';
import { routesOfConfig } from './seen-routes.js';
import { FOREIGN, FastifyUrlRoutes, type NestMatch } from './url-routes.js';
import { isHostAccepted } from '../host-filter.js';
import type { RouteIdentities } from '../registered-routes.js';
import { hasAmbiguousPath } from '../request-target.js';
import {
  NO_ROUTES,
  type RegisteredRoute,
  type Route,
  type RouteMatch,
  type RouteMatcher,
  type Recipient,
  type UrlRoutes,
} from '../route.js';
import { type FastifyRouter, middlewareFlag, runsMiddleware } from '../router-adapter.js';

/** Finds routes as Fastify does: the most specific path wins, then the constraints that the request meets. */
export class FastifyRouteMatcher implements RouteMatcher {
  private readonly paths: FastifyPaths;
  private readonly registrations: FastifyRegistration[] = [];
  private readonly loose: LooseRoutes;
  /** The number of reported routes that have been added to the paths. They are added when a request needs the paths. */
  private added = 0;
  /** The number of reported routes whose constraints were read, and whether one of them has a host. */
  private lookedAt = 0;
  private seenHost = false;
  private readonly wrappers: HandlerWrappers;
  /** Without identities: the route to which earlier requests with a `config` were dispatched. */
  private readonly learnt = new WeakMap<object, RegisteredRoute>();
  /** With identities: the routes to which a `config` may belong. */
  private readonly byConfig = new WeakMap<object, readonly (RegisteredRoute | undefined)[]>();
  /** Found once, because every preflight checks whether there is middleware. */
  private middlewareFlag: symbol | undefined;

  /** @param identities which routes are Nest's, where their registration was watched */
  constructor(
    routes: readonly RegisteredRoute[],
    private readonly adapter: FastifyAdapterInternals,
    private readonly router: FastifyRouter,
    private readonly identities?: RouteIdentities,
  ) {
    const options = routerOptionsOf(router);
    this.paths = new FastifyPaths(options, adapter);
    this.wrappers = new HandlerWrappers(adapter);
    this.loose = new LooseRoutes(options, this.registrations);
    if (identities === undefined) {
      fastifyRegistrations(routes, router, (path) => storedPath(path, options)).forEach((each) => this.add(each));
    }
  }

  get readsHost(): boolean {
    if (this.identities === undefined) {
      return this.paths.readsHost;
    }
    const { seen } = this.identities;
    for (; this.lookedAt < seen.length; this.lookedAt++) {
      this.seenHost ||= 'host' in seen[this.lookedAt]!.constraints;
    }
    return this.seenHost;
  }

  get revision(): number | undefined {
    // Middleware may be added later, and may read paths in another way than the router.
    return this.identities === undefined || this.identities.holdsUnseen
      ? undefined
      : 2 * this.identities.seen.length + Number(this.isReadLoosely);
  }

  recipients(method: string, url: string, host: string, request: unknown): readonly Recipient[] {
    try {
      const config = configOfDispatched(request, method, url);
      if (this.identities === undefined || config === undefined) {
        return this.search(method, url, host, request, config ?? undefined);
      }
      const routes = config === null ? [] : this.routesDispatchedTo(config);
      const [route] = routes;
      return routes.length === 1 && route !== undefined
        ? this.dispatched(route, method, url, host, request)
        : routes.flatMap((each) => (each === undefined ? FOREIGN : this.dispatched(each, method, url, host, request)));
    } catch {
      return [];
    }
  }

  at(url: string, host: string, request?: unknown): UrlRoutes {
    return this.isRoutable(url) ? this.routesOf(url, host, request) : NO_ROUTES;
  }

  keyOf(method: string, url: string): string | undefined {
    this.addSeen();
    const { paths } = this;
    const isPath = url.startsWith('/') && this.adapter.isRoutableRequestTarget?.(url) !== false;
    if (!isPath || this.identities?.holdsUnseen === true) {
      return undefined;
    }
    let key = `${paths.revision}`;
    let table: ConstraintTable | undefined;
    for (const place of paths.at(url)) {
      if (place.hasForeign || !place.isTypical(url)) {
        return undefined;
      }
      key += `:${place.id}`;
      table ??= place.tableOf(method);
    }
    return table === undefined || this.isReached(table, method, url) ? key : undefined;
  }

  dispatchedTo(request: unknown): RouteMatch | undefined {
    const config = this.identities && configOf(request);
    const routes = config ? this.routesDispatchedTo(config) : [];
    const [route] = routes;
    return route === undefined || routes.length > 1 || route.hosts !== undefined
      ? undefined
      : { route, params: paramsOfDispatched(request) };
  }

  get isReadLoosely(): boolean {
    this.middlewareFlag ??= middlewareFlag(this.router);
    return runsMiddleware(this.router, this.middlewareFlag);
  }

  loosely(method: string, path: string, host: string): readonly Route[] {
    if (!this.isReadLoosely) {
      return [];
    }
    this.addSeen();
    return this.loose.find(method, path, host);
  }

  /**
   * The routes to which Fastify may have dispatched a request with this `config`. There is one, unless a hook replaced the
   * `config`.
   */
  private routesDispatchedTo(config: object): readonly (RegisteredRoute | undefined)[] {
    let routes = this.byConfig.get(config);
    if (routes === undefined) {
      routes = routesOfConfig(config, this.identities!);
      this.byConfig.set(config, routes);
    }
    return routes;
  }

  /** The route to which Fastify has dispatched the request, if its handler is reached. */
  private dispatched(
    route: RegisteredRoute,
    method: string,
    url: string,
    host: string,
    request: unknown,
  ): readonly Recipient[] {
    const match = { route, params: paramsOfDispatched(request) };
    const isReached =
      !this.adapter.versionExtractorErrors?.has(rawRequestOf(request)) &&
      this.isRoutable(url) &&
      this.isServed(match, method, url, host);
    return isReached ? [{ match, passesTo: [] }] : [];
  }

  /** The routes of the request by its method, URL and headers. */
  private search(
    method: string,
    url: string,
    host: string,
    request: unknown,
    config: object | undefined,
  ): readonly Recipient[] {
    const learnt = config && this.learnt.get(config);
    if (learnt !== undefined) {
      return this.dispatched(learnt, method, url, host, request);
    }
    this.addSeen();
    const names = [...this.paths.constraints];
    const custom = names.filter(isCustom);
    const derivable = names.filter((name) => !isCustom(name));
    const derived = derivedConstraints(rawRequestOf(request), this.adapter, derivable);
    if (derived === undefined || !this.isRoutable(url)) {
      return [];
    }
    const possible = combinations(this.registrations, custom).map((others) => ({ ...others, ...derived }));
    const found = this.routesOf(url, host, request)
      .find(method, possible)
      .filter(({ match }) => match === undefined || !isRoutedElsewhere(request, match.route, method, url));
    const match = found.length === 1 && custom.length === 0 ? found[0]!.match : undefined;
    if (config !== undefined && match !== undefined) {
      this.learnt.set(config, match.route as RegisteredRoute);
    }
    return found;
  }

  private routesOf(url: string, host: string, request: unknown): FastifyUrlRoutes {
    this.addSeen();
    return new FastifyUrlRoutes({
      url,
      host,
      hostHeader: hostHeaderOf(request),
      paths: this.paths,
      router: this.router,
      holdsUnseen: this.identities?.holdsUnseen === true,
      isServed: (match, method) => this.isServed(match, method, url, host),
    });
  }

  private isRoutable(url: string): boolean {
    return !hasAmbiguousPath(url) && this.adapter.isRoutableRequestTarget?.(url) !== false;
  }

  /** Whether Fastify's own router finds the first route of the table, and its handler is reached. */
  private isReached({ first, ofFirst: constraints }: ConstraintTable, method: string, url: string): boolean {
    const params = constraints && this.router.findRoute({ method, url: withoutQuery(url), constraints })?.params;
    return (
      params !== undefined &&
      this.paths.hasParams(first, params) &&
      this.isServed({ route: first.route, params } as NestMatch, method, url, '')
    );
  }

  private isServed({ route, params }: NestMatch, method: string, url: string, host: string): boolean {
    // RouterExplorer.applyHostFilter(): Fastify has no `next`, so another host is an error.
    return isHostAccepted(route.hosts, host) && this.wrappers.reachHandler(route, params, method, url);
  }

  /** Fastify loads plugins and reports their routes after the application has bootstrapped. */
  private addSeen(): void {
    const seen = this.identities?.seen;
    if (seen !== undefined && seen.length > this.added) {
      [...seenRegistrations(seen, this.added)].forEach((registration) => this.add(registration));
      this.added = seen.length;
    }
  }

  private add(registration: FastifyRegistration): void {
    this.registrations.push(registration);
    this.paths.add(registration);
  }
}
