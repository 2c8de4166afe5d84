import { Inject, Injectable, Logger, RequestMethod } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ExpectedRoutes, unexpectedRoute } from './expected-routes.js';
import type { SeenRoute } from './fastify/registrations.js';
import { type FastifyCall, type FastifyInstance, SeenRoutes } from './fastify/seen-routes.js';
import { type NestHandler, handlerBeingRegistered, watchNestRouter, wrapMember } from './nest-registrations.js';
import type { PolicyOf, RegisteredRoute } from './route.js';
import type { ToldRoutes } from './told-routes.js';

/** A call of one of the adapter's route methods by Nest. */
interface Registration extends FastifyCall {
  readonly handler: NestHandler;
  /** The layer that the call added to the stack of Express. Undefined for several, because it is unknown which of them is the route. */
  layer: Layer | undefined;
}

/** The entries of the adapter's router that are Nest's. */
export interface RouteIdentities {
  /** Every route in the order of registration, followed by the routes whose registration was not seen. */
  readonly routes: readonly RegisteredRoute[];
  /** Express: the stack of the application's router. */
  readonly stack: readonly object[];
  /** Express: layers and their routes, with Nest's route; `undefined` for Nest's middleware and error handlers. */
  readonly layers: ReadonlyMap<object, RegisteredRoute | undefined>;
  /** Fastify: every route, foreign ones included. The list grows while plugins load. */
  readonly seen: readonly SeenRoute[];
  /** Fastify: whether the router had routes before the adapter was set, and they cannot be read. */
  readonly holdsUnseen: boolean;
}

/** The members of an adapter and of its instance that registrations use. */
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

/** Finds a layer by itself or by its route. */
class IdentifiedLayers extends Map<object, RegisteredRoute | undefined> {
  override get(layer: Partial<Layer>): RegisteredRoute | undefined {
    return super.get(layer.route ?? layer);
  }

  override has(layer: Partial<Layer>): boolean {
    return super.has(layer.route ?? layer);
  }

  override set(layer: Partial<Layer>, route: RegisteredRoute | undefined): this {
    return super.set(layer.route ?? layer, route);
  }
}

/** The adapter's methods that RouterMethodFactory chooses from. */
const ROUTE_METHODS = [
  'use',
  ...Object.values(RequestMethod).flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : [])),
];

/**
 * Learns which routes of the adapter's router are Nest's. It watches their registration from `CorsModule.configure()`, Nest's last
 * call before that, until the application has bootstrapped.
 * @see https://github.com/nestjs/nest/blob/master/packages/core/router/router-explorer.ts applyCallbackToRouter()
 */
