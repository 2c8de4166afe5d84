import findMyWay from 'find-my-way';
import type { ConstraintStrategy, DerivedConstraints } from './fastify-constraints.js';
import type { FastifyRegistration } from './fastify-registrations.js';
import type { FastifyRouterOptions } from './fastify-router-options.js';
import type { RegisteredRoute } from './route.js';
import type { FastifyRouter } from './router-adapter.js';

export interface FoundRoute {
  readonly route: RegisteredRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** The `find()` of find-my-way, without the request and response types of its handlers. */
interface Finder {
  on(method: string, path: string, options: object, handler: () => void, store: RegisteredRoute): void;
  find(
    method: string,
    path: string,
    constraints: DerivedConstraints | undefined,
  ): { readonly store: RegisteredRoute; readonly params: Readonly<Record<string, string>> } | null;
}

/** A find-my-way with the routes of Nest in it, because Fastify's own does not tell which of them it found. */
export class FastifyMirror {
  private readonly finder: Finder;

  constructor(
    private readonly router: FastifyRouter,
    registrations: readonly FastifyRegistration[],
    strategies: readonly ConstraintStrategy[],
    options: FastifyRouterOptions,
  ) {
    this.finder = findMyWay({
      ...options,
      querystringParser: () => undefined,
      constraints: Object.fromEntries(strategies.map((strategy) => [strategy.name, strategy])) as never,
    }) as unknown as Finder;
    for (const { route, method, constraints } of registrations) {
      try {
        this.finder.on(method, route.path, { constraints }, () => undefined, route);
      } catch {
        // Fastify has refused it as well, or took a plugin's route for it: requests for it have no route here.
      }
    }
  }

  /** `undefined`, too, for URLs that Fastify answers 400 (malformed) or 414 (a parameter is too long). */
  find(method: string, url: string, constraints: DerivedConstraints | undefined): FoundRoute | undefined {
    const found = this.finder.find(method, url, constraints);
    return found === null ? undefined : { route: found.store, params: found.params };
  }

  /**
   * Whether Fastify's router finds a route with the same parameters. It may be of another version of find-my-way, and it
   * holds the routes of plugins too, which can be more specific than those of Nest.
   */
  isConfirmed(
    method: string,
    url: string,
    constraints: DerivedConstraints | undefined,
    params: FoundRoute['params'],
  ): boolean {
    const real = this.router.findRoute({ method, url: withoutQuery(url), constraints })?.params;
    if (real === undefined) {
      return false;
    }
    const names = Object.keys(real);
    return names.length === Object.keys(params).length && names.every((name) => real[name] === params[name]);
  }
}

// Fastify would have its query parser, which may be the application's, read the query string a second time.
function withoutQuery(url: string): string {
  const query = url.startsWith('/') ? url.indexOf('?') : -1;
  return query === -1 ? url : url.slice(0, query);
}
