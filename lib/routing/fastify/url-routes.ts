import { type DerivedConstraints, combinations, isAssumed, isHostPossible } from './constraints.js';
import { type FastifyPaths, type FastifyPlace, type Params, withoutQuery } from './paths.js';
import type { FastifyRegistration } from './registrations.js';
import {
  COMMON_METHODS,
  type RegisteredRoute,
  type Route,
  type RouteMatch,
  type Recipient,
  type UrlRoutes,
} from '../route.js';
import type { FastifyRouter } from '../router-adapter.js';

export interface NestMatch extends RouteMatch {
  readonly route: RegisteredRoute;
}

/** A URL, and the data that the search for its routes needs. */
export interface FastifySearch {
  readonly url: string;
  readonly host: string;
  /** The `Host` header as Fastify's router reads it; `undefined` where it is unknown. */
  readonly hostHeader: string | undefined;
  readonly paths: FastifyPaths;
  /** Fastify's own router. */
  readonly router: FastifyRouter;
  /** Whether that router has routes that Fastify has not reported. */
  readonly holdsUnseen: boolean;
  isServed(match: NestMatch, method: string): boolean;
}

export const FOREIGN: Recipient = { match: undefined, passesTo: [] };

/** The routes at a URL. One search of all paths finds the places, and each method chooses among them. */
export class FastifyUrlRoutes implements UrlRoutes {
  private readonly places: readonly FastifyPlace[];
  private readonly params = new Map<FastifyPlace, { readonly path: string; readonly params: Params }>();
  private readonly known = new Map<string, readonly Recipient[]>();

  constructor(private readonly search: FastifySearch) {
    this.places = search.paths.at(search.url);
  }

  get methods(): readonly string[] {
    const registrations = this.places.flatMap((place) => place.registrations);
    return [...new Set(registrations.filter(({ isNamed }) => isNamed).map(({ method }) => method))];
  }

  get routes(): readonly Route[] {
    const methods = new Set([...COMMON_METHODS, ...this.methods]);
    const found = [...methods].flatMap((method) => this.recipients(method).flatMap(({ match }) => match?.route ?? []));
    return [...new Set(found)];
  }

  recipients(method: string): readonly Recipient[] {
    let found = this.known.get(method);
    if (found === undefined) {
      try {
        found =
          this.search.paths.constraints.size > 0 ? this.find(method, this.possible(method)) : this.findPlain(method);
      } catch {
        found = [];
      }
      this.known.set(method, found);
    }
    return found;
  }

  /** The routes that the router chooses for this method under any of these constraints. */
  find(method: string, possible: readonly DerivedConstraints[]): readonly Recipient[] {
    const found = new Map<RegisteredRoute | undefined, Recipient>();
    for (const constraints of possible) {
      const [place, registration] = this.choose(method, constraints);
      const route = registration?.route;
      if (place !== undefined && registration !== undefined && !found.has(route)) {
        const recipient = this.recipientOf(place, registration, constraints);
        if (recipient !== undefined) {
          found.set(recipient.match === undefined ? undefined : route, recipient);
        }
      }
    }
    return found.size === 0 ? this.unseen(method) : [...found.values()];
  }

  /** The route for the method where no route has constraints. */
  private findPlain(method: string): readonly Recipient[] {
    for (const place of this.places) {
      const registration = place.tableOf(method)?.unconstrained;
      if (registration !== undefined) {
        const recipient = this.recipientOf(place, registration, {});
        return recipient === undefined ? this.unseen(method) : [recipient];
      }
    }
    return this.unseen(method);
  }

  /** The constraints that requests with this method to the host can have. */
  private possible(method: string): DerivedConstraints[] {
    const tables = this.places.flatMap((place) => place.tableOf(method) ?? []);
    const names = new Set(tables.flatMap((table) => table.names));
    const registrations = tables.flatMap((table) => table.registrations);
    const { host, hostHeader } = this.search;
    if (hostHeader !== undefined && names.delete('host')) {
      // A preflight goes to the same host as its request.
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

  private recipientOf(
    place: FastifyPlace,
    registration: FastifyRegistration,
    constraints: DerivedConstraints,
  ): Recipient | undefined {
    const { route } = registration;
    if (route === undefined) {
      return FOREIGN;
    }
    const params = this.confirmedParams(place, registration, constraints);
    if (params === undefined || params === 'of another route') {
      return params && FOREIGN;
    }
    const match = { route, params };
    return this.search.isServed(match, registration.method) ? { match, passesTo: [] } : undefined;
  }

  /**
   * The route's parameters, confirmed by Fastify's own router. That router may use another version of find-my-way, and may have
   * routes that Fastify has not reported. One call serves all routes of a place.
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
    // Fastify's own router does not know assumed constraints.
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

  /** The route that serves the method without being reported by Fastify, if there is one. */
  private unseen(method: string): readonly Recipient[] {
    const { url, router, holdsUnseen } = this.search;
    if (!holdsUnseen) {
      return [];
    }
    const find = () => router.findRoute({ method, url: withoutQuery(url), constraints: {} })?.handler;
    const handler = find();
    // For a URL that Fastify answers with 400 or 414, find-my-way returns a new function each time.
    return handler !== undefined && handler === find() ? [FOREIGN] : [];
  }
}
