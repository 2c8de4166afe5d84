import { VERSION_NEUTRAL } from '@nestjs/common';
import { isForAll, type RegisteredRoute } from '../route.js';
import type { FastifyRouter } from '../router-adapter.js';

export type Constraints = Readonly<Record<string, unknown>>;

/** A route that Fastify has reported: Nest's, or a plugin's. */
export interface SeenRoute {
  readonly url: string;
  readonly methods: readonly string[];
  readonly constraints: Constraints;
  /** Undefined for a route that is not Nest's. */
  readonly registration: { readonly route: RegisteredRoute | undefined } | undefined;
}

/** One method of a route as Fastify's router has it. */
export interface FastifyRegistration {
  /** Undefined for a route that is not Nest's. */
  readonly route: RegisteredRoute | undefined;
  readonly method: string;
  readonly path: string;
  readonly constraints: Constraints;
  /** Whether the route names the method, instead of being for all of them. */
  readonly isNamed: boolean;
  /** Number of the registrations before this one. */
  readonly order: number;
}

/** A registration of which the router itself has to tell. */
type Supposed = Omit<FastifyRegistration, 'order' | 'route'> & { readonly route: RegisteredRoute };

/** The routes that Fastify has reported, each of their methods as one registration. */
export function* seenRegistrations(seen: readonly SeenRoute[], from: number): Iterable<FastifyRegistration> {
  for (const [index, { url, methods, constraints, registration }] of seen.slice(from).entries()) {
    const isNamed = !isForAll(methods);
    for (const method of methods) {
      yield { route: registration?.route, method, path: url, constraints, isNamed, order: from + index };
    }
  }
}

/**
 * What became of Nest's routes in Fastify's router, in order, where nothing has watched their registration. The router is asked with its public `hasRoute()`, because
 * adapters differ: `@All()` takes the methods that were known when it was registered, and loses its version in 11.
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
  // A router holds each method of a path once: what a route names is neither an `@All()`'s nor the HEAD of a GET route.
  const named = new Set([...explicit.values()].flat().map(keyOf));
  const isUnnamed = (registration: Supposed) => !named.has(keyOf(registration));

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
    isEligible: (registration: Supposed) => boolean,
  ): Supposed[] {
    const url = normalized(route.path);
    const registration = possibleConstraints(route)
      .map((constraints) => ({ route, method, path: route.path, constraints, isNamed: route.method !== '*' }))
      .find((each) => isEligible(each) && router.hasRoute({ method, url, constraints: each.constraints }));
    return registration === undefined ? [] : [registration];
  }

  function keyOf({ method, path, constraints }: Supposed): string {
    const values = Object.keys(constraints)
      .sort()
      .map((name) => [name, [constraints[name]].flat().map(String)]);
    return JSON.stringify([method, normalized(path), values]);
  }
}

/** With all that FastifyAdapter.injectRouteOptions() can have put on the route, and with nothing, as `all()` of 11 does. */
function possibleConstraints({ version, constraints }: RegisteredRoute): Constraints[] {
  const versioned = version === undefined || version === VERSION_NEUTRAL ? {} : { version };
  return [{ ...constraints, ...versioned }, { ...constraints }, {}];
}
