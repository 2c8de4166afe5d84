import { combinations, type ConstraintStrategy, hostStrategy, unknownStrategy } from './constraints.js';
import { FastifyPaths, type FastifyPlace } from './paths.js';
import { type FastifyRegistration, fastifyRegistrations, seenRegistrations } from './registrations.js';
import {
  configOf,
  configOfTaken,
  derivedConstraints,
  hostHeaderOf,
  isRoutedElsewhere,
  paramsOfTaken,
  rawRequestOf,
} from './request.js';
import {
  type FastifyAdapterInternals,
  type FastifyRouterOptions,
  routerOptionsOf,
  storedPath,
} from './router-options.js';
import { FOREIGN, FastifyUrlRoutes } from './url-routes.js';
import { isHostAccepted } from '../host-filter.js';
import { type RouteIdentities, routesOfConfig } from '../registered-routes.js';
import { hasDisputedPath } from '../request-target.js';
import {
  NO_ROUTES,
  type RegisteredRoute,
  type Route,
  type RouteMatch,
  type RouteMatcher,
  type Taker,
  type UrlRoutes,
} from '../route.js';
import { type FastifyRouter, middlewareFlag, runsMiddleware } from '../router-adapter.js';

interface NestMatch extends RouteMatch {
  readonly route: RegisteredRoute;
}

/** Paths that are remembered: more than one URL has readings. */
const MAX_READ_PATHS = 64;

const served = () => true;

/** Takes a wrapper's word that it does not serve the request. */
const NOBODY = { callNotFound: () => undefined };

/** Finds routes as Fastify does: the most specific path wins, then the constraints that the request meets. */
export class FastifyRouteMatcher implements RouteMatcher {
  private readonly options: FastifyRouterOptions;
  private readonly paths: FastifyPaths;
  private readonly registrations: FastifyRegistration[] = [];
  private readonly names = new Set<string>();
  private hasHosts = false;
  private readonly looselyFound = new Map<string, readonly FastifyPlace[]>();
  private looselyFoundIn: FastifyPaths | undefined;
  /** How many of the reported routes are in the paths. */
  private added = 0;
  /** The adapter's own handler wrappers that refuse empty parameters. */
  private readonly wrapped: ReadonlyMap<RegisteredRoute, (request: unknown, reply: unknown) => unknown>;
  /** Without identities: routes that requests were found to be dispatched to, by what Fastify itself has of them. */
  private readonly learnt = new WeakMap<object, RegisteredRoute>();
  /** With identities: the routes that each `config` may be of. */
  private readonly byConfig = new WeakMap<object, readonly (RegisteredRoute | undefined)[]>();
  private loose: FastifyPaths | undefined;
  /** What tells whether there is middleware: looked for once, since every preflight asks. */
  private middlewareFlag: symbol | undefined;

  /** @param identities which routes are Nest's, where their registration was watched */
  constructor(
    routes: readonly RegisteredRoute[],
    private readonly adapter: FastifyAdapterInternals,
    private readonly router: FastifyRouter,
    private readonly identities?: RouteIdentities,
  ) {
    this.options = routerOptionsOf(router);
    this.paths = new FastifyPaths(this.options, () => this.strategies());
    if (identities === undefined) {
      fastifyRegistrations(routes, router, (path) => storedPath(path, this.options)).forEach((each) => this.add(each));
    }
    this.wrapped = new Map(
      routes
        .map((route) => [route, adapter.requireNonEmptyParams?.(route.path, served) ?? served] as const)
        .filter(([, wrapper]) => wrapper !== served),
    );
  }

  get readsHost(): boolean {
    this.addSeen();
    return this.hasHosts;
  }

  get revision(): number | undefined {
    this.addSeen();
    // Middleware may be added later, and then readings of the paths count.
    return this.identities === undefined || this.identities.holdsUnseen
      ? undefined
      : 2 * this.paths.revision + Number(this.isReadLoosely);
  }

  takers(method: string, url: string, host: string, request: unknown): readonly Taker[] {
    try {
      return this.find(method, url, host, request);
    } catch {
      return [];
    }
  }

  private find(method: string, url: string, host: string, request: unknown): readonly Taker[] {
    const config = configOfTaken(request, method, url);
    if (this.identities === undefined || config === undefined) {
      return this.search(method, url, host, request, config ?? undefined);
    }
    if (config === null) {
      return [];
    }
    const takersOf = (route: RegisteredRoute | undefined): readonly Taker[] =>
      route === undefined ? [FOREIGN] : this.taken(route, method, url, host, request);
    const routes = this.routesTaken(config);
    return routes.length === 1 ? takersOf(routes[0]) : routes.flatMap(takersOf);
  }

  at(url: string, host: string, request?: unknown): UrlRoutes {
    return this.isRoutable(url) ? this.routesOf(url, host, request) : NO_ROUTES;
  }

  dispatchedTo(request: unknown): RouteMatch | undefined {
    const config = this.identities && configOf(request);
    const [route, ...others] = config ? this.routesTaken(config) : [];
    return route === undefined || others.length > 0 || route.hosts !== undefined
      ? undefined
      : { route, params: paramsOfTaken(request) };
  }

