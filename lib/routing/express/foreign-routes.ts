import { isForAll, type RegisteredRoute } from '../route.js';

/** What is read of a layer in the stack of an Express router. */
export interface ExpressLayer {
  readonly route?: ExpressRoute;
  /** Name of the handler function. */
  readonly name?: string;
  /** Whether it is mounted on every path. */
  readonly slash?: boolean;
  /** The handler: a nested router has a stack of its own. */
  readonly handle?: { readonly stack?: readonly ExpressLayer[] };
  /** Answers `true` and leaves the path on the layer before router 2.3, and an object with the path from then on. */
  match(path: string): boolean | { readonly path: string };
  readonly path?: string;
}

/** What Express has of a route: its methods, in lower case. */
export interface ExpressRoute {
  readonly methods: Readonly<Record<string, boolean>>;
}

/** A route at a path that is not Nest's. */
export interface ForeignRoute {
  /** The number of Nest's routes that the router tries before this one. */
  readonly position: number;
  readonly methods: ExpressRoute['methods'];
}

interface ForeignLayer {
  readonly position: number;
  readonly layer: ExpressLayer;
}

/**
 * Mounted handlers that are known to answer below their path, by the names that Express gives them: applications and
 * static files. It is unknown which requests they pass on, so they count where Nest has no route for the method.
 */
const ANSWERING: ReadonlyMap<string | undefined, ExpressRoute['methods']> = new Map([
  ['mounted_app', { _all: true }],
  ['serveStatic', { get: true }],
]);

/** The routes in the stack of Express that are not Nest's, found by the matchers of the stack itself. */
export class ExpressForeignRoutes {
  private layers: readonly ForeignLayer[] = [];
  private watched = -1;

  /** @param identities what of the stack is Nest's */
  constructor(
    private readonly stack: readonly ExpressLayer[],
    private readonly identities: ReadonlyMap<object, RegisteredRoute | undefined>,
  ) {}

  /** Whether the router holds no such routes. Layers may be added at any time. */
  get isEmpty(): boolean {
    if (this.watched !== this.stack.length) {
      this.watched = this.stack.length;
      this.layers = this.readLayers();
    }
    return this.layers.length === 0;
  }

  /** The routes that match the path, in the order of the stack. */
  at(pathname: string): ForeignRoute[] {
    return this.isEmpty
      ? []
      : this.layers
          .flatMap(({ position, layer }) => routesIn(layer, pathname).map((methods) => ({ position, methods })))
          .sort((one, other) => one.position - other.position);
  }

  private readLayers(): ForeignLayer[] {
    const found: ForeignLayer[] = [];
    let position = 0;
    for (const layer of this.stack) {
      if (this.identities.get(layer) !== undefined) {
        position++;
      } else if (!this.identities.has(layer)) {
        if (layer.route !== undefined || isRouter(layer)) {
          found.push({ position, layer });
        } else if (layer.slash !== true && ANSWERING.has(layer.name)) {
          found.push({ position: Infinity, layer });
        }
      }
    }
    return found;
  }
}

/** Whether Express gives the route requests with this method: Route._handlesMethod(). */
export function handlesMethod({ methods }: ExpressRoute, method: string): boolean {
  const name = method.toLowerCase();
  return Boolean(methods['_all'] || methods[name] || (name === 'head' && methods['get']));
}

/** The methods that the route names; none for a route for all of them, which `app.all()` adds with each by name. */
export function methodsOf({ methods }: ForeignRoute): string[] {
  const names = Object.keys(methods).map((name) => name.toUpperCase());
  return methods['_all'] || isForAll(names) ? [] : names;
}

function isRouter({ handle }: ExpressLayer): boolean {
  return Array.isArray(handle?.stack);
}

/** The methods of each route of the layer, or of the router that is mounted there. */
function routesIn(layer: ExpressLayer, pathname: string): ExpressRoute['methods'][] {
  const matched = matchedPath(layer, pathname);
  if (matched === undefined) {
    return [];
  }
  if (layer.route !== undefined) {
    return [layer.route.methods];
  }
  const rest = pathname.slice(matched.length);
  // Router.trimPrefix(): the mount path ends where a segment ends.
  const isMounted = pathname.startsWith(matched) && (matched === '' || rest === '' || rest.startsWith('/'));
  const below = rest.startsWith('/') ? rest : `/${rest}`;
  if (!isMounted) {
    return [];
  }
  const stack = layer.handle?.stack;
  return Array.isArray(stack)
    ? stack.flatMap((each: ExpressLayer) => routesIn(each, below))
    : [ANSWERING.get(layer.name) ?? {}];
}

function matchedPath(layer: ExpressLayer, pathname: string): string | undefined {
  try {
    const match = layer.match(pathname);
    return typeof match === 'object' ? match.path : match ? layer.path : undefined;
  } catch {
    // A parameter that cannot be decoded: Express answers 400 in the place of the route.
    return layer.route === undefined ? undefined : pathname;
  }
}
