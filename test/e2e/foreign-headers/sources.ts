import type { Express } from 'express';
import { type IncomingMessage, type ServerResponse, get } from 'node:http';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  type INestApplication,
  Req,
  Res,
  type Type,
  UseFilters,
} from '@nestjs/common';
import type { Platform } from '../../support/application.js';

/** What the two adapters' replies have in common. */
export interface Reply {
  readonly raw?: ServerResponse;
  header(name: string, value: unknown): Reply;
  send(body: unknown): Reply;
  hijack?(): void;
}

/** The foreign values. No policy of these tests has them. */
export const ELSEWHERE = 'https://elsewhere.example';
export const SECRET = 'X-Secret';

const LINES = [
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Allow-Credentials', 'true'],
  ['Access-Control-Expose-Headers', SECRET],
] as const;

function raw(reply: Reply): ServerResponse {
  reply.hijack?.();
  return reply.raw ?? (reply as unknown as ServerResponse);
}

/** Copies what an upstream answers, as a proxy does: status, all header lines as they came, body. */
function proxy(reply: Reply, port: number): void {
  const response = raw(reply);
  get({ port, host: '127.0.0.1', agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.rawHeaders as never);
    answer.pipe(response);
  });
}

/** Answers as the server of another application: its CORS headers are its own. */
export function upstream(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, Object.fromEntries(LINES)).end('upstream');
}

/** What a handler does to its response. */
export const SOURCES: Readonly<Record<string, (reply: Reply, upstreamPort: number) => void>> = {
  'header()': (reply) => {
    LINES.forEach(([name, value]) => reply.header(name, value));
    reply.send('answer');
  },
  'header() in odd case': (reply) => {
    LINES.forEach(([name, value]) => reply.header(name.toUpperCase().replaceAll('O', 'o'), value));
    reply.send('answer');
  },
  'header() with arrays': (reply) => {
    LINES.forEach(([name, value]) => reply.header(name, [value, ELSEWHERE]));
    reply.send('answer');
  },
  'setHeader()': (reply) => {
    const response = raw(reply);
    LINES.forEach(([name, value]) => response.setHeader(name, value));
    response.end('answer');
  },
  'setHeaders()': (reply) => raw(reply).setHeaders(new Map(LINES)).end('answer'),
  'appendHeader()': (reply) => {
    const response = raw(reply);
    LINES.forEach(([name, value]) => response.appendHeader(name, value));
    response.end('answer');
  },
  'writeHead() with an object': (reply) => raw(reply).writeHead(200, Object.fromEntries(LINES)).end('answer'),
  'writeHead() with a reason and an object': (reply) =>
    raw(reply)
      .writeHead(200, 'Fine', { ...Object.fromEntries(LINES), 'access-control-allow-origin': ELSEWHERE })
      .end(),
  'writeHead() with lines': (reply) =>
    raw(reply)
      .writeHead(200, LINES.flat() as never)
      .end('answer'),
  'writeHead() with lines that repeat': (reply) =>
    raw(reply)
      .writeHead(200, [...LINES.flat(), 'access-control-allow-origin', ELSEWHERE, ...LINES.flat()] as never)
      .end('answer'),
  'writeHead() with pairs': (reply) =>
    raw(reply)
      .writeHead(200, LINES.map((line) => [...line]) as never)
      .end('answer'),
  'setHeader() and writeHead()': (reply) => {
    const response = raw(reply);
    response.setHeader('Access-Control-Allow-Origin', ELSEWHERE);
    response.writeHead(200, Object.fromEntries(LINES)).end('answer');
  },
  'a proxied upstream': proxy,
};

/** One controller for each source, so that each has a route of its own; its name is that of its source. */
export function controllersOf(upstreamPort: () => number): Type<unknown>[] {
  return Object.entries(SOURCES).map(([source, write]) => {
    @Controller(pathOf(source))
    class SourceController {
      @Get()
      read(@Res() reply: Reply) {
        write(reply, upstreamPort());
      }
    }
    return SourceController;
  });
}

/** Where the route of a source is. */
export function pathOf(source: string): string {
  return `/${source.toLowerCase().replaceAll(/\W+/g, '-')}`;
}

class RefusedError extends Error {}

@Catch(RefusedError)
class ForeignFilter implements ExceptionFilter {
  catch(_: RefusedError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<Reply>();
    LINES.forEach(([name, value]) => reply.header(name, value));
    reply.send('filtered');
  }
}

@Controller()
export class OtherSources {
  @Get('filtered')
  @UseFilters(ForeignFilter)
  filtered(): never {
    throw new RefusedError();
  }

  @Get('before')
  before() {
    return 'after a middleware';
  }

  @Get('last')
  last() {
    return 'before a hook';
  }

  @Get('one')
  one(@Res() reply: Reply) {
    reply.header('Access-Control-Allow-Origin', ELSEWHERE).send('one');
  }

  @Get('two')
  two(@Res() reply: Reply) {
    reply.header('Access-Control-Allow-Credentials', 'foreign').send('two');
  }

  @Get('echo')
  echo(@Req() request: { headers: Record<string, string> }, @Res() reply: Reply) {
    reply.header('Access-Control-Allow-Origin', request.headers['origin'] ?? 'null');
    reply.header('Access-Control-Allow-Credentials', 'true').send('echo');
  }
}

/** Writes before the handler, and at the last moment before the head: an onSend hook, or a wrapped writeHead(). */
export function configureSources(platform: Platform): (app: INestApplication) => void {
  return (app) => {
    if (platform === 'express') {
      // With a header stored already, Node.js itself refuses pairs.
      (app.getHttpAdapter().getInstance() as Express).disable('x-powered-by');
    }
    app.use('/before', (_request: unknown, response: ServerResponse, next: () => void) => {
      LINES.forEach(([name, value]) => response.setHeader(name, value));
      next();
    });
    if (platform === 'fastify') {
      const instance = app.getHttpAdapter().getInstance() as {
        addHook(name: string, hook: (request: { url: string }, reply: Reply) => Promise<void>): void;
      };
      instance.addHook('onSend', async ({ url }, reply) => {
        if (url === '/last') {
          LINES.forEach(([name, value]) => reply.header(name, value));
        }
      });
    } else {
      app.use('/last', (_request: unknown, response: ServerResponse, next: () => void) => {
        const writeHead = response.writeHead.bind(response) as (...values: unknown[]) => ServerResponse;
        response.writeHead = (...values: unknown[]) => {
          LINES.forEach(([name, value]) => response.setHeader(name, value));
          return writeHead(...values);
        };
        next();
      });
    }
  };
}
