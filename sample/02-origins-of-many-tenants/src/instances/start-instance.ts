import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CorsInspector } from 'nestjs-cors';
import { CorsDevtools } from 'nestjs-cors/devtools';
import { AppModule } from '../app.module.js';
import { listen } from '../../../shared/listen.js';
import { nestOptions } from '../../../shared/nest-options.js';
import type { Database } from '../../../shared/database/database.js';
import type { Instance } from './instance.js';
import type { RunningInstance } from './running-instances.js';

/** One Nest application: the whole service. */
export async function startInstance(instance: Instance, database: Database): Promise<RunningInstance> {
  const adapter = instance.fastify ? new FastifyAdapter({ forceCloseConnections: true }) : new ExpressAdapter();
  const app: INestApplication = await NestFactory.create(AppModule.of(instance, database), adapter, nestOptions);
  app.useLogger(new ConsoleLogger({ prefix: `instance ${instance.number}`, logLevels: ['warn', 'error'] }));
  const url = await listen(app, instance.port);
  const horizons = app.get(CorsInspector).revocationHorizons();
  return {
    url,
    devtools: app.get(CorsDevtools, { strict: false }).url(url),
    revocationHorizon: Math.max(...horizons.map(({ total }) => total)),
    stop: () => app.close(),
  };
}
