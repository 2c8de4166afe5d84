import 'reflect-metadata';
import { Controller, Get, Module, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CorsModule, CorsOriginCache } from 'nestjs-cors';
import { openStore } from './stores.mjs';

/**
 * One instance of an application whose allowed origins are in a store, as a process of its own. Started by
 * `instances.ts`, which sends the settings, and asks for figures. Plain JavaScript, on the library as it is built.
 */

/** What TypeScript's decorators compile to, by hand. */
function decorate(decorators, target, method) {
  for (const decorator of decorators.toReversed()) {
    decorator(target, method, method && Object.getOwnPropertyDescriptor(target, method));
  }
}

class ItemsController {
  list() {
    return 'items';
  }
  replace() {
    return 'replaced';
  }
}
decorate([Get()], ItemsController.prototype, 'list');
decorate([Put()], ItemsController.prototype, 'replace');
decorate([Controller(':tenant/items')], ItemsController);

async function start({ adapter, store: storeSettings, cors }) {
  const store = await openStore(storeSettings);
  class AppModule {}
  const imports = [
    CorsModule.forRoot({ ...cors, originLookup: store.source, tenant: ({ params }) => params.tenant, logging: 'off' }),
  ];
  decorate([Module({ imports, controllers: [ItemsController] })], AppModule);
  const options = { logger: ['error', 'warn', 'log'], abortOnError: false, forceCloseConnections: true };
  const app =
    adapter === 'fastify'
      ? await NestFactory.create(AppModule, new FastifyAdapter(), options)
      : await NestFactory.create(AppModule, options);
  await app.listen(0, '127.0.0.1');
  return { app, store };
}

function figures({ app, store }) {
  globalThis.gc?.();
  return { stats: app.get(CorsOriginCache).stats(), store: store.counts, memory: process.memoryUsage() };
}

let running;
process.on('message', async ({ id, ask, settings }) => {
  try {
    if (ask === 'start') {
      running = await start(settings);
      process.send({ id, answer: { port: Number(new URL(await running.app.getUrl()).port) } });
    } else if (ask === 'figures') {
      process.send({ id, answer: figures(running) });
    } else {
      await running?.app.close();
      await running?.store.close();
      process.send({ id, answer: {} }, () => process.disconnect());
    }
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) });
  }
});
// The test that started it is gone.
process.on('disconnect', () => process.exit());
