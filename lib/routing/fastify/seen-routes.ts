import { type RegisteredRoute, isForAll } from '../route.js';
import { printedRoutes } from './printed-routes.js';
import type { Constraints, NestRegistration, SeenRoute } from './registrations.js';

/** Key in a Fastify route's `config` for the route's registration by Nest. */
const REGISTRATION = Symbol('nestjs-cors.registration');

/** The name of a constraint with an unknown value. It is an identifier, because find-my-way generates code from it. */
const UNKNOWN = 'nestjsCorsUnseen';

const UNCONSTRAINED: Constraints = {};
const GET_AND_HEAD: readonly string[] = ['GET', 'HEAD'];

/** A call of one of the adapter's route methods by Nest. */
export interface FastifyCall {
  /** Name of the adapter's method. */
  readonly method: string;
  readonly path: string;
  /** The object that Fastify's routes hold for the call. Undefined until Fastify has reported a route. */
  seenAs: NestRegistration | undefined;
}

/** The members of a Fastify instance that report its routes. */
export interface FastifyInstance {
  addHook(name: 'onRoute', hook: (options: FastifyRouteOptions) => void): unknown;
  printRoutes?(): string;
}
interface FastifyRouteOptions {
  readonly url: string;
  readonly method: string | readonly string[];
  readonly prefix?: string;
  readonly routePath: string;
  /** Fastify reads any value that is not truthy as no constraints. */
  readonly constraints?: Constraints | null;
  config?: object;
}

/** The routes of a Fastify instance, with Nest's marked. Those from before the hook are as printed, all others as reported. */
export class SeenRoutes {
  readonly all: SeenRoute[] = [];
  /** Whether the router had earlier routes that cannot be read. */
  readonly holdsUnseen: boolean;
  private readonly lists = new Map<string, readonly string[]>();

  /** @param currentCall the call of the adapter by Nest that is running */
  constructor(
    instance: FastifyInstance,
    private readonly currentCall: () => FastifyCall | undefined,
  ) {
    const printed = printedRoutes(instance.printRoutes?.() ?? '');
    this.holdsUnseen = printed === undefined;
    printed?.forEach(({ url, methods, isConstrained }, index) => {
      // The value of a printed constraint is unknown, so the other routes of the path have to allow as well.
      const constraints: Constraints = isConstrained ? { [UNKNOWN]: `${index}` } : {};
      this.all.push({ url, methods, constraints, registration: undefined });
    });
    instance.addHook('onRoute', (options) => this.see(options));
  }

  private see(options: FastifyRouteOptions): void {
    const { url, method, prefix, routePath } = options;
    const constraints = options.constraints || UNCONSTRAINED;
    const methods = typeof method === 'string' ? this.listOf(method) : method;
    const registration = this.registrationOf(routePath, methods);
    // Other routes are marked, too, because a hook may have copied the options of a route of Nest. Fastify overwrites `url` and
    // `method`: where it has to add them, V8 gives each copy a shape of its own. See "Boot and memory" in docs/performance.md.
    options.config = { ...options.config, [REGISTRATION]: registration, url, method };
    const last = this.all.at(-1);
    if (
      registration !== undefined &&
      last?.registration === registration &&
      last.url === url &&
      last.constraints === constraints
    ) {
      // The HEAD route of a GET route. One entry for both: an application may have 10,000 of them.
      this.all[this.all.length - 1] = { url, methods: GET_AND_HEAD, constraints, registration };
    } else {
      this.all.push({ url, methods, constraints, registration });
    }
    // Fastify also adds the root of a plugin with a final slash, and calls no hook for that.
    if (routePath === '' && prefix) {
      this.all.push({ url: `${prefix}/`, methods, constraints, registration });
    }
  }

  /** All routes of a method share one list, because an application may have 10,000 of them. */
  private listOf(method: string): readonly string[] {
    const list = this.lists.get(method) ?? [method];
    this.lists.set(method, list);
    return list;
  }

  /** The registration by the running call; `undefined` for a route that a hook adds during it. */
  private registrationOf(routePath: string, methods: readonly string[]): NestRegistration | undefined {
    const call = this.currentCall();
    // Fastify removes the slash if its own prefix has one, or if it is the whole path.
    if (call === undefined || (call.path !== routePath && call.path !== `/${routePath}`)) {
      return undefined;
    }
    // Fastify adds the HEAD route of a GET route itself.
    const isHeadOfGet = call.seenAs !== undefined && call.method === 'get' && methods[0] === 'HEAD';
    if (!isHeadOfGet && (call.seenAs !== undefined || !isMethodOf(call.method, methods))) {
      return undefined;
    }
    return (call.seenAs ??= { route: undefined });
  }
}

function isMethodOf(name: string, methods: readonly string[]): boolean {
  return name === 'all' ? isForAll(methods) : methods.length === 1 && methods[0] === name.toUpperCase();
}

/**
 * The routes to which a request with this `config` may have been dispatched; `undefined` represents a route that is not Nest's.
 * There are several if an `onRoute` hook has replaced the `config` of routes with one path and constraints.
 */
export function routesOfConfig(
  config: object,
  { seen, holdsUnseen }: { readonly seen: readonly SeenRoute[]; readonly holdsUnseen: boolean },
): readonly (RegisteredRoute | undefined)[] {
  // Fastify itself adds path and method after the hooks.
  const { url, method, [REGISTRATION]: marked } = config as FastifyRouteOptions & { [REGISTRATION]?: NestRegistration };
  const sharing = seen
    .filter((each) => each.url === url && each.methods.some((name) => [method].flat().includes(name)))
    .map(({ registration }) => registration);
  const isMarked = sharing.length === 0 || (REGISTRATION in config && sharing.includes(marked));
  const possible = isMarked ? [marked] : holdsUnseen ? [...sharing, undefined] : sharing;
  return [...new Set(possible.map((registration) => registration?.route))];
}
