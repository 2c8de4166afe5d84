import 'reflect-metadata';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { CorsModule, CorsPolicy } from '../../lib/index.js';

const HANDLERS = 10;
/**
 * What the library reads of each handler: the keys of its metadata, its path, and the decorators of the library at the property. Fastify's
 * constraints come with the routes. With them is counted what is read of each controller.
 */
const READS = { express: 4, fastify: 5 };

const METHODS = [
  'getMetadata',
  'getOwnMetadata',
  'hasMetadata',
  'hasOwnMetadata',
  'getMetadataKeys',
  'getOwnMetadataKeys',
] as const;

const adapters = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() };

function controllerOf(index: number): Type {
  class ManyController {}
  for (let handler = 0; handler < HANDLERS; handler++) {
    const value = () => 'items';
    const descriptor = { value, configurable: true, writable: true };
    Object.defineProperty(ManyController.prototype, `handler${handler}`, descriptor);
    Get(`r${handler}`)(ManyController.prototype, `handler${handler}`, descriptor);
  }
  Controller(`c${index}`)(ManyController);
  CorsPolicy({ maxAge: index })(ManyController);
  return ManyController;
}

/** How often an application reads metadata while it boots. */
async function readsOf(name: keyof typeof adapters, controllers: number, imports: Type[] | object[]): Promise<number> {
  @Module({ imports: imports as never, controllers: Array.from({ length: controllers }, (_, i) => controllerOf(i)) })
  class RootModule {}
  const spies = METHODS.map((method) => jest.spyOn(Reflect, method));
  const app = await NestFactory.create(RootModule, adapters[name](), { logger: false });
  await app.init();
  const reads = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  spies.forEach((spy) => spy.mockRestore());
  await app.close();
  return reads;
}

describe.each(['express', 'fastify'] as const)('boot on %s', (name) => {
  afterEach(() => void jest.restoreAllMocks());

  it('decorators of a handler: are read as often as necessary, beside NestJS', async () => {
    const cors = () => [CorsModule.forRoot({ logging: 'off' })];
    const added = async (controllers: number) =>
      (await readsOf(name, controllers, cors())) - (await readsOf(name, controllers, []));
    const few = await added(2);
    const many = await added(12);
    expect((many - few) / (10 * HANDLERS)).toBeLessThan(READS[name]);
  });
});
