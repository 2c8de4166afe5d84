import type { EventEmitter } from 'node:events';
import { Inject, Injectable, type WebSocketAdapter } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { CorsConfigurationError } from '../options/problem.js';
import { problemAt } from '../policy/problems.js';
import { DecisionReporter } from '../request/decision-reporter.js';
import { RunningEvaluator } from '../request/running-evaluator.js';
import { CorsPolicyRegistry } from '../routing/policy-registry.js';
import type { GatewayOptions } from '../routing/nest-gateways.js';
import { type RouterAdapter, fastifyRouterOf } from '../routing/router-adapter.js';
import { frameworkListener } from '../server/framework-listener.js';
import { once } from '../support/memo.js';
import { GatewayPlace } from './gateway-place.js';
import { type GatewayServer, GatewayServers } from './gateway-servers.js';
import { HandshakeGuard } from './handshake-guard.js';
import { HandshakeReporter } from './handshake-reporter.js';
import { OpenConnections } from './open-connections.js';
import { OpenSockets } from './open-sockets.js';
import { ServerGuard, UnknownServer } from './server-guard.js';
import { ioPath, isIoNamespace, isIoServer, isWsServer } from './socket-servers.js';
import { UpgradeGuard } from './upgrade-guard.js';

/** The adapter of gateways, as far as Nest makes servers with it. */
interface Adapter extends Pick<WebSocketAdapter, 'create'> {
  /** The servers of WsAdapter by port. It makes them for gateways with a path and their own port. */
  readonly httpServersRegistry?: ReadonlyMap<number, EventEmitter>;
}

/** Options that SocketServerProvider gives an adapter. */
interface CreateOptions extends GatewayOptions {
  readonly server?: unknown;
}

/** The guards in front of handshakes. */
interface Guards {
  /** In front of the servers of gateways. */
  readonly servers: ServerGuard;
  /** In front of all other upgrades. */
  readonly upgrades: UpgradeGuard;
}

/**
 * Guards every server of the application's gateways from its first request on. Nest makes the servers before it calls any hook
 * of a module. Those with a port of their own listen at once, so the constructor has to watch for the adapter. Both
 * `app.useWebSocketAdapter()` and the adapter that Nest loads by itself pass `ApplicationConfig.setIoAdapter()`.
 */
@Injectable()
export class GatewayGuard {
  /** The servers of gateways, for their descriptions. */
  readonly created = new GatewayServers();
  private readonly adapters = new WeakSet<object>();
  /** Created for the first server of a gateway, or the first listener to upgrades. */
  private readonly guards = once((): Guards => {
    const sockets = new OpenSockets(this.connections);
    const guard = new HandshakeGuard(this.host, this.running, new HandshakeReporter(this.reporter, sockets));
    const servers = new ServerGuard(guard, sockets);
    return { servers, upgrades: new UpgradeGuard(guard, sockets, servers.taken) };
  });

  constructor(
    @Inject(ApplicationConfig) config: ApplicationConfig,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(CorsPolicyRegistry) private readonly registry: CorsPolicyRegistry,
    @Inject(RunningEvaluator) private readonly running: RunningEvaluator,
    @Inject(DecisionReporter) private readonly reporter: DecisionReporter,
    @Inject(OpenConnections) private readonly connections: OpenConnections,
  ) {
    const setIoAdapter = config.setIoAdapter.bind(config);
    config.setIoAdapter = (adapter) => {
      this.watch(adapter);
      setIoAdapter(adapter);
    };
    const known = config.getIoAdapter() as Adapter | null;
    if (known) {
      this.watch(known);
    }
  }

  /**
   * Guards all other upgrades of the application's server. Costs nothing until something listens to them. Call it when the
   * application has bootstrapped.
   */
  start(): void {
    const server = this.httpServer;
    if (server === undefined) {
      return;
    }
    // Fastify has a server for each address of a host name, and binds the `emit()` that it finds when it listens.
    const isFastify = fastifyRouterOf(this.host.httpAdapter as unknown as RouterAdapter) !== undefined;
    if (isFastify || server.listenerCount('upgrade') > 0) {
      this.guards().upgrades.intercept(server);
      return;
    }
    const begin = (event: string | symbol): void => {
      if (event === 'upgrade') {
        server.removeListener('newListener', begin);
        this.guards().upgrades.intercept(server);
      }
    };
    server.on('newListener', begin);
  }

