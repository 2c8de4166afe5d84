import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CorsDevtools } from 'nestjs-cors/devtools';
import type { Database } from '../../shared/database/database.js';
import { listen } from '../../shared/listen.js';
import { nestOptions } from '../../shared/nest-options.js';
import { AppModule } from './app.module.js';
import type { Instance } from './instance.js';

/** One instance that listens. */
export interface RunningInstance {
  readonly url: string;
  /** Opens the page of the devtools, once. */
  readonly devtools: string;
  stop(): Promise<void>;
}

/** One Nest application: the whole service. */
export async function startInstance(instance: Instance, database: Database): Promise<RunningInstance> {
  const app = await NestFactory.create(AppModule.of(instance, database), nestOptions);
  app.useLogger(new ConsoleLogger({ logLevels: ['warn', 'error'] }));
  const url = await listen(app, instance.port);
  return { url, devtools: app.get(CorsDevtools, { strict: false }).url(url), stop: () => app.close() };
}
