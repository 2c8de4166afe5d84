import {
  combinations,
  type ConstraintStrategy,
  type DerivedConstraints,
  hostStrategy,
  isAssumed,
  isHostPossible,
  unknownStrategy,
} from './fastify-constraints.js';
import { FastifyMirror, type FoundRoute } from './fastify-mirror.js';
import { fastifyRegistrations } from './fastify-registrations.js';
import {
  configOfTaken,
  derivedConstraints,
  isRoutedElsewhere,
  paramsOfTaken,
  rawRequestOf,
} from './fastify-request.js';
import { type FastifyAdapterInternals, routerOptionsOf, storedPath } from './fastify-router-options.js';
import { isHostAccepted } from './host-filter.js';
import { hasDisputedPath } from './request-target.js';
import type { RegisteredRoute, Route, RouteMatch, RouteMatcher } from './route.js';
import type { FastifyRouter } from './router-adapter.js';

interface Request {
  readonly method: string;
  readonly url: string;
  readonly host: string;
}

const served = () => true;

/** Takes a wrapper's word that it does not serve the request. */
const NOBODY = { callNotFound: () => undefined };

/** Finds routes as Fastify does: the most specific path wins, then the constraints that the request meets. */
export class FastifyRouteMatcher implements RouteMatcher {
  private readonly mirror: FastifyMirror;
  private readonly methods: ReadonlySet<string>;
  private readonly derivable: readonly string[];
  /** What constraints can be for a request of which only method, URL and host are known. */
  private readonly possible: readonly DerivedConstraints[];
  /** What constraints can be beyond those that are derived from a request. */
  private readonly underivable: readonly DerivedConstraints[];
  /** The adapter's own handler wrappers that refuse empty parameters. */
  private readonly wrapped: ReadonlyMap<RegisteredRoute, (request: unknown, reply: unknown) => unknown>;
  /** Whether a request says all that its route is chosen by. */
  private readonly derivesAll: boolean;
  /** Routes that requests were found to be dispatched to, by what Fastify itself has of them. */
  private readonly taken = new WeakMap<object, RegisteredRoute>();

  constructor(
    routes: readonly RegisteredRoute[],
    private readonly adapter: FastifyAdapterInternals,
    router: FastifyRouter,
  ) {
    const options = routerOptionsOf(router);
    const registrations = fastifyRegistrations(routes, router, (path) => storedPath(path, options));
    const names = [...new Set(registrations.flatMap(({ constraints }) => Object.keys(constraints)))];
    const custom = names.filter((name) => name !== 'version' && name !== 'host');
    const strategies = [...versionStrategies(adapter), hostStrategy(), ...custom.map(unknownStrategy)];
    this.mirror = new FastifyMirror(router, registrations, strategies, options);
    this.methods = new Set(registrations.map(({ method }) => method));
    this.derivesAll = custom.length === 0;
    this.derivable = names.filter((name) => !custom.includes(name));
    this.possible = combinations(registrations, names);
    this.underivable = combinations(registrations, custom);
    this.wrapped = new Map(
      routes
        .map((route) => [route, adapter.requireNonEmptyParams?.(route.path, served) ?? served] as const)
        .filter(([, wrapper]) => wrapper !== served),
    );
  }

  dispatched(method: string, url: string, host: string, request: unknown): readonly RouteMatch[] {
    // Fastify has found the route already, but does not say which of Nest's it is: that is learnt once for each.
    const config = configOfTaken(request, method, url);
    const known = config && this.taken.get(config);
    if (known !== undefined && !this.adapter.versionExtractorErrors?.has(rawRequestOf(request))) {
      const match = { route: known, params: paramsOfTaken(request) };
      return this.isRoutable(url) && this.isServed(match, { method, url, host }) ? [match] : [];
    }
    const found = this.search(method, url, host, request);
    if (config !== undefined && found.length === 1 && this.derivesAll) {
      this.taken.set(config, found[0]!.route);
    }
    return found;
  }

  candidates(method: string, url: string, host: string): readonly RouteMatch[] {
    const possible = this.possible.filter((constraints) => isHostPossible(constraints['host'], host));
    return this.find({ method, url, host }, possible);
  }

  routesAt(url: string, host: string): readonly Route[] {
    return [...this.methods].flatMap((method) => this.candidates(method, url, host).map(({ route }) => route));
  }

  private search(method: string, url: string, host: string, request: unknown): readonly FoundRoute[] {
    const raw = rawRequestOf(request);
    const derived = derivedConstraints(raw, this.adapter, this.derivable);
    if (derived === undefined) {
      return [];
    }
    const possible = this.underivable.map((others) => ({ ...others, ...derived }));
    return this.find({ method, url, host }, possible).filter(
      ({ route }) => !isRoutedElsewhere(request, route, method, url),
    );
  }

  private find(request: Request, possible: readonly DerivedConstraints[]): FoundRoute[] {
    const found = new Map<RegisteredRoute, FoundRoute>();
    if (!this.isRoutable(request.url)) {
      return [];
    }
    for (const constraints of possible) {
      const match = this.mirror.find(request.method, request.url, constraints);
      if (
        match !== undefined &&
        !found.has(match.route) &&
        this.isConfirmed(match, request, constraints) &&
        this.isServed(match, request)
      ) {
        found.set(match.route, match);
      }
    }
    return [...found.values()];
  }

  private isRoutable(url: string): boolean {
    return !hasDisputedPath(url) && this.adapter.isRoutableRequestTarget?.(url) !== false;
  }

  private isConfirmed({ params }: FoundRoute, { method, url }: Request, constraints: DerivedConstraints): boolean {
    // Fastify's own router can only be asked about requests, not about what a constraint is assumed to be.
    return Object.values(constraints).some(isAssumed) || this.mirror.isConfirmed(method, url, constraints, params);
  }

  private isServed({ route, params }: FoundRoute, { method, url, host }: Request): boolean {
    // RouterExplorer.applyHostFilter(): without a `next` to pass the request on to, another host is an error.
    if (!isHostAccepted(route.hosts, host)) {
      return false;
    }
    const wrapper = this.wrapped.get(route);
    // Not the request's own `raw`: the wrapper would read the URL from before Fastify rewrote it, which a preflight's
    // candidates do not know, and which middie overwrites where the application has middleware.
    return wrapper === undefined || wrapper({ params, raw: { method, url } }, NOBODY) === true;
  }
}

/** The adapter's version constraint where its router has it; a Fastify instance of the application's keeps its own. */
function versionStrategies({ versionConstraint }: FastifyAdapterInternals): ConstraintStrategy[] {
  return versionConstraint?.isCustom ? [{ ...versionConstraint, name: 'version' }] : [];
}
