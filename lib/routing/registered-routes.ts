import { Inject, Injectable, Logger, RequestMethod } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Constraints } from './fastify-registrations.js';
import { PATH_METADATA } from './nest-metadata.js';
import type { RegisteredRoute } from './route.js';

/** Key of a Fastify route's `config` under which the route's registration by Nest stands. */
const REGISTRATION = Symbol('nestjs-cors.registration');

/** One call of an adapter's route method by Nest. */
interface Registration {
  readonly method: string;
  readonly path: unknown;
  /** The layers that the call added to the stack of Express. */
  readonly layers: readonly Layer[];
  /** Whether Fastify reported a route during the call. */
  isSeen: boolean;
  route: RegisteredRoute | undefined;
}

/** A route that Fastify has reported: Nest's, or a plugin's. */
export interface SeenRoute {
  readonly url: string;
  readonly methods: readonly string[];
  readonly constraints: Constraints;
  /** Undefined for a route that is not Nest's. */
  readonly registration: Pick<Registration, 'route'> | undefined;
}

/** Which entries of the adapter's router are Nest's. */
export interface RouteIdentities {
  /** Express: the stack of the application's router. */
  readonly stack: readonly object[];
  /** Express: layers and their routes, with Nest's route; `undefined` for Nest's middleware and error handlers. */
  readonly layers: ReadonlyMap<object, RegisteredRoute | undefined>;
  /** Fastify: every route since the adapter was set. Grows while plugins load. */
  readonly seen: readonly SeenRoute[];
  /** Fastify: whether the router held routes before the adapter was set. */
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
  readonly routePath?: string;
  readonly constraints?: Constraints;
  config?: object;
}
type Member = (...args: unknown[]) => unknown;

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
    for (const name of ROUTE_METHODS) {
      this.wrap(name, (run, args) => (isHandler(args.at(-1)) ? this.register(name, args[0], run) : run()));
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
   * Stops watching. Undefined where the adapter tells nothing of its routes, or where Nest registered others than those of
   * the table; the latter is logged.
   * @param routes the route table, in the order of registration
   */
  close(routes: readonly RegisteredRoute[]): RouteIdentities | undefined {
    const wasOpen = this.restore.length > 0;
    this.restore.forEach((restore) => restore());
    this.restore = [];
    if (!wasOpen || (this.stack === undefined && this.instance?.addHook === undefined)) {
      return undefined;
    }
    const { registrations, layers, seen, holdsUnseen } = this;
    const agrees =
      registrations.length === routes.length &&
      routes.every((route, index) => isRegistrationOf(registrations[index]!, route));
    if (!agrees) {
      this.logger.error(
        'NestJS registered other routes with the HTTP adapter than its metadata describe, so requests are matched by ' +
          'path. Routes of other libraries may get the policy of a controller. Report it with the versions of NestJS and the adapter.',
      );
      return undefined;
    }
    registrations.forEach((registration, index) => {
      registration.route = routes[index];
      registration.layers.forEach((layer) => this.note(layer, routes[index]));
    });
    return { stack: this.stack ?? [], layers, seen, holdsUnseen };
  }

  private watch(adapter: WatchedAdapter | undefined): void {
    this.adapter = adapter;
    const { instance } = this;
    if (typeof instance?.addHook !== 'function') {
      return;
    }
    this.holdsUnseen = !/^\s*(?:\(empty tree\)\s*)?$/.test(instance.printRoutes?.() ?? '');
    instance.addHook('onRoute', (options) => this.see(options));
  }

  private see(options: FastifyRouteOptions): void {
    const { url, method, prefix, routePath, constraints = {} } = options;
    const registration = this.current;
    if (registration !== undefined) {
      registration.isSeen = true;
      options.config = { ...options.config, [REGISTRATION]: registration };
    }
    const methods = [method].flat();
    this.seen.push({ url, methods, constraints, registration });
    // Fastify adds the second form of a plugin's root, with the slash, without a further call of the hook.
    if (routePath === '' && prefix) {
      this.seen.push({ url: `${prefix}/`, methods, constraints, registration });
    }
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

  private register(method: string, path: unknown, run: () => unknown): unknown {
    const layers: Layer[] = [];
    this.current = { method, path, layers, isSeen: false, route: undefined };
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

/** The route that Nest registered with this `config` of Fastify's; `undefined` for routes that are not Nest's. */
export function routeOfConfig(config: object): RegisteredRoute | undefined {
  return (config as { readonly [REGISTRATION]?: Registration })[REGISTRATION]?.route;
}

function restoreMember(adapter: WatchedAdapter, name: string, own: unknown): void {
  if (own === undefined) {
    delete adapter[name];
  } else {
    adapter[name] = own;
  }
}

/** Nest copies the metadata of a controller's method to the function that it registers. */
function isHandler(value: unknown): boolean {
  return typeof value === 'function' && Reflect.hasMetadata(PATH_METADATA, value);
}

function isRegistrationOf({ method, path, layers, isSeen }: Registration, route: RegisteredRoute): boolean {
  const expected = route.mounted ? 'use' : route.method === '*' ? 'all' : route.method.toLowerCase();
  return method === expected && path === route.path && (isSeen || layers.length === 1);
}
