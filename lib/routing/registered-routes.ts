import { Inject, Injectable, Logger, RequestMethod } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { Constraints, SeenRoute } from './fastify/registrations.js';
import { printedRoutes } from './fastify/printed-routes.js';
import { type NestHandler, handlerUnderWay, watchNestRouter } from './nest-registrations.js';
import { isForAll, type RegisteredRoute } from './route.js';

/** Key of a Fastify route's `config` under which the route's registration by Nest stands. */
const REGISTRATION = Symbol('nestjs-cors.registration');

/** Stands for the constraints that a route had before the adapter was set. find-my-way makes code of the name. */
const UNSEEN = 'nestjsCorsUnseen';

/** One call of an adapter's route method by Nest. */
interface Registration {
  readonly handler: NestHandler;
  /** Name of the adapter's method. */
  readonly method: string;
  readonly path: string;
  /** The layers that the call added to the stack of Express. */
  readonly layers: readonly Layer[];
  /** Whether Fastify reported a route during the call. */
  isSeen: boolean;
  route: RegisteredRoute | undefined;
}

/** Which entries of the adapter's router are Nest's. */
export interface RouteIdentities {
  /** Every route in the order of registration; behind them those of which no registration was seen. */
  readonly routes: readonly RegisteredRoute[];
  /** Express: the stack of the application's router. */
  readonly stack: readonly object[];
  /** Express: layers and their routes, with Nest's route; `undefined` for Nest's middleware and error handlers. */
  readonly layers: ReadonlyMap<object, RegisteredRoute | undefined>;
  /** Fastify: every route, those before the adapter was set included. Grows while plugins load. */
  readonly seen: readonly SeenRoute[];
  /** Fastify: whether the router held routes before the adapter was set that cannot be told. */
  readonly holdsUnseen: boolean;
}

/** The members of an adapter and of its instance that registrations pass through. */
interface WatchedAdapter {
  getInstance?(): unknown;
  [member: string]: unknown;
}
interface WatchedInstance {
  readonly router?: { readonly stack?: readonly Layer[] };
  addHook?(name: 'onRoute', hook: (options: FastifyRouteOptions) => void): unknown;
  printRoutes?(): string;
}
interface Layer {
  readonly route?: object;
  match(path: string): unknown;
}
interface FastifyRouteOptions {
  readonly url: string;
  readonly method: string | readonly string[];
  readonly prefix?: string;
  readonly routePath: string;
  readonly constraints?: Constraints;
  config?: object;
}
type Member = (...args: unknown[]) => unknown;
type PolicyOf = (controller: RegisteredRoute['controller'], methodName: string) => CompiledPolicy;

/** The adapter's methods that RouterMethodFactory chooses from. */
const ROUTE_METHODS = [
  'use',
  ...Object.values(RequestMethod).flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : [])),
];

/**
 * Learns which routes of the adapter's router are Nest's, by watching Nest register them: from
 * `CorsModule.configure()`, its last call before that, until the application has bootstrapped.
 * @see https://github.com/nestjs/nest/blob/master/packages/core/router/router-explorer.ts applyCallbackToRouter()
 */