  get isReadLoosely(): boolean {
    this.middlewareFlag ??= middlewareFlag(this.router);
    return runsMiddleware(this.router, this.middlewareFlag);
  }

  loosely(method: string, path: string, host: string): readonly Route[] {
    if (!this.isReadLoosely) {
      return [];
    }
    for (const place of this.loosePlaces(path)) {
      const found = place.registrations.flatMap((each) =>
        each.method === method && each.route !== undefined && isHostAccepted(each.route.hosts, host)
          ? [each.route]
          : [],
      );
      if (found.length > 0) {
        return found;
      }
    }
    return [];
  }

  /** The routes that Fastify may have taken a request to, which has this `config`: one, unless hooks obscure it. */
  private routesTaken(config: object): readonly (RegisteredRoute | undefined)[] {
    let routes = this.byConfig.get(config);
    if (routes === undefined) {
      routes = routesOfConfig(config, this.identities!);
      this.byConfig.set(config, routes);
    }
    return routes;
  }

  /** The route that Fastify has taken a request to. */
  private taken(route: RegisteredRoute, method: string, url: string, host: string, request: unknown): readonly Taker[] {
    const match = { route, params: paramsOfTaken(request) };
    const isReached =
      !this.adapter.versionExtractorErrors?.has(rawRequestOf(request)) &&
      this.isRoutable(url) &&
      this.isServed(match, method, url, host);
    return isReached ? [{ match, behind: [] }] : [];
  }

  /** What the router has for the request, by all that can be read of it. */
  private search(
    method: string,
    url: string,
    host: string,
    request: unknown,
    config: object | undefined,
  ): readonly Taker[] {
    const learnt = config && this.learnt.get(config);
    if (learnt !== undefined) {
      return this.taken(learnt, method, url, host, request);
    }
    this.addSeen();
    const names = [...this.names];
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
    if (config !== undefined && found.length === 1 && custom.length === 0 && found[0]!.match !== undefined) {
      this.learnt.set(config, found[0]!.match.route as RegisteredRoute);
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
    return !hasDisputedPath(url) && this.adapter.isRoutableRequestTarget?.(url) !== false;
  }

  private isServed({ route, params }: NestMatch, method: string, url: string, host: string): boolean {
    // RouterExplorer.applyHostFilter(): without a `next` to pass the request on to, another host is an error.
    if (!isHostAccepted(route.hosts, host)) {
      return false;
    }
    const wrapper = this.wrapped.get(route);
    // Not the request's own `raw`: the wrapper would read the URL from before Fastify rewrote it, which a preflight's
    // candidates do not know, and which middie overwrites where the application has middleware.
    return wrapper === undefined || wrapper({ params, raw: { method, url } }, NOBODY) === true;
  }

  /** Plugins add their routes when Fastify gets ready, which is later than the application's bootstrap. */
  private addSeen(): void {
    if (this.identities !== undefined && this.identities.seen.length > this.added) {
      for (const registration of seenRegistrations(this.identities.seen, this.added)) {
        this.add(registration);
      }
      this.added = this.identities.seen.length;
    }
  }

  private add(registration: FastifyRegistration): void {
    this.registrations.push(registration);
    Object.keys(registration.constraints).forEach((name) => this.names.add(name));
    this.hasHosts ||= 'host' in registration.constraints;
    this.paths.add(registration);
  }

  /** Found once for all methods of a preflight. */
  private loosePlaces(path: string): readonly FastifyPlace[] {
    const paths = this.loosePaths();
    if (this.looselyFound.size >= MAX_READ_PATHS || this.looselyFoundIn !== paths) {
      this.looselyFound.clear();
      this.looselyFoundIn = paths;
    }
    let places = this.looselyFound.get(path);
    if (places === undefined) {
      places = paths.at(path);
      this.looselyFound.set(path, places);
    }
    return places;
  }

  /** Nest's paths, compared without letter case and slashes at the end. */
  private loosePaths(): FastifyPaths {
    this.addSeen();
    if (this.loose === undefined || this.loose.revision !== this.registrations.length) {
      const loosely = { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: Number.MAX_SAFE_INTEGER };
      this.loose = new FastifyPaths({ ...this.options, ...loosely }, () => []);
      this.registrations.forEach((each) => this.loose!.add(each));
    }
    return this.loose;
  }

  private strategies(): ConstraintStrategy[] {
    const { versionConstraint } = this.adapter;
    // The adapter's version constraint where its router has it; a Fastify instance of the application's keeps its own.
    const version = versionConstraint?.isCustom ? [{ ...versionConstraint, name: 'version' }] : [];
    return [...version, hostStrategy(), ...[...this.names].filter(isCustom).map(unknownStrategy)];
  }
}

/** Whether the constraint is one of the application's own, which nothing but its strategy reads. */
function isCustom(name: string): boolean {
  return name !== 'version' && name !== 'host';
}
