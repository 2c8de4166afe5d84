import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ALLOWED, OTHER_ALLOWED } from '../http/requests.mjs';

/*
 * The application of `http/application.mjs` in other frameworks: the routes, the origins and the options are the same. Express
 * and Fastify, `cors` and `@fastify/cors` are the copies that NestJS uses.
 */

const OPTIONS = { origin: [ALLOWED, OTHER_ALLOWED], credentials: true, methods: ['GET', 'PUT'] };

/** Starts an application in this process. @returns the port that it listens on */
export function startPeer({ peer }) {
  return STARTS[peer]();
}

const STARTS = {
  express: () => startExpress(),
  'express-cors': () => startExpress(true),
  fastify: () => startFastify(),
  'fastify-cors': () => startFastify(true),
  hono: () => startHono(),
  'hono-cors': () => startHono(true),
};

async function startExpress(cors = false) {
  const express = await ofPlatform('express', 'express');
  const app = express();
  if (cors) {
    const middleware = await ofPlatform('express', 'cors');
    app.use(middleware(OPTIONS));
  }
  app.get('/items', (_request, response) => response.send('items'));
  app.put('/items', (_request, response) => response.send('replaced'));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

async function startFastify(cors = false) {
  const fastify = await ofPlatform('fastify', 'fastify');
  const app = fastify();
  if (cors) {
    await app.register(await ofPlatform('fastify', '@fastify/cors'), OPTIONS);
  }
  app.get('/items', (_request, reply) => reply.send('items'));
  app.put('/items', (_request, reply) => reply.send('replaced'));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server.address().port;
}

async function startHono(withCors = false) {
  const { Hono } = await import('hono');
  const { serve } = await import('@hono/node-server');
  const app = new Hono();
  if (withCors) {
    const { cors } = await import('hono/cors');
    const { methods: allowMethods, ...options } = OPTIONS;
    app.use(cors({ ...options, allowMethods }));
  }
  app.get('/items', (context) => context.text('items'));
  app.put('/items', (context) => context.text('replaced'));
  const { promise, resolve } = deferred();
  serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port));
  return promise;
}

/** A package as a platform of NestJS resolves it. */
async function ofPlatform(platform, name) {
  const { resolve } = createRequire(import.meta.url);
  const of = createRequire(dirname(resolve(`@nestjs/platform-${platform}`)) + '/');
  const { default: loaded } = await import(pathToFileURL(of.resolve(name)).href);
  return loaded;
}

function deferred() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
