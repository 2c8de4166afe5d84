import { VERSION_NEUTRAL } from '@nestjs/common';
import { type RegisteredRoute, type RouteMatch, isForAll } from '../route.js';
import type { FastifyRouter } from '../router-adapter.js';
import type { FastifyAdapterInternals } from './router-options.js';

export type Constraints = Readonly<Record<string, unknown>>;

/** Represents a route of Nest, whose policy is not known yet when Nest registers it. */
export interface NestRegistration {
  route: RegisteredRoute | undefined;
}

/** A route that Fastify has reported, of Nest or of a plugin. */
export interface SeenRoute {
  readonly url: string;
  readonly methods: readonly string[];
  readonly constraints: Constraints;
  /** Undefined for a route that is not Nest's. */
  readonly registration: Readonly<NestRegistration> | undefined;
}

/** One method of a route as Fastify's router has it. */
export interface FastifyRegistration {
  /** Undefined for a route that is not Nest's. */
  readonly route: RegisteredRoute | undefined;
  readonly method: string;
  readonly path: string;
  readonly constraints: Constraints;
  /** Whether the route names its methods; `false` for a route for all methods. */
  readonly isNamed: boolean;
  /** The number of registrations before this one. */
  readonly order: number;
}

/** A registration that the router has to confirm. */
type Expected = Omit<FastifyRegistration, 'order' | 'route'> & { readonly route: RegisteredRoute };

/** The routes that Fastify has reported, with one registration per method. */
export function* seenRegistrations(seen: readonly SeenRoute[], from: number): Iterable<FastifyRegistration> {
  for (const [index, { url, methods, constraints, registration }] of seen.slice(from).entries()) {
    const isNamed = !isForAll(methods);
    for (const method of methods) {
      yield { route: registration?.route, method, path: url, constraints, isNamed, order: from + index };
    }
  }
}

/**
 * The registrations of Nest's routes in Fastify's router, in order, for when their registration was not watched. Each is checked
 * with `hasRoute()`, because adapters differ: `@All()` loses its version in Nest 11, for example.
 */
export function fastifyRegistrations(
  routes: readonly RegisteredRoute[],
  router: FastifyRouter,
  normalized: (path: string) => string,
): FastifyRegistration[] {
  const explicit = new Map(
    routes
      .filter(({ method }) => method !== '*')
      .map((route) => [route, registeredAs(route, route.method, () => true)] as const),
  );
  // A router has each method of a path once. A named method wins over `@All()` and over the HEAD of a GET route.
  const named = new Set([...explicit.values()].flat().map(keyOf));
  const isUnnamed = (registration: Expected) => !named.has(keyOf(registration));

  const all = routes.flatMap((route) => {
    const registrations = explicit.get(route);
    if (registrations === undefined) {
      return (router.supportedMethods ?? []).flatMap((method) => registeredAs(route, method, isUnnamed));
    }
    return route.method === 'GET' ? [...registrations, ...registeredAs(route, 'HEAD', isUnnamed)] : registrations;
  });
  return all.map((registration, order) => ({ ...registration, order }));

  function registeredAs(
    route: RegisteredRoute,
    method: string,
    isEligible: (registration: Expected) => boolean,
  ): Expected[] {
    const url = normalized(route.path);
    const registration = possibleConstraints(route)
      .map((constraints) => ({ route, method, path: route.path, constraints, isNamed: route.method !== '*' }))
      .find((each) => isEligible(each) && router.hasRoute({ method, url, constraints: each.constraints }));
    return registration === undefined ? [] : [registration];
  }

  function keyOf({ method, path, constraints }: Expected): string {
    const values = Object.keys(constraints)
      .sort()
      .map((name) => [name, [constraints[name]].flat().map(String)]);
    return JSON.stringify([method, normalized(path), values]);
  }
}

type Wrapper = (request: unknown, reply: unknown) => unknown;

const served: Wrapper = () => true;

/** A reply for a wrapper that does not serve the request. */
const NOT_FOUND_REPLY = { callNotFound: () => undefined };

/** The adapter's own wrappers of handlers, which refuse empty parameters. Each is made when a request needs it. */
export class HandlerWrappers {
  private readonly known = new Map<RegisteredRoute, Wrapper>();

  constructor(private readonly adapter: Pick<FastifyAdapterInternals, 'requireNonEmptyParams'>) {}

  /** Whether the route's wrapper passes the request on to the handler. */
  reachHandler(route: RegisteredRoute, params: RouteMatch['params'], method: string, url: string): boolean {
    let wrapper = this.known.get(route);
    if (wrapper === undefined) {
      wrapper = this.adapter.requireNonEmptyParams?.(route.path, served) ?? served;
      this.known.set(route, wrapper);
    }
    // The request's own `raw` has the URL from before `rewriteUrl`, unless middie has overwritten it.
    return wrapper === served || wrapper({ params, raw: { method, url } }, NOT_FOUND_REPLY) === true;
  }
}

/** The constraints that FastifyAdapter.injectRouteOptions() may have set, the most first. `all()` of Nest 11 sets none. */
function possibleConstraints({ version, constraints }: RegisteredRoute): Constraints[] {
  const versioned = version === undefined || version === VERSION_NEUTRAL ? {} : { version };
  return [{ ...constraints, ...versioned }, { ...constraints }, {}];
}
