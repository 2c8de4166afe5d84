import { Controller, Get, Headers, type MessageEvent, Param, Post, Put, Query, Req, Res, Sse } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { concat, NEVER, type Observable, of } from 'rxjs';
import { CorsPolicy, type CorsPolicyDefinition, DisableCors } from '../../../lib/index.js';
import type { Arrivals } from './arrivals.js';
import { answerFile, FILES } from './files.js';
import { EMPTY_PAGE } from '../pages.js';

interface Request {
  readonly method: string;
  readonly originalUrl: string;
}

interface Reply {
  status(code: number): this;
  header(name: string, value: string): this;
  send(body: Buffer | string): unknown;
}

/** The application's own page, which leaves a cookie in the browser. */
@Controller()
export class PageController {
  @Get('page')
  page(@Res() response: Reply): void {
    response.header('Content-Type', 'text/html').header('Set-Cookie', 'session=1; Path=/').send(EMPTY_PAGE);
  }
}

/** Everything that is loaded from a page, under one policy; `undefined`: the module's, `false`: `@DisableCors()`. */
export function resourcesUnder(
  name: string,
  policy: CorsPolicyDefinition | false | undefined,
  arrivals: Arrivals,
): new () => object {
  const decorators = policy === undefined ? [] : [policy === false ? DisableCors() : CorsPolicy(policy)];

  @Controller(name)
  class Resources {
    @Get('files/:file')
    file(
      @Req() { method, originalUrl }: Request,
      @Res() response: Reply,
      @Param('file') file: string,
      @Headers('range') range: string | undefined,
      @Query('part') part: string | undefined,
      @Query('cached') cached: string | undefined,
    ): void {
      arrivals.handled(method, originalUrl);
      const served = FILES[file];
      if (served === undefined) {
        response.status(404).send('');
        return;
      }
      const { status, headers, content } = answerFile(served, range, part === undefined ? undefined : Number(part));
      Object.entries(headers).forEach(([header, value]) => response.header(header, value));
      response
        .status(status)
        .header('Cache-Control', cached === undefined ? 'no-store' : 'max-age=600')
        .send(content);
    }

    /** One event, after which the stream stays open; with `ends`, it ends and the browser comes back for the next. */
    @Sse('events')
    events(
      @Req() { method, originalUrl }: Request,
      @Headers('last-event-id') last: string | undefined,
      @Query('ends') ends: string | undefined,
    ): Observable<MessageEvent> {
      arrivals.handled(method, originalUrl);
      const id = Number(last ?? 0) + 1;
      const event = of<MessageEvent>({ id: String(id), data: `event ${id}`, retry: 20 });
      return ends === undefined ? concat(event, NEVER) : event;
    }

    @Post('orders')
    create(@Req() { method, originalUrl }: Request): object {
      arrivals.handled(method, originalUrl);
      return {};
    }

    @Put('orders')
    replace(@Req() { method, originalUrl }: Request): object {
      arrivals.handled(method, originalUrl);
      return {};
    }
  }
  decorators.forEach((decorate) => decorate(Resources));
  return Resources;
}

/** Serves the same files as a middleware does, at `/<policy>/<file>` below wherever it is mounted. */
export function serveAssets(arrivals: Arrivals) {
  return (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse, next: () => void): void => {
    const url = request.originalUrl ?? '';
    const served = FILES[/\/([^/?]+)(?:\?.*)?$/.exec(url)?.[1] ?? ''];
    if (request.method !== 'GET' || served === undefined) {
      next();
      return;
    }
    arrivals.handled(request.method, url);
    const { status, headers, content } = answerFile(served, request.headers.range);
    response.writeHead(status, { ...headers, 'Cache-Control': 'no-store' }).end(content);
  };
}
