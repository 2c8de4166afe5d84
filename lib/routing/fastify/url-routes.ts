import { type DerivedConstraints, combinations, isAssumed, isHostPossible } from './constraints.js';
import type { FastifyPaths, FastifyPlace } from './paths.js';
import type { FastifyRegistration } from './registrations.js';
import {
  COMMON_METHODS,
  type RegisteredRoute,
  type Route,
  type RouteMatch,
  type Taker,
  type UrlRoutes,
} from '../route.js';
import type { FastifyRouter } from '../router-adapter.js';

/** One URL, and what its routes are found by. */
export interface FastifySearch {
  readonly url: string;
  readonly host: string;
  /** The `Host` header as Fastify's router reads it; `undefined` where it is not known. */
  readonly hostHeader: string | undefined;
  readonly paths: FastifyPaths;
  /** Fastify's own router. */
  readonly router: FastifyRouter;
  /** Whether that router holds routes which nothing has reported. */
  readonly holdsUnseen: boolean;
  isServed(match: RouteMatch & { readonly route: RegisteredRoute }, method: string): boolean;
}

export const FOREIGN: Taker = { match: undefined, behind: [] };

type Params = Readonly<Record<string, string>>;

/** The routes at one URL of Fastify: found in one search of all paths, and chosen for each method from what that found. */
export class FastifyUrlRoutes implements UrlRoutes {
  private readonly places: readonly FastifyPlace[];
  private readonly params = new Map<FastifyPlace, { readonly path: string; readonly params: Params }>();
  private readonly known = new Map<string, readonly Taker[]>();

  constructor(private readonly search: FastifySearch) {
    this.places = search.paths.at(search.url);
  }

  get key(): string | undefined {
    const { holdsUnseen, paths } = this.search;
    if (
      holdsUnseen ||
      this.places.length === 0 ||
      this.places.some((place) => place.registrations.some(({ route }) => route === undefined))
    ) {
      return undefined;
    }
    return `${paths.revision}:${this.places.map(({ id }) => id).join()}`;
  }

  get methods(): readonly string[] {
    const registrations = this.places.flatMap((place) => place.registrations);
    return [...new Set(registrations.filter(({ isNamed }) => isNamed).map(({ method }) => method))];
  }

  get routes(): readonly Route[] {
    const methods = new Set([...COMMON_METHODS, ...this.methods]);
    const found = [...methods].flatMap((method) => this.takers(method).flatMap(({ match }) => match?.route ?? []));
    return [...new Set(found)];
  }

  takers(method: string): readonly Taker[] {
    let found = this.known.get(method);
    if (found === undefined) {
      try {
        found = this.search.paths.hasConstraints ? this.find(method, this.possible(method)) : this.findPlain(method);
      } catch {
        found = [];
      }
      this.known.set(method, found);
    }
    return found;
  }

  /** What the router takes for this method under any of the constraints. */
  find(method: string, possible: readonly DerivedConstraints[]): readonly Taker[] {
    const found = new Map<RegisteredRoute | undefined, Taker>();
    for (const constraints of possible) {
      const [place, registration] = this.choose(method, constraints);
      const route = registration?.route;
      if (place !== undefined && registration !== undefined && !found.has(route)) {
        const taker = this.takerOf(place, registration, constraints);
        if (taker !== undefined) {
          found.set(taker.match === undefined ? undefined : route, taker);
        }
      }
    }
    return found.size === 0 ? this.unseen(method) : [...found.values()];
  }

  /** As {@link find}, where no route has constraints. */
  private findPlain(method: string): readonly Taker[] {
    for (const place of this.places) {
      const registration = place.tableOf(method)?.unconstrained;
      if (registration !== undefined) {
        const taker = this.takerOf(place, registration, {});
        return taker === undefined ? this.unseen(method) : [taker];
      }
    }
    return this.unseen(method);
  }

  /** What constraints can be for requests with this method to the host. */
  private possible(method: string): DerivedConstraints[] {
    const tables = this.places.flatMap((place) => place.tableOf(method) ?? []);
    const names = new Set(tables.flatMap((table) => table.names));
    const registrations = tables.flatMap((table) => table.registrations);
    const { host, hostHeader } = this.search;
    if (hostHeader !== undefined && names.delete('host')) {
      // A preflight goes to the same host as its request, so nothing has to be assumed.
      return combinations(registrations, [...names]).map((others) => ({ ...others, host: hostHeader }));
    }
    return combinations(registrations, [...names]).filter((each) => isHostPossible(each['host'], host));
  }

  private choose(
    method: string,
    constraints: DerivedConstraints,
  ): [place?: FastifyPlace, registration?: FastifyRegistration] {
    for (const place of this.places) {
      const registration = place.tableOf(method)?.find(constraints);
      if (registration !== undefined) {
        return [place, registration];
      }
    }
    return [];
  }

  private takerOf(
    place: FastifyPlace,
    registration: FastifyRegistration,
    constraints: DerivedConstraints,
  ): Taker | undefined {
    const { route } = registration;
    if (route === undefined) {
      return FOREIGN;
    }
    const params = this.confirmedParams(place, registration, constraints);
    if (params === undefined || params === 'of another route') {
      return params && FOREIGN;
    }
    const match = { route, params };
    return this.search.isServed(match, registration.method) ? { match, behind: [] } : undefined;
  }

  /**
   * The parameters of the route, where Fastify's own router has a route with these. It may be of another version of
   * find-my-way, and hold routes that nothing has reported. Asked once for all routes of a place.
   */
  private confirmedParams(
    place: FastifyPlace,
    registration: FastifyRegistration,
    constraints: DerivedConstraints,
  ): Params | 'of another route' | undefined {
    const { url, paths, router } = this.search;
    const { method, path } = registration;
    const known = this.params.get(place);
    const shared =
      known && (known.path === path ? known.params : paths.renamed(known.params, known.path, registration));
    if (shared !== undefined) {
      return shared;
    }
    // Fastify's own router can only be asked about requests, not about what a constraint is assumed to be.
    const params = Object.values(constraints).some(isAssumed)
      ? paths.params(url, place, registration)
      : router.findRoute({ method, url: withoutQuery(url), constraints })?.params;
    if (params === undefined) {
      return undefined;
    }
    if (!paths.hasParams(registration, params)) {
      return 'of another route';
    }
    this.params.set(place, { path, params: params as Params });
    return params as Params;
  }

  /** A route that nothing has reported, where one serves the method. */
  private unseen(method: string): readonly Taker[] {
    const { url, router, holdsUnseen } = this.search;
    if (!holdsUnseen) {
      return [];
    }
    const find = () => router.findRoute({ method, url: withoutQuery(url), constraints: {} })?.handler;
    const handler = find();
    // For URLs that it answers 400 or 414, find-my-way makes a function each time.
    return handler !== undefined && handler === find() ? [FOREIGN] : [];
  }
}

// Fastify would have its query parser, which may be the application's, read the query string a second time.
function withoutQuery(url: string): string {
  const query = url.startsWith('/') ? url.indexOf('?') : -1;
  return query === -1 ? url : url.slice(0, query);
}
