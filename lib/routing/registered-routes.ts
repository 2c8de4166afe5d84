import { Inject, Injectable, Logger, RequestMethod } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { ExpectedRoutes } from './expected-routes.js';
import type { SeenRoute } from './fastify/registrations.js';
import { type FastifyCall, type FastifyInstance, SeenRoutes } from './fastify/seen-routes.js';
import { type NestHandler, handlerBeingRegistered, watchNestRouter } from './nest-registrations.js';
import type { RegisteredRoute } from './route.js';

/** A call of one of the adapter's route methods by Nest. */
interface Registration extends FastifyCall {
  readonly handler: NestHandler;
  /** The layers that the call added to the stack of Express. */
  readonly layers: readonly Layer[];
}

/** Tells which entries of the adapter's router are Nest's. */
export interface RouteIdentities {
  /** Every route in the order of registration, followed by the routes whose registration was not seen. */
  readonly routes: readonly RegisteredRoute[];
  /** Express: the stack of the application's router. */
  readonly stack: readonly object[];
  /** Express: layers and their routes, with Nest's route; `undefined` for Nest's middleware and error handlers. */
  readonly layers: ReadonlyMap<object, RegisteredRoute | undefined>;
  /** Fastify: every route, also of others. Grows while plugins load. */
  readonly seen: readonly SeenRoute[];
  /** Fastify: whether the router held routes before the adapter was set that cannot be read. */
  readonly holdsUnseen: boolean;
}

/** The members of an adapter and of its instance that registrations pass through. */
interface WatchedAdapter {
  getInstance?(): unknown;
  [member: string]: unknown;
}
interface WatchedInstance extends Partial<FastifyInstance> {
  readonly router?: { readonly stack?: readonly Layer[] };
}
interface Layer {
  readonly route?: object;
  match(path: string): unknown;
}
type Member = (...args: unknown[]) => unknown;
type PolicyOf = (controller: RegisteredRoute['controller'], methodName: string) => CompiledPolicy;

/** The adapter's methods that RouterMethodFactory chooses from. */
const ROUTE_METHODS = [
  'use',
  ...Object.values(RequestMethod).flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : [])),
];

/**
 * Learns which routes of the adapter's router are Nest's. It watches Nest register them, from `CorsModule.configure()`,
 * Nest's last call before that, until the application has bootstrapped.
 * @see https://github.com/nestjs/nest/blob/master/packages/core/router/router-explorer.ts applyCallbackToRouter()
 */
