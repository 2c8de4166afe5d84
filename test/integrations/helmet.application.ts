import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { CorsModule, type CorsModuleOptions } from '../../lib/index.js';
import { RecordingLogger, type RunningApplication, listening } from '../support/application.js';

/** An application that is told apart by its adapter, and by what `main.ts` awaits between creating and listening. */
export interface InstalledSetup extends ModuleMetadata {
  /** Made by the test: what was installed on its instance runs before Nest, and before this library. */
  readonly adapter: AbstractHttpAdapter;
  readonly cors: CorsModuleOptions;
  /** `await app.register(…)` of plugins, as their own documentation has it. */
  readonly install?: (app: INestApplication) => unknown;
}

/** Starts an application with packages that want to be awaited, or that were there before Nest. */
export async function startInstalled({
  adapter,
  cors,
  install,
  ...metadata
}: InstalledSetup): Promise<RunningApplication> {
  @Module({ ...metadata, imports: [CorsModule.forRoot(cors), ...(metadata.imports ?? [])] })
  class InstalledApplication {}

  const logger = new RecordingLogger();
  const app = await NestFactory.create(InstalledApplication, adapter, { abortOnError: false, logger });
  await install?.(app);
  return listening(app, logger);
}
