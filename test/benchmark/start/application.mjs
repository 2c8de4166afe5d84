/*
 * A small application in a fresh process, as `main.js` would start it: says what its imports took, and what the process has
 * used by the time that it has answered. Started by `run.mjs`.
 */
import { createRequire } from 'node:module';
import { PLATFORMS } from '../../tools/package-sizes.js';

const [platform, format, cors] = process.argv.slice(2);
const load = format === 'cjs' ? createRequire(import.meta.url) : (name) => import(name);
const OPTIONS = { origin: ['https://app.example.com', 'https://admin.example.com'], credentials: true };

/** CPU time of the process, in milliseconds. */
function spent() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const atFirst = spent();
for (const name of PLATFORMS[platform]) {
  await load(name);
}
const withNest = spent();
// The garbage of NestJS would else be collected, by chance, in the time of the library.
globalThis.gc?.();
const beforeLibrary = spent();
const library = cors === 'library' ? await load('nestjs-cors') : undefined;
const withLibrary = spent();

const { Controller, Get, Module } = await load('@nestjs/common');
const { NestFactory } = await load('@nestjs/core');

class ItemsController {
  list() {
    return 'items';
  }
}
Get()(ItemsController.prototype, 'list', Object.getOwnPropertyDescriptor(ItemsController.prototype, 'list'));
Controller('items')(ItemsController);
class AppModule {}
const imports = library === undefined ? [] : [library.CorsModule.forRoot(OPTIONS)];
Module({ imports, controllers: [ItemsController] })(AppModule);

const app = await NestFactory.create(AppModule, await adapterOf(platform), { logger: ['error', 'fatal'] });
if (cors === 'built-in') {
  app.enableCors(OPTIONS);
}
await app.listen(0, '127.0.0.1');
process.send({ port: Number(new URL(await app.getUrl()).port) });

process.once('message', () =>
  process.send(
    { nest: withNest - atFirst, library: withLibrary - beforeLibrary, cpu: spent(), rss: process.memoryUsage().rss },
    () => process.exit(),
  ),
);

async function adapterOf(name) {
  if (name === 'fastify') {
    const { FastifyAdapter } = await load('@nestjs/platform-fastify');
    return new FastifyAdapter();
  }
  const { ExpressAdapter } = await load('@nestjs/platform-express');
  return new ExpressAdapter();
}
