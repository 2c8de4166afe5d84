import { ExpressAdapter } from '@nestjs/platform-express';
import type { IncomingHttpHeaders } from 'node:http';
import type { Change } from './blueprint.js';

/** What a middleware sees and changes of a request. */
export interface ChangedRequest {
  method: string;
  url: string;
  raw?: unknown;
  readonly headers: IncomingHttpHeaders;
}

type Changing = (request: ChangedRequest, response: unknown, next: () => void) => void;

/** Headers that steer where a request goes, here or elsewhere. */
export const STEERING = [
  ...['x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-url', 'x-rewrite-url'],
  ...['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-prefix', 'forwarded'],
];

/** Middlewares as applications have them, each of which changes what the framework dispatches by. */
export function changeFor(change: Change): Changing {
  return change === 'prototype' ? anotherPrototype() : CHANGES[change];
}

const CHANGES: Readonly<Record<Exclude<Change, 'prototype'>, Changing>> = {
  'method-override': (request, _response, next) => {
    const method = request.headers['x-http-method-override'];
    request.method = typeof method === 'string' ? method : request.method;
    next();
  },
  'original-url': (request, _response, next) => {
    const url = request.headers['x-original-url'];
    request.url = typeof url === 'string' ? url : request.url;
    next();
  },
  prefix: (request, _response, next) => {
    request.url = request.url.startsWith('/prefix/') ? request.url.slice('/prefix'.length) : request.url;
    next();
  },
  raw: (request, _response, next) => {
    const headers = { origin: 'https://rejecting.test', 'sec-fetch-site': 'same-origin' };
    // Express only: Fastify's middlewares get Node's own request, which has no such property either.
    request.raw = { method: 'GET', url: '/', headers };
    next();
  },
};

/** An Express application that passes everything on, called as a function: the prototypes are its own from then on. */
function anotherPrototype(): Changing {
  const instance = new ExpressAdapter().getInstance() as unknown as Changing;
  return (request, response, next) => instance(request, response, next);
}
