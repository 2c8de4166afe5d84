import { ConsoleLogger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CorsInspector } from 'nestjs-cors';
import { CorsDevtools } from 'nestjs-cors/devtools';
import { AppModule } from '../app.module.js';
import { nestOptions } from '../../../shared/nest-options.js';
import type { Database } from '../../../shared/database/database.js';
import { listenError } from '../../../shared/startup-error.js';
import type { Instance } from './instance.js';
import type { RunningInstance } from './running-instances.js';

/** One Nest application: the whole service. */
export async function startInstance(instance: Instance, database: Database): Promise<RunningInstance> {
  const adapter = instance.fastify ? new FastifyAdapter({ forceCloseConnections: true }) : new ExpressAdapter();
  const app: INestApplication = await NestFactory.create(AppModule.of(instance, database), adapter, nestOptions);
  app.useLogger(new ConsoleLogger({ prefix: `instance ${instance.number}`, logLevels: ['warn', 'error'] }));
  await app.listen(instance.port, 'localhost').catch(async (error: unknown) => {
    await app.close();
    throw listenError(error, instance.port);
  });
  const horizons = app.get(CorsInspector).revocationHorizons();
  const url = `http://localhost:${new URL(await app.getUrl()).port}`;
  return {
    url,
    devtools: app.get(CorsDevtools, { strict: false }).url(url),
    revocationHorizon: Math.max(...horizons.map(({ total }) => total)),
    stop: () => app.close(),
  };
}