@Injectable()
export class RegisteredRoutes {
  private readonly logger = new Logger('CorsModule');
  private readonly registrations: Registration[] = [];
  /** What the adapter made of paths, by path, until {@link close}. */
  readonly normalizedPaths = new Map<string, string>();
  private readonly layers = new Map<object, RegisteredRoute | undefined>();
  /** Express: the layers of Nest's not-found handler. */
  readonly notFound: Layer[] = [];
  private adapter: WatchedAdapter | undefined;
  /** Fastify: its routes. */
  fastify: SeenRoutes | undefined;
  private current: Registration | undefined;
  private restore: (() => void)[] = [];

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    host.init$.subscribe(() => {
      this.adapter = host.httpAdapter as unknown as WatchedAdapter | undefined;
      const { instance } = this;
      if (typeof instance?.addHook === 'function') {
        this.fastify = new SeenRoutes(instance as FastifyInstance, () => this.current);
      }
    });
  }

  /** Starts to watch: Nest registers the routes of controllers next. */
  open(): void {
    const { adapter } = this;
    if (adapter === undefined || this.restore.length > 0) {
      return;
    }
    watchNestRouter();
    for (const name of ROUTE_METHODS) {
      this.wrap(adapter, name, (run, args) => {
        const handler = this.current === undefined ? handlerBeingRegistered(adapter) : undefined;
        return handler === undefined ? run() : this.register(handler, name, String(args[0]), run);
      });
    }
    this.wrap(adapter, 'normalizePath', (run, [path]) => {
      const normalized = run();
      this.normalizedPaths.set(path as string, normalized as string);
      return normalized;
    });
    this.wrap(adapter, 'setErrorHandler', (run) => this.adding(run));
    this.wrap(adapter, 'setNotFoundHandler', (run) =>
      this.adding(run, (layer) => {
        this.identify(layer, undefined);
        this.notFound.push(layer);
      }),
    );
    this.wrap(adapter, 'createMiddlewareFactory', (run) => {
      const created = run();
      const wrapped =
        (factory: Member) =>
        (...args: unknown[]) =>
          this.adding(() => factory(...args));
      return created instanceof Promise ? created.then(wrapped) : wrapped(created as Member);
    });
  }

  /**
   * Stops watching. Returns undefined for an adapter whose router cannot be read. A route that differs from the table is logged, and
   * routes that share its path have to allow as well.
   * @param table the route table, in the order of registration
   * @param policyOf the policy of a handler that the table lacks
   */
  close(table: readonly RegisteredRoute[], policyOf: PolicyOf): RouteIdentities | undefined {
    const wasOpen = this.restore.length > 0;
    this.restore.forEach((restore) => restore());
    this.restore = [];
    this.normalizedPaths.clear();
    if (!wasOpen || (this.stack === undefined && this.instance?.addHook === undefined)) {
      return undefined;
    }
    const expected = new ExpectedRoutes(table);
    const routes: RegisteredRoute[] = [];
    const unknown: RegisteredRoute[] = [];
    // An adapter may add several layers in one call: which of them is the route is not known.
    for (const registration of this.registrations.filter(({ isSeen, layers }) => isSeen || layers.length === 1)) {
      let route = expected.take({ ...registration.handler, method: registration.method, path: registration.path });
      if (route === undefined) {
        route = routeOf(registration, policyOf);
        unknown.push(route);
      }
      routes.push(route);
      registration.route = route;
      registration.layers.forEach((layer) => this.identify(layer, route));
    }
    const unregistered = expected.rest();
    this.logDifferences([...unknown, ...unregistered]);
    this.registrations.length = 0;
    return {
      routes: [...routes, ...unregistered],
      stack: this.stack ?? [],
      layers: this.layers,
      seen: this.fastify?.all ?? [],
      holdsUnseen: this.fastify?.holdsUnseen ?? false,
    };
  }

  private logDifferences(routes: readonly RegisteredRoute[]): void {
    if (routes.length > 0) {
      const names = routes.map(({ controller, methodName }) => `${controller.name}.${methodName}`);
      this.logger.error(
        `NestJS registered routes otherwise than its metadata describe: ${[...new Set(names)].slice(0, 5).join(', ')}. Other ` +
          'origins are allowed there only where the default policy allows them, too. Report it with the versions of NestJS and the adapter.',
      );
    }
  }

  private wrap(
    adapter: WatchedAdapter,
    name: string,
    around: (run: () => unknown, args: readonly unknown[]) => unknown,
  ): void {
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
      // Where another library has wrapped the wrapper, it stays and only passes calls on.
      if (adapter[name] === wrapper && isOwn) {
        adapter[name] = original;
      } else if (adapter[name] === wrapper) {
        delete adapter[name];
      }
    });
  }

  private register(handler: NestHandler, method: string, path: string, run: () => unknown): unknown {
    const layers: Layer[] = [];
    this.current = { handler, method, path, layers, isSeen: false, route: undefined };
    this.registrations.push(this.current);
    try {
      return this.adding(run, (layer) => void layers.push(layer));
    } finally {
      this.current = undefined;
    }
  }

  /** Runs the function, and visits every layer that it added to the stack of Express. */
  private adding(run: () => unknown, visit = (layer: Layer) => this.identify(layer, undefined)): unknown {
    const before = this.stack?.length;
    const result = run();
    this.stack?.slice(before).forEach(visit);
    return result;
  }

  private identify(layer: Layer, route: RegisteredRoute | undefined): void {
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

/** A route that the table lacks. Its policy is certain, because the handler is known. */
function routeOf(
  { handler: { controller, methodName }, method, path }: Registration,
  policyOf: PolicyOf,
): RegisteredRoute {
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
