import findMyWay from 'find-my-way';
import { type ConstraintStrategy, ConstraintTable, strategiesOf } from './constraints.js';
import type { FastifyRegistration } from './registrations.js';
import type { FastifyAdapterInternals, FastifyRouterOptions } from './router-options.js';

/** The members of find-my-way that are used here. */
interface Finder {
  readonly routes: readonly { readonly params: readonly string[] }[];
  on(method: string, path: string, options: object, handler: () => void): void;
  find(method: string, path: string, constraints: object): { readonly params: Params } | null;
}

export type Params = Readonly<Record<string, string>>;

/**
 * A path whose parameters are whole segments. Nest refuses empty parameters there. It reads all other paths, and those that repeat
 * a name, in its own way.
 * @see https://github.com/nestjs/nest/blob/master/packages/platform-fastify/adapters/fastify-adapter.ts requireNonEmptyParams()
 */
const PATH_OF_SEGMENTS = /^(?:\/(?::\w+|[^/:*()]*))*(?:\/\*)?$/;
const EMPTY_SEGMENT = /^[^?#]*?\/(?:[/?#;]|$)/;

/** The method of all paths here, because find-my-way has a tree for each method. */
const TREE = 'GET';

/** A constraint that records every place of the search. */
class Visit {
  readonly places: FastifyPlace[] = [];
}

/** A constraint that ends the search at a place, at the route with this path. */
class Choice {
  constructor(
    readonly place: FastifyPlace,
    readonly path: string,
  ) {}
}

let places = 0;

/** A node of the tree. Its routes match the same URLs. They differ in method, constraints and parameter names. */
export class FastifyPlace {
  private readonly indexes = new Map<unknown, unknown>();
  private tables: ReadonlyMap<string, ConstraintTable> = new Map();
  private sorted: readonly FastifyRegistration[] = [];
  private revision = -1;
  readonly id = ++places;
  private foreign = false;
  private parameters: 'none' | 'in segments' | 'elsewhere' = 'none';

  constructor(private readonly paths: FastifyPaths) {}

  /** `storage.get()` of a constraint strategy. A `Visit` finds nothing, so that the search continues. */
  get(constraint: unknown): unknown {
    if (constraint instanceof Visit) {
      constraint.places.push(this);
      return undefined;
    }
    return constraint instanceof Choice
      ? constraint.place === this && this.indexes.get(constraint.path)
      : this.indexes.get(constraint);
  }

  /** `storage.set()` of a constraint strategy. */
  set(path: unknown, indexes: unknown): void {
    this.indexes.set(path, indexes);
  }

  get registrations(): readonly FastifyRegistration[] {
    this.refresh();
    return this.sorted;
  }

  /** Whether a route here is not Nest's. */
  get hasForeign(): boolean {
    this.refresh();
    return this.foreign;
  }

  /** Whether parameters of the URL cannot change its routes here: there are none, or each is a whole, non-empty segment. */
  isTypical(url: string): boolean {
    this.refresh();
    return this.parameters === 'none' || (this.parameters === 'in segments' && !EMPTY_SEGMENT.test(url));
  }

  /** The registrations for this method; `undefined` without any. */
  tableOf(method: string): ConstraintTable | undefined {
    this.refresh();
    return this.tables.get(method);
  }

  private refresh(): void {
    const { revision } = this.paths;
    if (this.revision === revision) {
      return;
    }
    this.revision = revision;
    const all = [...this.indexes.keys()].flatMap((path) => this.paths.registrationsOf(path as string));
    this.sorted = all.sort((a, b) => a.order - b.order);
    this.foreign = all.some(({ route }) => route === undefined);
    const paths = [...this.indexes.keys()].filter((path) => (path as string).includes(':')) as string[];
    this.parameters = paths.length === 0 ? 'none' : paths.every(isOfSegments) ? 'in segments' : 'elsewhere';
    const methods = [...new Set(this.sorted.map(({ method }) => method))];
    const strategies = this.paths.strategies();
    this.tables = new Map(
      methods.map((method) => {
        const registrations = this.sorted.filter((each) => each.method === method);
        return [method, new ConstraintTable(registrations, strategies)];
      }),
    );
  }
}

/**
 * The paths of all routes of a Fastify router, for all methods, in one tree of find-my-way. One search finds every place that
 * matches a URL, the most specific one first. Paths are compared as Fastify compares them.
 */
export class FastifyPaths {
  /** Changes when routes are added. */
  revision = 0;
  /** The names of the routes' constraints. */
  readonly constraints = new Set<string>();
  readsHost = false;
  private readonly finder: Finder;
  private readonly byPath = new Map<string, FastifyRegistration[]>();
  /** The names of each path's parameters; two lists where the last parameter is optional. */
  private readonly names = new Map<string, readonly (readonly string[])[]>();
  private last:
    { readonly url: string; readonly revision: number; readonly places: readonly FastifyPlace[] } | undefined;

  constructor(
    options: FastifyRouterOptions,
    private readonly adapter: Pick<FastifyAdapterInternals, 'versionConstraint'> = {},
  ) {
    const path: ConstraintStrategy = {
      name: 'path',
      mustMatchWhenDerived: true,
      storage: () => new FastifyPlace(this),
      deriveConstraint: () => undefined,
    };
    this.finder = findMyWay({
      ...options,
      querystringParser: () => undefined,
      constraints: { path } as never,
    }) as unknown as Finder;
  }

  add(registration: FastifyRegistration): void {
    const { path, constraints } = registration;
    const known = this.byPath.get(path);
    this.revision++;
    Object.keys(constraints).forEach((name) => this.constraints.add(name));
    this.readsHost ||= 'host' in constraints;
    if (known !== undefined) {
      known.push(registration);
      return;
    }
    const before = this.finder.routes.length;
    this.byPath.set(path, [registration]);
    try {
      this.finder.on(TREE, path, { constraints: { path } }, () => undefined);
    } catch {
      // Fastify has refused the path as well.
    }
    this.names.set(
      path,
      this.finder.routes.slice(before).map(({ params }) => params),
    );
  }

  /** The constraint strategies of the router, for the registrations so far. */
  strategies(): readonly ConstraintStrategy[] {
    return strategiesOf(this.constraints, this.adapter);
  }

  registrationsOf(path: string): readonly FastifyRegistration[] {
    return this.byPath.get(path)!;
  }

  /**
   * Every place that matches the URL. There is none for URLs that Fastify answers with 400 (malformed) or 414 (parameter too long).
   */
  at(url: string): readonly FastifyPlace[] {
    const { revision, last } = this;
    // A preflight searches for its URL twice, unless its answer is prepared.
    if (last?.url === url && last.revision === revision) {
      return last.places;
    }
    const visit = new Visit();
    this.finder.find(TREE, url, { path: visit });
    this.last = { url, revision, places: visit.places };
    return visit.places;
  }

  /** The parameters of a route at a place that matches the URL. */
  params(url: string, place: FastifyPlace, { path }: FastifyRegistration): Params {
    return this.finder.find(TREE, url, { path: new Choice(place, path) })!.params;
  }

  /** Whether the parameters have the names of the path's parameters. */
  hasParams({ path }: FastifyRegistration, params: Readonly<Record<string, unknown>>): boolean {
    return this.namesIn(path, params) !== undefined;
  }

  /** The parameters of a route, renamed for another route at the same place; `undefined` where a value is lost. */
  renamed(params: Params, from: string, to: FastifyRegistration): Params | undefined {
    const names = this.namesIn(from, params)!;
    const others = this.names.get(to.path)!.find(({ length }) => length === names.length)!;
    return new Set(names).size < names.length
      ? undefined
      : Object.fromEntries(others.map((name, index) => [name, params[names[index]!]!]));
  }

  private namesIn(path: string, params: Readonly<Record<string, unknown>>): readonly string[] | undefined {
    const { length } = Object.keys(params);
    return this.names.get(path)!.find((names) => {
      const distinct = names.length < 2 ? names.length : new Set(names).size;
      return distinct === length && names.every((name) => Object.hasOwn(params, name));
    });
  }
}

function isOfSegments(path: string): boolean {
  const names = path.match(/:\w+/g) as readonly string[];
  return PATH_OF_SEGMENTS.test(path) && new Set(names).size === names.length;
}

/** Fastify would call its query parser a second time for a query string, and that parser may be the application's. */
export function withoutQuery(url: string): string {
  const query = url.startsWith('/') ? url.indexOf('?') : -1;
  return query === -1 ? url : url.slice(0, query);
}

/** A route path as the router stores it: `hasRoute()` does not normalise paths, unlike `on()`. */
export function storedPath(path: string, options: FastifyRouterOptions): string {
  const single = options.ignoreDuplicateSlashes ? findMyWay.removeDuplicateSlashes(path) : path;
  return options.ignoreTrailingSlash ? findMyWay.trimLastSlash(single) : single;
}
