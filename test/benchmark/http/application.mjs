import 'reflect-metadata';
import { Controller, Get, Module, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CorsModule, CorsPolicy } from 'nestjs-cors';
import { floorHook, replyFloorHook } from './floor.mjs';
import { ALLOWED, OTHER_ALLOWED } from './requests.mjs';

/*
 * The applications that are compared. Plain JavaScript on the library as it is built, so that nothing is measured but
 * what users run.
 */

const TWO_ORIGINS = [ALLOWED, OTHER_ALLOWED];

/** What TypeScript's decorators compile to, by hand. */
export function decorate(decorators, target, method) {
  for (const decorator of decorators.toReversed()) {
    decorator(target, method, method && Object.getOwnPropertyDescriptor(target, method));
  }
}

/**
 * What a contender has beside the application: `imports`, `handler` decorators, and what `main.ts` does.
 *
 * @type {Record<string, (adapter: string) => { imports?: unknown[], handler?: unknown[], configure?: (app: unknown) => void }>}
 */
const SETUPS = {
  none: () => ({}),
  'none-again': () => ({}),
  floor: (adapter) => ({ configure: (app) => app.getHttpAdapter().setOnRequestHook(floorHook(adapter)) }),
  'floor-reply': () => ({ configure: (app) => app.getHttpAdapter().setOnRequestHook(replyFloorHook) }),
  'built-in': () => ({
    // `@fastify/cors` names GET, HEAD and POST alone if nothing is said.
    configure: (app) => app.enableCors({ origin: TWO_ORIGINS, credentials: true, methods: ['GET', 'PUT'] }),
  }),
  module: () => ({ imports: [CorsModule.forRoot({ origin: TWO_ORIGINS, credentials: true })] }),
  handler: () => ({
    imports: [CorsModule.forRoot({ origin: TWO_ORIGINS, credentials: true })],
    handler: [CorsPolicy({ origin: [ALLOWED, 'https://partner.example'] })],
  }),
  lookup: () => ({
    imports: [CorsModule.forRoot({ originLookup: storedOrigins(), credentials: true })],
  }),
  snapshot: () => ({
    imports: [CorsModule.forRoot({ originLookup: { loadOrigins: () => TWO_ORIGINS }, credentials: true })],
  }),
  'no-op': () => ({
    configure: (app) => {
      app.useGlobalGuards({ canActivate: () => true });
      app.useGlobalInterceptors({ intercept: (_context, next) => next.handle() });
    },
  }),
  enhancers: () => ({
    imports: [
      CorsModule.forRoot({ origin: TWO_ORIGINS, credentials: true, rejectDisallowed: true, exposedHeaders: 'all' }),
    ],
  }),
};

/** The application of a contender, listening on a port of its own. */
export async function startContender({ contender, adapter }) {
  const { imports = [], handler = [], configure } = SETUPS[contender](adapter);
  class ItemsController {
    list() {
      return 'items';
    }
    find() {
      return 'item';
    }
    replace() {
      return 'replaced';
    }
    replaceOne() {
      return 'replaced';
    }
  }
  decorate([Get(), ...handler], ItemsController.prototype, 'list');
  decorate([Get(':id'), ...handler], ItemsController.prototype, 'find');
  decorate([Put(), ...handler], ItemsController.prototype, 'replace');
  decorate([Put(':id'), ...handler], ItemsController.prototype, 'replaceOne');
  decorate([Controller('items')], ItemsController);
  return listen(adapter, { imports, controllers: [ItemsController] }, configure);
}

/** An application of these parts, listening on a port of its own. */
export async function listen(adapter, metadata, configure) {
  class AppModule {}
  decorate([Module(metadata)], AppModule);
  const options = { logger: ['error', 'fatal'], abortOnError: false, forceCloseConnections: true };
  const app =
    adapter === 'fastify'
      ? await NestFactory.create(AppModule, new FastifyAdapter(), options)
      : await NestFactory.create(AppModule, options);
  configure?.(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

/** A lookup that answers as a database would, later, and whose answers are therefore kept. */
function storedOrigins() {
  const origins = new Set(TWO_ORIGINS);
  return { isOriginAllowed: async (origin) => origins.has(origin) };
}
