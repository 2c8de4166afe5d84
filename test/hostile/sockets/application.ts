import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type INestApplication, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer as Injected } from '@nestjs/websockets';
import { type WebSocket, WebSocketServer } from 'ws';
import { CorsModule, type CorsModuleOptions, CorsPolicy } from '../../../lib/index.js';
import { freePorts, portOf } from '../../support/listening.js';
import type { Adapter } from '../application/application.js';
import { corsOptions } from '../application/cors-options.js';
import type { JudgingLogger } from '../application/judging-logger.js';
import { type SeenHandshake, judgeAccepted } from './oracle.js';
import { type PlaceName, SESSION_LIFETIME } from './places.js';

/** The name of the header by which answers tell what has accepted a handshake. */
const TAKEN = 'X-Taken';
/** Sessions that no one continues end after `SESSION_LIFETIME`: a ping, and no answer to it. */
const SESSION = {
  pingInterval: SESSION_LIFETIME / 3,
  pingTimeout: (SESSION_LIFETIME * 2) / 3,
  maxHttpBufferSize: 10_000,
};

const cors: CorsModuleOptions = {
  ...corsOptions,
  paths: [...(corsOptions.paths ?? []), { path: '/memory', policy: 'memory' }, { path: '/open', external: true }],
};

/** The part of engine.io that tells of answers. */
interface Engine {
  on(event: 'headers', listener: (headers: Record<string, string>, request: IncomingMessage) => void): void;
}

/** The servers of one platform, and what they were wrong to accept. */
export class SocketApplications {
  private readonly applications: INestApplication[] = [];

  constructor(
    private readonly adapter: Adapter,
    private readonly logger: JudgingLogger,
  ) {}

  /** @returns the ports in the order of `SERVERS` */
  async start(): Promise<readonly number[]> {
    const [ioOwn = 0, wsOwn = 0, wsOwnPath = 0] = await freePorts(3);
    const io = await this.listen(
      [
        this.ioGateway('io', 'list', 0, { ...SESSION, allowEIO3: true, destroyUpgrade: false }),
        this.ioGateway('io own port', 'lookup', ioOwn, SESSION),
        this.ioGateway('names/pattern', 'pattern', 0, {
          ...SESSION,
          path: '/names',
          namespace: 'pattern',
          destroyUpgrade: false,
        }),
        this.ioGateway('names/memory', 'memory', 0, {
          ...SESSION,
          path: '/names',
          namespace: 'memory',
          destroyUpgrade: false,
        }),
      ],
      (app) => {
        app.useWebSocketAdapter(new IoAdapter(app));
        this.serveByPath(app.getHttpServer() as Server);
      },
    );
    const ws = await this.listen(
      [
        this.wsGateway('live', 'list', 0, '/live'),
        this.wsGateway('feed', 'function', 0, '/feed'),
        this.wsGateway('ws own port', 'lookup', wsOwn),
        this.wsGateway('ws own port and path', 'pattern', wsOwnPath, '/live'),
      ],
      (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    );
    const raw = await this.listen([], (app) => {
      this.echo('everything', new WebSocketServer({ server: app.getHttpServer() as Server }));
    });
    return [io, ioOwn, ws, wsOwn, wsOwnPath, raw];
  }

  private async listen(providers: readonly Type[], configure: (app: INestApplication) => void): Promise<number> {
    @Module({ imports: [CorsModule.forRoot(cors)], providers: [...providers] })
    class ApplicationUnderTest {}

    const adapter = this.adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter();
    const app = await NestFactory.create(ApplicationUnderTest, adapter, { logger: this.logger, abortOnError: false });
    configure(app);
    await app.listen(0, '127.0.0.1');
    this.applications.push(app);
    return portOf(app);
  }

  /** Sockets of socket.io. A handshake belongs to all namespaces of its server. */
  private ioGateway(place: PlaceName, policy: string, port: number, options: object): Type {
    const shared: PlaceName = place.startsWith('names') ? 'names' : place;
    const judge = this.judge.bind(this);

    @WebSocketGateway(port, options)
    @CorsPolicy(policy)
    class Gateway {
      @Injected() server!: { readonly engine?: Engine; readonly server?: { readonly engine: Engine } };

      afterInit(): void {
        const engine = this.server.engine ?? this.server.server?.engine;
        engine?.on('headers', (headers, request) => {
          headers[TAKEN] = judge(shared, request, request.headers.upgrade === undefined);
        });
      }

      handleConnection({ request }: { readonly request: IncomingMessage }): void {
        judge(place, request, false);
      }

      @SubscribeMessage('echo')
      echo(@MessageBody() data: unknown): unknown {
        return { event: 'echo', data };
      }
    }
    return Gateway;
  }

  private wsGateway(place: PlaceName, policy: string, port: number, path?: string): Type {
    const judge = this.judge.bind(this);

    @WebSocketGateway(port, path === undefined ? {} : { path })
    @CorsPolicy(policy)
    class Gateway {
      @Injected() server!: WebSocketServer;

      afterInit(): void {
        this.server.on('headers', (headers, request) => {
          headers.push(`${TAKEN}: ${judge(place, request)}`);
        });
      }

      handleConnection(_: WebSocket, request: IncomingMessage): void {
        judge(place, request);
      }

      @SubscribeMessage('echo')
      echo(@MessageBody() data: unknown): unknown {
        return { event: 'echo', data };
      }
    }
    return Gateway;
  }

  /** Servers of the application's own, which read the path as GraphQLModule does. */
  private serveByPath(server: Server): void {
    const byPath = new Map<string | undefined, WebSocketServer>(
      (['graphql', 'own', 'open'] as const).map((place) => {
        const sockets = new WebSocketServer({ noServer: true });
        this.echo(place, sockets);
        return [`/${place}`, sockets] as const;
      }),
    );
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const sockets = byPath.get(pathOf(request.url));
      if (sockets === undefined) {
        socket.destroy();
      } else {
        sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
      }
    });
  }

  private echo(place: PlaceName, server: WebSocketServer): void {
    server.on('headers', (headers, request) => headers.push(`${TAKEN}: ${this.judge(place, request)}`));
    server.on('connection', (socket, request) => {
      this.judge(place, request);
      socket.on('error', () => undefined);
      socket.on('message', (data: Buffer) => socket.send(data.toString()));
    });
  }

  /** Has the log complain of what should not have got here. @returns what the answer tells of the handshake */
  private judge(place: PlaceName, { url = '', rawHeaders }: IncomingMessage, isPolling = false): string {
    const seen: SeenHandshake = { place, url, rawHeaders, isPolling };
    judgeAccepted(seen).forEach((complaint) => this.logger.complain(complaint));
    return Buffer.from(JSON.stringify(seen)).toString('base64url');
  }
}

function pathOf(url = ''): string | undefined {
  try {
    return new URL(url, 'ws://localhost').pathname;
  } catch {
    return undefined;
  }
}