  /** Whether something but gateways listens to upgrades of the application's server. */
  get hasOtherUpgrades(): boolean {
    const server = this.httpServer;
    return server !== undefined && this.guards().upgrades.hasOthers(server);
  }

  private watch(adapter: Adapter): void {
    if (this.adapters.has(adapter)) {
      return;
    }
    this.adapters.add(adapter);
    const create = adapter.create.bind(adapter) as (port: number, options?: CreateOptions) => unknown;
    adapter.create = (port: number, options?: CreateOptions) => this.create(adapter, create, port, options);
  }

  private create(
    adapter: Adapter,
    create: (port: number, options?: CreateOptions) => unknown,
    port: number,
    options: CreateOptions | undefined,
  ): unknown {
    const place = this.placeOf(port, options);
    // A `cors` option would make socket.io write headers of its own. It is also a problem of the configuration.
    const given = place.isGoverned && options?.cors !== undefined ? { ...options, cors: undefined } : options;
    const server = this.httpServer;
    if (server !== undefined) {
      // engine.io removes the listeners of requests from the server, and calls them by itself.
      frameworkListener(this.host.httpAdapter);
    }
    const before = new Set(server?.rawListeners('upgrade'));
    const created = create(port, given);
    server
      ?.rawListeners('upgrade')
      .filter((listener) => !before.has(listener))
      .forEach((listener) => this.guards().upgrades.addGateway(listener));
    const own = adapter.httpServersRegistry?.get(port);
    if (own !== undefined && own !== server) {
      this.guards().upgrades.addServer(own);
    }
    this.guard(created, options, place);
    return created;
  }

  private guard(created: unknown, options: CreateOptions | undefined, place: GatewayPlace): void {
    const { name } = (created ?? {}).constructor;
    try {
      this.created.add(place.gateways, { name, ...this.guardServer(created, options, place) });
    } catch (error) {
      if (!(error instanceof UnknownServer)) {
        throw error;
      }
      this.created.add(place.gateways, { name, kind: 'unknown', path: place.path });
      this.guards().upgrades.hasUnknown = true;
      if (place.isGoverned) {
        const problem = problemAt('gateway-not-guarded', place.shown.handler as string, name);
        throw new CorsConfigurationError([...this.registry.catalog.problems(), problem]);
      }
    }
  }

  /** @throws UnknownServer where nothing can stand in front of it */
  private guardServer(
    created: unknown,
    options: CreateOptions | undefined,
    place: GatewayPlace,
  ): Pick<GatewayServer, 'kind' | 'path'> {
    if (isIoServer(created)) {
      const placed = place.at(ioPath(created));
      this.guards().servers.guardIo(created, placed);
      return { kind: 'socket.io', path: placed.path };
    }
    if (isIoNamespace(created)) {
      const placed = place.at(ioPath(created.server));
      this.guards().servers.guardIo(created.server, placed);
      this.guards().servers.guardNamespace(created, options?.namespace, placed);
      return { kind: 'socket.io', path: placed.path };
    }
    if (isWsServer(created)) {
      this.guards().servers.guardWs(created, place);
      return { kind: 'ws', path: place.path };
    }
    throw new UnknownServer();
  }

  /** The gateways that SocketsContainer puts on one server, because they have the same port and path. */
  placeOf(port: number, options: CreateOptions | undefined): GatewayPlace {
    const gateways = this.registry.gateways.filter((each) => each.port === port && each.options.path === options?.path);
    return new GatewayPlace(gateways, options?.path ?? '/', this.registry);
  }

  private get httpServer(): EventEmitter | undefined {
    const server: unknown = this.host.httpAdapter?.getHttpServer();
    return typeof (server as EventEmitter | undefined)?.rawListeners === 'function'
      ? (server as EventEmitter)
      : undefined;
  }
}
