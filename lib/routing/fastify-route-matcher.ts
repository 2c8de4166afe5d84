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
import { derivedConstraints, isRoutedElsewhere, rawRequestOf } from './fastify-request.js';
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
    this.derivable = names.filter((name) => !custom.includes(name));
    this.possible = combinations(registrations, names);
    this.underivable = combinations(registrations, custom);
    this.wrapped = new Map(
      routes.map((route) => [route, adapter.requireNonEmptyParams?.(route.path, served) ?? served]),
    );
  }

  dispatched(method: string, url: string, host: string, request: unknown): readonly RouteMatch[] {
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

  candidates(method: string, url: string, host: string): readonly RouteMatch[] {
    const possible = this.possible.filter((constraints) => isHostPossible(constraints['host'], host));
    return this.find({ method, url, host }, possible);
  }

  routesAt(url: string, host: string): readonly Route[] {
    return [...this.methods].flatMap((method) => this.candidates(method, url, host).map(({ route }) => route));
  }

  private find(request: Request, possible: readonly DerivedConstraints[]): RouteMatch[] {
    const found = new Map<RegisteredRoute, RouteMatch>();
    if (hasDisputedPath(request.url) || this.adapter.isRoutableRequestTarget?.(request.url) === false) {
      return [];
    }
    for (const constraints of possible) {
      const match = this.mirror.find(request.method, request.url, constraints);
      if (match !== undefined && !found.has(match.route) && this.isServed(match, request, constraints)) {
        found.set(match.route, match);
      }
    }
    return [...found.values()];
  }

  private isServed({ route, params }: FoundRoute, request: Request, constraints: DerivedConstraints): boolean {
    const { method, url, host } = request;
    // Not the request's own `raw`: the wrapper would read the URL from before Fastify rewrote it, which a preflight's
    // candidates do not know, and which middie overwrites where the application has middleware.
    const raw = { method, url };
    return (
      // RouterExplorer.applyHostFilter(): without a `next` to pass the request on to, another host is an error.
      isHostAccepted(route.hosts, host) &&
      // Fastify's own router can only be asked about requests, not about what a constraint is assumed to be.
      (Object.values(constraints).some(isAssumed) || this.mirror.isConfirmed(method, url, constraints, params)) &&
      this.wrapped.get(route)?.({ params, raw }, { callNotFound: () => undefined }) === true
    );
  }
}

/** The adapter's version constraint where its router has it; a Fastify instance of the application's keeps its own. */
function versionStrategies({ versionConstraint }: FastifyAdapterInternals): ConstraintStrategy[] {
  return versionConstraint?.isCustom ? [{ ...versionConstraint, name: 'version' }] : [];
}
