import 'reflect-metadata';
import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { listen } from '../../shared/listen.js';
import { nestOptions } from '../../shared/nest-options.js';
import { WebPages } from '../../shared/pages/web-pages.js';
import { exitWith } from '../../shared/startup-error.js';
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
  const api = await listen(app, settings.port);
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
