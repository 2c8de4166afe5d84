import { Controller, Delete, Get, Options, Post, Propfind, Put, Req, Res } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { CorsPolicy, DisableCors } from '../../../lib/index.js';
import { EMPTY_PAGE } from '../pages.js';

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  /** Fastify's. */
  readonly raw?: IncomingMessage;
}

export interface Reply {
  status(code: number): this;
  header(name: string, value: string | string[]): this;
  send(body: string | undefined): unknown;
}

/** What a visit to the application leaves in a browser. */
export const LOGIN_COOKIES = [
  'lax=1; Path=/',
  'strict=1; SameSite=Strict; Path=/',
  'none=1; SameSite=None; Secure; Path=/',
] as const;

/** A controller with a route for each method. @param policyOf name of a method's policy; `disabled`: `@DisableCors()` */
export function controllerFor(
  path: string,
  policyOf: (method: string) => string,
  answer: (request: Request, reply: Reply) => void,
): new () => object {
  const Policy = (method: string) => {
    const name = policyOf(method);
    return name === 'disabled' ? DisableCors() : CorsPolicy(name);
  };
  @Controller(path)
  class Orders {
    @Get('orders') @Policy('GET') list(@Req() request: Request, @Res() reply: Reply) {
      answer(request, reply);
    }
    @Post('orders') @Policy('POST') create(@Req() request: Request, @Res() reply: Reply) {
      answer(request, reply);
    }
    @Put('orders') @Policy('PUT') replace(@Req() request: Request, @Res() reply: Reply) {
      answer(request, reply);
    }
    @Delete('orders') @Policy('DELETE') remove(@Req() request: Request, @Res() reply: Reply) {
      answer(request, reply);
    }
    @Options('orders') @Policy('OPTIONS') options(@Req() request: Request, @Res() reply: Reply) {
      answer(request, reply);
    }
    @Propfind('orders') @Policy('PROPFIND') find(@Req() request: Request, @Res() reply: Reply) {
      answer(request, reply);
    }
  }
  return Orders;
}

/** The application's own page, and a visit that leaves cookies. */
@Controller()
export class PageController {
  @Get() page(@Res() reply: Reply) {
    reply.header('content-type', 'text/html').send(EMPTY_PAGE);
  }

  @Get('login') login(@Res() reply: Reply) {
    reply
      .header('set-cookie', [...LOGIN_COOKIES])
      .header('content-type', 'text/plain')
      .send('signed in');
  }
}
