import { Controller, Delete, Get, Patch, Post, Put, Req, Res } from '@nestjs/common';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { CorsPolicy, type CorsPolicyDefinition, DisableCors } from '../../../lib/index.js';

interface Incoming {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

interface Reply {
  readonly raw?: ServerResponse;
  statusMessage?: string;
  status(code: number): this;
  header(name: string, value: string | readonly string[]): this;
  send(body: string): unknown;
}

/** What the application tells of the request that its handler received. */
export interface Told {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

/**
 * Answers as the query wants: `status`, `text` (of the status line), `to` (Location), `set` (a header line, several times),
 * `again` (the same for a revalidation), `etag`, `type`, `body`, or else what the handler knows of the request.
 */
function answer({ method, url, headers }: Incoming, reply: Reply): void {
  const wanted = new URL(url, 'http://any').searchParams;
  const text = wanted.get('text');
  if (text !== null) {
    (reply.raw ?? reply).statusMessage = text;
  }
  reply.status(Number(wanted.get('status') ?? '200'));
  reply.header('Content-Type', wanted.get('type') ?? 'text/plain').header('Cache-Control', 'no-store');
  const to = wanted.get('to');
  if (to !== null) {
    reply.header('Location', to);
  }
  const isConditional = headers['if-none-match'] !== undefined;
  const lines = new Map<string, string[]>();
  for (const line of wanted.getAll(isConditional ? 'again' : 'set')) {
    const [name = '', ...value] = line.split(': ');
    lines.set(name, [...(lines.get(name) ?? []), value.join(': ')]);
  }
  lines.forEach((values, name) => reply.header(name, values.length === 1 ? (values[0] ?? '') : values));
  const told: Told = { method, headers: headers as Record<string, string>, value: wanted.get('value') ?? '' };
  const etag = wanted.get('etag');
  if (etag !== null) {
    reply.header('Cache-Control', 'no-cache').header('ETag', etag);
    if (headers['if-none-match'] === etag) {
      reply.status(304);
    }
  }
  reply.send(wanted.get('body') ?? JSON.stringify(told));
}

/** The same routes under one policy. */
export function controllerFor(path: string, policy: CorsPolicyDefinition | false): new () => object {
  @Controller(`${path}/answer`)
  @(policy === false ? DisableCors() : CorsPolicy(policy))
  class Answers {
    @Get() read(@Req() request: Incoming, @Res() reply: Reply) {
      answer(request, reply);
    }
    @Post() create(@Req() request: Incoming, @Res() reply: Reply) {
      answer(request, reply);
    }
    @Put() replace(@Req() request: Incoming, @Res() reply: Reply) {
      answer(request, reply);
    }
    @Patch() change(@Req() request: Incoming, @Res() reply: Reply) {
      answer(request, reply);
    }
    @Delete() remove(@Req() request: Incoming, @Res() reply: Reply) {
      answer(request, reply);
    }
  }
  return Answers;
}

/** An empty page, on every origin. */
@Controller('page')
export class PageController {
  @Get() page(@Res() reply: Reply) {
    reply.header('Content-Type', 'text/html').send('<!doctype html><title>page</title>');
  }
}