@Injectable()
export class RegisteredRoutes {
  private readonly logger = new Logger('CorsModule');
  private readonly registrations: Registration[] = [];
  private readonly seen: SeenRoute[] = [];
  private readonly layers = new Map<object, RegisteredRoute | undefined>();
  /** Express: the layers by which Nest answers what it does not route. */
  readonly notFound: Layer[] = [];
  private adapter: WatchedAdapter | undefined;
  private holdsUnseen = false;
  private current: Registration | undefined;
  private restore: (() => void)[] = [];

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    host.init$.subscribe(() => this.watch(host.httpAdapter as unknown as WatchedAdapter | undefined));
  }

  /** Starts to watch: the next routes are those of controllers. */
  open(): void {
    const { adapter } = this;
    if (adapter === undefined || this.restore.length > 0) {
      return;
    }
    watchNestRouter();
    for (const name of ROUTE_METHODS) {
      this.wrap(name, (run, args) => {
        const handler = this.current === undefined ? handlerUnderWay(adapter) : undefined;
        return handler === undefined ? run() : this.register(handler, name, String(args[0]), run);
      });
    }
    this.wrap('setErrorHandler', (run) => this.addOthers(run));
    this.wrap('setNotFoundHandler', (run) =>
      this.adding(run, (layer) => {
        this.note(layer, undefined);
        this.notFound.push(layer);
      }),
    );
    this.wrap('createMiddlewareFactory', (run) => {
      const made = run();
      const wrapped =
        (factory: Member) =>
        (...args: unknown[]) =>
          this.addOthers(() => factory(...args));
      return made instanceof Promise ? made.then(wrapped) : wrapped(made as Member);
    });
  }

  /**
   * Stops watching. Undefined where the adapter tells nothing of its routes. Routes that Nest registered otherwise than the
   * table says are logged; what shares a path with one of these has to allow as well.
   * @param table the route table, in the order of registration
   * @param policyOf the policy of a handler that the table lacks
   */
  close(table: readonly RegisteredRoute[], policyOf: PolicyOf): RouteIdentities | undefined {
    const wasOpen = this.restore.length > 0;
    this.restore.forEach((restore) => restore());
    this.restore = [];
    if (!wasOpen || (this.stack === undefined && this.instance?.addHook === undefined)) {
      return undefined;
    }
    const { registrations, layers, seen, holdsUnseen } = this;
    const expected = new Set(table);
    const routes: RegisteredRoute[] = [];
    const unknown: RegisteredRoute[] = [];
    for (const registration of registrations.filter(isIdentified)) {
      let route = first(expected, (each) => isRegistrationOf(registration, each));
      if (route === undefined) {
        route = routeOf(registration, policyOf);
        unknown.push(route);
      } else {
        expected.delete(route);
      }
      routes.push(route);
      registration.route = route;
      registration.layers.forEach((layer) => this.note(layer, route));
    }
    this.warnOf([...unknown, ...expected]);
    return { routes: [...routes, ...expected], stack: this.stack ?? [], layers, seen, holdsUnseen };
  }

  private warnOf(routes: readonly RegisteredRoute[]): void {
    if (routes.length > 0) {
      const names = routes.map(({ controller, methodName }) => `${controller.name}.${methodName}`);
      this.logger.error(
        `NestJS registered routes otherwise than its metadata describe: ${[...new Set(names)].slice(0, 5).join(', ')}. Other ` +
          'origins are allowed there only where the default policy allows them, too. Report it with the versions of NestJS and the adapter.',
      );
    }
  }

  private watch(adapter: WatchedAdapter | undefined): void {
    this.adapter = adapter;
    const { instance } = this;
    if (typeof instance?.addHook !== 'function') {
      return;
    }
    const printed = printedRoutes(instance.printRoutes?.() ?? '');
    this.holdsUnseen = printed === undefined;
    printed?.forEach(({ url, methods, isConstrained }, index) =>
      // A constraint that nothing can read: other routes of the path have to allow as well.
      this.seen.push({
        url,
        methods,
        constraints: isConstrained ? { [UNSEEN]: `${index}` } : {},
        registration: undefined,
      }),
    );
    instance.addHook('onRoute', (options) => this.see(options));
  }

  private see(options: FastifyRouteOptions): void {
    const { url, method, prefix, routePath, constraints = {} } = options;
    const methods = [method].flat();
    const registration = this.registrationOf(options, methods);
    // Foreign routes are marked as well: a hook may have copied the options of one of Nest's.
    options.config = { ...options.config, [REGISTRATION]: registration };
    this.seen.push({ url, methods, constraints, registration });
    // Fastify adds the second form of a plugin's root, with the slash, without a further call of the hook.
    if (routePath === '' && prefix) {
      this.seen.push({ url: `${prefix}/`, methods, constraints, registration });
    }
  }

  /** The registration under way, unless the route is one that a hook adds during it. */
  private registrationOf({ routePath }: FastifyRouteOptions, methods: readonly string[]): Registration | undefined {
    const { current } = this;
    if (current === undefined || !isPathOf(current.path, routePath)) {
      return undefined;
    }
    // Fastify adds the HEAD route of a GET route itself.
    const isOfGet = current.isSeen && current.method === 'get' && methods[0] === 'HEAD';
    if (!isOfGet && (current.isSeen || !isMethodOf(current.method, methods))) {
      return undefined;
    }
    current.isSeen = true;
    return current;
  }

  private wrap(name: string, around: (run: () => unknown, args: readonly unknown[]) => unknown): void {
    const adapter = this.adapter!;
    const original = adapter[name];
    if (typeof original !== 'function') {
      return;
    }
    const isOwn = Object.hasOwn(adapter, name);
    const wrapper = function (this: unknown, ...args: unknown[]) {
      const run = () => (original as Member).apply(this, args);
      return isOpen ? around(run, args) : run();
    };
    let isOpen = true;
    adapter[name] = wrapper;
    this.restore.push(() => {
      isOpen = false;
      // Another library may have wrapped the wrapper: then it stays, and does nothing.
      if (adapter[name] === wrapper) {
        restoreMember(adapter, name, isOwn ? original : undefined);
      }
    });
  }

  private register(handler: NestHandler, method: string, path: string, run: () => unknown): unknown {
    const layers: Layer[] = [];
    this.current = { handler, method, path, layers, isSeen: false, route: undefined };
    this.registrations.push(this.current);
    try {
      return this.adding(run, (layer) => layers.push(layer));
    } finally {
      this.current = undefined;
    }
  }

  private addOthers(run: () => unknown): unknown {
    return this.adding(run, (layer) => this.note(layer, undefined));
  }

  /** Runs the function, and shows every layer that it added to the stack of Express. */
  private adding(run: () => unknown, visit: (layer: Layer) => void): unknown {
    const before = this.stack?.length;
    const result = run();
    this.stack?.slice(before).forEach(visit);
    return result;
  }

  private note(layer: Layer, route: RegisteredRoute | undefined): void {
    this.layers.set(layer, route);
    if (layer.route !== undefined) {
      this.layers.set(layer.route, route);
    }
  }

  private get instance(): WatchedInstance | undefined {
    return this.adapter?.getInstance?.() as WatchedInstance | undefined;
  }

  private get stack(): readonly Layer[] | undefined {
    return this.instance?.router?.stack;
  }
}

