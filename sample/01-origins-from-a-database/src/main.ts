import 'reflect-metadata';
import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestOptions } from '../../shared/nest-options.js';
import { WebPages } from '../../shared/pages/web-pages.js';
import { exitWith, listenError } from '../../shared/startup-error.js';
import { AppModule } from './app.module.js';
import { Settings } from './settings.js';
import { whatToTry } from './what-to-try.js';

/** In bytes; small enough for the pages to exceed it. */
const bodyLimit = 10_000;

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
  const pages = app.get(WebPages, { strict: false });
  pages.announce({ api, pages: pages.origins });
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

await start().catch(exitWith);
