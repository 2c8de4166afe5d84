import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type Http2Stream, createServer as createHttp2Server } from 'node:http2';
import type { Server } from 'node:net';
import { Controller, Get, type INestApplication, Req, Res } from '@nestjs/common';
import { CorsPolicy } from '../../../lib/index.js';
import { type Platform, startApplication } from '../../support/application.js';
import { close, listen } from '../../support/listening.js';
import { type Call, perform } from './calls.js';
import { APP } from './policies.js';

/** Calls, and what came of them. */
export interface Case {
  readonly calls: readonly Call[];
  readonly done: () => void;
  outcomes?: string[];
}

/** The calls that a request has done, by the number in its `X-Case`. */
export const cases = new Map<string, Case>();

/** Both have their connections closed by the server, at latest when the calls are done. */
function respond(request: IncomingMessage, response: ServerResponse): void {
  const performed = cases.get(String(request.headers['x-case']));
  if (performed === undefined) {
    throw new Error('The request names no calls');
  }
  performed.outcomes = perform(response, performed.calls);
  setImmediate(() => {
    const { stream } = response as unknown as { stream?: Http2Stream };
    if (stream === undefined) {
      request.socket.end();
    } else if (!stream.writableEnded) {
      stream.close();
    }
    setImmediate(performed.done);
  });
}

interface Reply {
  readonly raw?: ServerResponse;
  hijack?(): void;
}

@Controller()
class CallingController {
  @Get('listed')
  @CorsPolicy({ origin: APP, credentials: true, exposedHeaders: ['X-Total', 'X-Page'] })
  listed(@Req() request: IncomingMessage & { raw?: IncomingMessage }, @Res() reply: Reply) {
    reply.hijack?.();
    respond(request.raw ?? request, reply.raw ?? (reply as unknown as ServerResponse));
  }

  @Get('public')
  @CorsPolicy({ origin: '*' })
  public(@Req() request: IncomingMessage & { raw?: IncomingMessage }, @Res() reply: Reply) {
    this.listed(request, reply);
  }

  @Get('everything')
  @CorsPolicy({ origin: APP, exposedHeaders: 'all' })
  everything(@Req() request: IncomingMessage & { raw?: IncomingMessage }, @Res() reply: Reply) {
    this.listed(request, reply);
  }
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Node.js alone. */
export async function startBare(version: 1 | 2): Promise<RunningServer> {
  const server = (version === 1 ? createServer(respond) : createHttp2Server(respond as never)) as Server;
  const port = await listen(server);
  return {
    port,
    close: () => close(server),
  };
}

/** The same calls in handlers of an application behind the library. */
export async function startBehind(platform: Platform, version: 1 | 2): Promise<RunningServer> {
  return startApplication(platform, 'NestFactory', {
    controllers: [CallingController],
    cors: { origin: APP, logging: 'off' },
    ...(version === 2 ? { adapterOptions: { http2: true } } : {}),
    configure: (app: INestApplication) => {
      if (platform === 'express') {
        const express = app.getHttpAdapter().getInstance() as { disable(setting: string): void };
        express.disable('x-powered-by');
        express.disable('etag');
      }
      // Node.js writes it into Keep-Alive, and Fastify has another default.
      app.getHttpServer().keepAliveTimeout = 5000;
    },
  });
}