@Injectable()
export class RegisteredRoutes {
  private readonly logger = new Logger('CorsModule');
  private readonly registrations: Registration[] = [];
  private readonly layers = new IdentifiedLayers();
  /** Express: the layers of Nest's not-found handler. */
  readonly notFound: Layer[] = [];
  private adapter: WatchedAdapter | undefined;
  /** Fastify: its routes. */
  fastify: SeenRoutes | undefined;
  private current: Registration | undefined;
  private readonly restore: (() => void)[] = [];

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    host.init$.subscribe(() => {
      this.adapter = host.httpAdapter as unknown as WatchedAdapter | undefined;
      const { instance } = this;
      if (typeof instance?.addHook === 'function') {
        this.fastify = new SeenRoutes(instance as FastifyInstance, () => this.current);
      }
    });
  }

  /** Starts to watch. Nest registers the routes of controllers next. */
  open(): void {
    const { adapter } = this;
    if (adapter === undefined || this.restore.length > 0) {
      return;
    }
    watchNestRouter();
    const wrap = (name: string, around: Parameters<typeof wrapMember>[2]): void => {
      this.restore.push(wrapMember(adapter, name, around));
    };
    for (const name of ROUTE_METHODS) {
      wrap(name, (run, args) => {
        const handler = this.current === undefined ? handlerBeingRegistered(adapter) : undefined;
        return handler === undefined ? run() : this.register(handler, name, String(args[0]), run);
      });
    }
    wrap('setErrorHandler', (run) => this.adding(run));
    wrap('setNotFoundHandler', (run) =>
      this.adding(run, (layer) => {
        this.layers.set(layer, undefined);
        this.notFound.push(layer);
      }),
    );
    wrap('createMiddlewareFactory', (run) => {
      const created = run();
      const wrapped =
        (factory: Member) =>
        (...args: unknown[]) =>
          this.adding(() => factory(...args));
      return created instanceof Promise ? created.then(wrapped) : wrapped(created as Member);
    });
  }

  /**
   * Stops watching if Nest's own calls report every route. Otherwise it returns undefined, and {@link close} needs the route table.
   * @param told makes the routes
   */
  closeAsTold(told: ToldRoutes): RouteIdentities | undefined {
    if (!this.isReadable || !this.registrations.every(isOneRoute) || !told.isComplete(this.registrations)) {
      return undefined;
    }
    this.stop();
    return this.identitiesOf(
      this.registrations.map((registration) => this.assign(registration, told.routeOf(registration))),
    );
  }

  /**
   * Stops watching. Returns undefined for an adapter whose router cannot be read. A route that differs from the table is logged,
   * and routes that share its path then have to allow as well.
   * @param table the route table, in the order of registration
   * @param policyOf the policy of a handler that the table lacks
   */
  close(table: readonly RegisteredRoute[], policyOf: PolicyOf): RouteIdentities | undefined {
    const { isReadable } = this;
    this.stop();
    if (!isReadable) {
      return undefined;
    }
    const expected = new ExpectedRoutes(table);
    const unknown: RegisteredRoute[] = [];
    const routes = this.registrations.filter(isOneRoute).map((registration) => {
      let route = expected.take({ ...registration.handler, method: registration.method, path: registration.path });
      if (route === undefined) {
        route = unexpectedRoute(registration, policyOf);
        unknown.push(route);
      }
      return this.assign(registration, route);
    });
    const unregistered = expected.rest();
    this.logDifferences([...unknown, ...unregistered]);
    return this.identitiesOf([...routes, ...unregistered]);
  }

  /** Whether the registrations were watched, on an adapter whose router can be read. */
  private get isReadable(): boolean {
    return this.restore.length > 0 && (this.stack !== undefined || this.instance?.addHook !== undefined);
  }

  private stop(): void {
    this.restore.splice(0).forEach((restore) => restore());
  }

  private assign(registration: Registration, route: RegisteredRoute): RegisteredRoute {
    if (registration.seenAs !== undefined) {
      registration.seenAs.route = route;
    }
    if (registration.layer !== undefined) {
      this.layers.set(registration.layer, route);
    }
    return route;
  }

  private identitiesOf(routes: readonly RegisteredRoute[]): RouteIdentities {
    this.registrations.length = 0;
    return {
      routes,
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

  private register(handler: NestHandler, method: string, path: string, run: () => unknown): unknown {
    const registration: Registration = {
      handler,
      method,
      path,
      layer: undefined,
      seenAs: undefined,
    };
    this.current = registration;
    this.registrations.push(registration);
    const before = this.stack?.length ?? 0;
    try {
      const result = run();
      const { stack } = this;
      registration.layer = stack?.length === before + 1 ? stack[before] : undefined;
      return result;
    } finally {
      this.current = undefined;
    }
  }

  /** Runs the function, and visits every layer that it has added to the stack of Express. */
  private adding(run: () => unknown, visit = (layer: Layer): unknown => this.layers.set(layer, undefined)): unknown {
    const before = this.stack?.length;
    const result = run();
    this.stack?.slice(before).forEach(visit);
    return result;
  }

  private get instance(): WatchedInstance | undefined {
    return this.adapter?.getInstance?.() as WatchedInstance | undefined;
  }

  private get stack(): readonly Layer[] | undefined {
    return this.instance?.router?.stack;
  }
}

function isOneRoute({ seenAs, layer }: Registration): boolean {
  return seenAs !== undefined || layer !== undefined;
}
