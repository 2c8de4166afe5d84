import 'reflect-metadata';
import { ConsoleLogger, type INestApplication, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { listenError } from './listen-error.js';
import { WebPages } from './pages/web-pages.js';
import { Settings, StartupError } from './settings.js';
import { whatToTry } from './what-to-try.js';

/** In bytes; small enough for the pages to exceed it. */
const bodyLimit = 10_000;

const nestOptions: NestApplicationOptions = {
  // What keeps the application from being created is thrown, and told once, below.
  abortOnError: false,
  logger: false,
  // Browsers keep connections open, and shutting down would wait for them.
  forceCloseConnections: true,
};

async function start(): Promise<void> {
  const settings = new Settings(process.env, process.argv.slice(2));
  const app = await (settings.fastify ? fastifyApplication() : expressApplication());
  app.useLogger(new ConsoleLogger({ logLevels: ['warn', 'error'] }));
  app.enableShutdownHooks();
  await app.listen(settings.port, 'localhost').catch(async (error: unknown) => {
    await app.close();
    throw listenError(error, settings.port);
  });
  const api = `http://localhost:${new URL(await app.getUrl()).port}`;
  app.get(WebPages, { strict: false }).announceApi(api);
  console.log(await whatToTry(app, api));
}

async function expressApplication(): Promise<INestApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, new ExpressAdapter(), nestOptions);
  return app.useBodyParser('json', { limit: bodyLimit });
}

function fastifyApplication(): Promise<INestApplication> {
  const adapter = new FastifyAdapter({ bodyLimit, forceCloseConnections: true });
  return NestFactory.create<NestFastifyApplication>(AppModule, adapter, nestOptions);
}

try {
  await start();
} catch (error) {
  console.error(error instanceof StartupError ? `\n${error.message}\n` : error);
  // The pages may listen and the database be open already: they would keep a process that cannot do its work.
  process.exit(1);
}
