import { pathToFileURL } from 'node:url';
import type { INestApplication, Type } from '@nestjs/common';
import type { ModulesContainer, NestFactory } from '@nestjs/core';
import type { BootPhase } from './boot-phase.js';
import { chooseAdapter, createAdapter, resolveFrom } from './http-adapter.js';
import { InputError, sentenceOf } from './input-error.js';
import type { ModuleReference } from './module-reference.js';

/** Prepares the application as main.ts does before it listens. */
export type Configure = (app: INestApplication) => unknown;

/** The used exports of the application's own copy of Nest. */
interface NestCore {
  readonly NestFactory: typeof NestFactory;
  readonly ModulesContainer: typeof ModulesContainer;
}

/** Options for starting an application. */
export interface StartOptions {
  readonly adapter?: string;
  /** Whether Nest's own warnings and errors are shown. */
  readonly debug?: boolean;
}

/**
 * Creates the application and initializes it, without listening.
 * @throws InputError where that fails, with the error as its cause
 */
export async function startApplication(
  { written, file }: ModuleReference,
  root: Type<unknown>,
  { adapter, debug }: StartOptions,
  configure: Configure | undefined,
  phase: BootPhase,
): Promise<INestApplication> {
  const name = chooseAdapter(adapter, file);
  // The application's own copy, because classes are injection tokens.
  const core = resolveFrom(file, '@nestjs/core');
  if (core === undefined) {
    throw new InputError(`@nestjs/core is not installed where ${file} is. Run npm install there.`);
  }
  try {
    const nest = (await import(pathToFileURL(core).href)) as NestCore;
    phase.enter('NestFactory.create(), which calls constructors and asynchronous factories');
    const app = await nest.NestFactory.create(root, await createAdapter(name, file), {
      logger: debug === true ? ['error', 'warn'] : false,
      abortOnError: false,
    });
    phase.enter('the function of --configure');
    await configure?.(app);
    phase.enter('app.init()');
    phase.watchHooks(app.get(nest.ModulesContainer, { strict: false }));
    return await app.init();
  } catch (error) {
    if (error instanceof InputError) {
      throw error;
    }
    throw bootFailure(error, written);
  }
}

/** A configuration error names the place itself, so it needs no stack. */
function bootFailure(error: unknown, written: string): InputError {
  return isConfigurationError(error)
    ? new InputError(error.message)
    : new InputError(`The application in ${written} does not boot: ${sentenceOf(error)}`, { cause: error });
}

/** Compares names, because the CommonJS build has a class of its own. */
function isConfigurationError(error: unknown): error is Error {
  return (error as Error | undefined)?.name === 'CorsConfigurationError';
}
