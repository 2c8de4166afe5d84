import type { INestApplication, Type } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { CorsModuleOptions } from '../../lib/index.js';
import {
  PLATFORMS,
  type ApplicationSetup,
  type Platform,
  type RunningApplication,
  startApplication,
} from '../support/application.js';
import { freePorts } from '../support/listening.js';

/** An adapter of gateways. */
export type SocketAdapter = 'IoAdapter' | 'WsAdapter';
/** Where gateways listen. */
export type Place = 'shared port' | 'own port';

export const SOCKET_ADAPTERS: readonly SocketAdapter[] = ['IoAdapter', 'WsAdapter'];
export const PLACES: readonly Place[] = ['shared port', 'own port'];

/** Every way in which a gateway is served. */
export const GATEWAY_CASES = PLATFORMS.flatMap((platform) =>
  SOCKET_ADAPTERS.flatMap((adapter) => PLACES.map((place) => [platform, adapter, place] as const)),
);

/** A page that every policy here allows. */
export const ALLOWED = 'https://app.example';
/** A page that no policy here allows. */
export const STRANGER = 'https://evil.example';

/** What a gateway has seen of its clients. */
export interface SeenByGateway {
  /** Headers of each handshake that reached `handleConnection()`. */
  readonly connections: IncomingHttpHeaders[];
}

/** A gateway that answers `echo` with what it was sent. */
export function echoGateway(
  options: Record<string, unknown> = {},
  port = 0,
  ...decorators: ClassDecorator[]
): { readonly gateway: Type; readonly seen: SeenByGateway } {
  const seen: SeenByGateway = { connections: [] };
  class EchoGateway implements OnGatewayConnection {
    handleConnection(client: { handshake?: { headers: IncomingHttpHeaders } }, request?: IncomingMessage): void {
      seen.connections.push({ ...(client.handshake?.headers ?? request?.headers) });
    }

    @SubscribeMessage('echo')
    echo(@ConnectedSocket() _client: unknown, @MessageBody() data: unknown): unknown {
      return { event: 'echo', data };
    }
  }
  WebSocketGateway(port, options)(EchoGateway);
  decorators.forEach((decorator) => decorator(EchoGateway));
  return { gateway: EchoGateway, seen };
}

/** An application with a gateway. */
export interface GatewayApplication extends RunningApplication {
  readonly seen: SeenByGateway;
  /** The port that the gateway listens on. */
  readonly gatewayPort: number;
}

export interface GatewaySetup extends ApplicationSetup {
  readonly cors?: CorsModuleOptions;
  readonly gatewayOptions?: Record<string, unknown>;
  readonly decorators?: readonly ClassDecorator[];
  /** Told of the gateway's own port before the application starts. */
  readonly atPort?: (port: number) => void;
  /** The adapter for Nest to use; undefined: the one that Nest loads by itself. */
  readonly socketAdapter?: (app: INestApplication) => never;
}

/** Starts an application with one gateway. */
export async function startGateway(
  platform: Platform,
  adapter: SocketAdapter,
  place: Place,
  { gatewayOptions, decorators = [], socketAdapter, atPort, ...setup }: GatewaySetup,
): Promise<GatewayApplication> {
  const [free] = await freePorts(1);
  const port = place === 'own port' ? (free as number) : 0;
  atPort?.(port);
  const { gateway, seen } = echoGateway(gatewayOptions, port, ...decorators);
  const application = await startApplication(platform, 'NestFactory', {
    ...setup,
    providers: [...(setup.providers ?? []), gateway],
    configure: (app) => {
      setup.configure?.(app);
      useAdapter(app, adapter, socketAdapter);
    },
  });
  return { ...application, seen, gatewayPort: port === 0 ? application.port : port };
}

function useAdapter(app: INestApplication, adapter: SocketAdapter, create: GatewaySetup['socketAdapter']): void {
  if (create !== undefined) {
    app.useWebSocketAdapter(create(app));
  } else if (adapter === 'WsAdapter') {
    app.useWebSocketAdapter(new WsAdapter(app));
  } else {
    app.useWebSocketAdapter(new IoAdapter(app));
  }
}
