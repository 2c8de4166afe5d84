import { Controller, Get, Header, Headers, Sse } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { concat, NEVER, of } from 'rxjs';
import type { CorsModuleOptions } from '../../../lib/index.js';
import type { SocketAdapter } from '../../gateways/gateway-application.js';
import { type Platform, startApplication } from '../../support/application.js';
import { EMPTY_PAGE } from '../pages.js';

/** The pages. They and the application are of one site, so that its cookie goes along with all that they send. */
export interface PageOrigins {
  readonly allowed: string;
  readonly stranger: string;
}

/** Where the application is found. */
const API_HOST = 'api.shop.localhost';

export function pageOrigins(port: number): PageOrigins {
  return { allowed: `http://app.shop.localhost:${port}`, stranger: `http://stranger.shop.localhost:${port}` };
}

/** What the application sends to every client that it accepts: the cookie that it knows the visitor by. */
export const SECRET = 'secret of session=1';
/** What it sends to a client without that cookie. */
export const NO_SECRET = 'secret of nobody';

function secretOf({ cookie }: IncomingHttpHeaders): string {
  return `secret of ${cookie ?? 'nobody'}`;
}

export interface SocketsApplication {
  readonly origin: string;
  /** A page of the application that leaves its cookie. */
  readonly login: string;
  /** `Origin` of each socket that reached the gateway, since this was last called. */
  takeConnections(): (string | undefined)[];
  close(): Promise<void>;
}

/** Starts an application with a gateway and an event stream, both of which tell the secret. @param cors `false`: without the library */
export async function startSocketsApplication(
  platform: Platform,
  adapter: SocketAdapter,
  cors: CorsModuleOptions | false,
  gatewayOptions: Record<string, unknown> = {},
): Promise<SocketsApplication> {
  let connections: (string | undefined)[] = [];

  @WebSocketGateway(gatewayOptions)
  class SecretGateway implements OnGatewayConnection {
    handleConnection(
      client: {
        handshake?: { headers: IncomingHttpHeaders };
        emit(name: string, data: string): void;
        send(data: string): void;
      },
      request?: IncomingMessage,
    ): void {
      const headers = client.handshake?.headers ?? request?.headers ?? {};
      connections.push(headers.origin);
      if (adapter === 'IoAdapter') {
        client.emit('secret', secretOf(headers));
      } else {
        client.send(secretOf(headers));
      }
    }
  }

  @Controller()
  class PageController {
    @Get('login')
    @Header('Content-Type', 'text/html')
    @Header('Set-Cookie', 'session=1; Path=/; SameSite=Lax')
    login(): string {
      return EMPTY_PAGE;
    }

    @Sse('events')
    events(@Headers() headers: IncomingHttpHeaders) {
      return concat(of({ data: secretOf(headers) }), NEVER);
    }
  }

  const { port, close } = await startApplication(platform, 'NestFactory', {
    cors: cors === false ? false : { logging: 'off', ...cors },
    controllers: [PageController],
    providers: [SecretGateway],
    options: { forceCloseConnections: true },
    adapterOptions: { forceCloseConnections: true },
    configure: (app) => app.useWebSocketAdapter(adapter === 'IoAdapter' ? new IoAdapter(app) : new WsAdapter(app)),
  });
  const origin = `http://${API_HOST}:${port}`;
  return {
    origin,
    login: `${origin}/login`,
    takeConnections() {
      const taken = connections;
      connections = [];
      return taken;
    },
    close,
  };
}