/**
 * The routes that a request with this `config` of Fastify's may have been dispatched to; `undefined` stands for those that are
 * not Nest's. More than one where an `onRoute` hook has replaced the `config`, and constraints tell routes of one path apart.
 */
export function routesOfConfig(
  config: object,
  { seen, holdsUnseen }: Pick<RouteIdentities, 'seen' | 'holdsUnseen'>,
): readonly (RegisteredRoute | undefined)[] {
  // Fastify itself adds path and method when the hooks have run.
  const { url, method, [REGISTRATION]: marked } = config as FastifyRouteOptions & { [REGISTRATION]?: Registration };
  const sharing = seen
    .filter((each) => each.url === url && each.methods.some((name) => [method].flat().includes(name)))
    .map(({ registration }) => registration);
  const isMarked = sharing.length === 0 || (REGISTRATION in config && sharing.includes(marked));
  const possible = isMarked ? [marked] : holdsUnseen ? [...sharing, undefined] : sharing;
  return [...new Set(possible.map((registration) => registration?.route))];
}

function first<T>(values: Iterable<T>, isWanted: (value: T) => boolean): T | undefined {
  for (const value of values) {
    if (isWanted(value)) {
      return value;
    }
  }
  return undefined;
}

function restoreMember(adapter: WatchedAdapter, name: string, own: unknown): void {
  if (own === undefined) {
    delete adapter[name];
  } else {
    adapter[name] = own;
  }
}

/** Whether the router is known to have the route: a part of an adapter may add more than one layer. */
function isIdentified({ isSeen, layers }: Registration): boolean {
  return isSeen || layers.length === 1;
}

function isPathOf(path: string, routePath: string): boolean {
  // Fastify takes the slash off where its own prefix has one, or is all of the path.
  return path === routePath || path === `/${routePath}`;
}

function isMethodOf(name: string, methods: readonly string[]): boolean {
  return name === 'all' ? isForAll(methods) : methods.length === 1 && methods[0] === name.toUpperCase();
}

function isRegistrationOf({ handler, method, path }: Registration, route: RegisteredRoute): boolean {
  const expected = route.mounted ? 'use' : route.method === '*' ? 'all' : route.method.toLowerCase();
  const { controller, methodName } = handler;
  return (
    method === expected && path === route.path && methodName === route.methodName && controller === route.controller
  );
}

/** A route that the table lacks. Its policy is known for certain. */
function routeOf({ handler, method, path }: Registration, policyOf: PolicyOf): RegisteredRoute {
  const { controller, methodName } = handler;
  return {
    method: method === 'all' ? '*' : method.toUpperCase(),
    path,
    hosts: undefined,
    controller,
    methodName,
    policy: policyOf(controller, methodName),
    version: undefined,
    constraints: undefined,
    mounted: method === 'use',
  };
}
