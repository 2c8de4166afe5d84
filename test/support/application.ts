import type { INestApplication, LoggerService, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { CorsModule } from '../../lib/cors.module.js';
import type { CorsModuleOptions } from '../../lib/index.js';
import { BothWays } from './both-ways.js';
import { type Received, type Sent, send, sendRaw } from './http-client.js';
import { portOf } from './listening.js';

/** An HTTP platform that Nest runs on. */
export type Platform = 'express' | 'fastify';
/** How an application comes into being. */
export type Bootstrap = 'NestFactory' | 'TestingModule';

/** Every way in which the e2e suites run: a difference between adapters, or between the two bootstraps, can't hide. */
export const ENVIRONMENTS: readonly (readonly [Platform, Bootstrap])[] = [
  ['express', 'NestFactory'],
  ['fastify', 'NestFactory'],
  ['express', 'TestingModule'],
  ['fastify', 'TestingModule'],
];

export const PLATFORMS: readonly Platform[] = ['express', 'fastify'];

export interface ApplicationSetup extends ModuleMetadata {
  /** Options of `CorsModule.forRoot()`; `false` leaves the module out (register it in `imports` then). */
  readonly cors?: CorsModuleOptions | false;
  readonly options?: NestApplicationOptions;
  readonly adapterOptions?: Record<string, unknown>;
  /** `false`: preflights are not sent again before the application closes, because the test observes what they do. */
  readonly comparesBothWays?: false;
  /** What `main.ts` does between creating the application and listening. */
  readonly configure?: (app: INestApplication) => void;
}

/** Log lines of one level, most recent last. */
export class RecordingLogger implements LoggerService {
  readonly warnings: string[] = [];
  readonly errors: string[] = [];
  log(): void {}
  warn(message: unknown): void {
    this.warnings.push(String(message));
  }
  error(message: unknown): void {
    this.errors.push(String(message));
  }
}

/** A running application under test. */
export interface RunningApplication {
  readonly app: INestApplication;
  readonly port: number;
  readonly logger: RecordingLogger;
  send(path: string, sent?: Sent): Promise<Received>;
  /** A request that comes from a page of `origin`. */
  from(origin: string, path: string, sent?: Sent): Promise<Received>;
  /** The preflight of a request from a page of `origin`. */
  preflight(origin: string, method: string, path: string, requestHeaders?: string): Promise<Received>;
  sendRaw(text: string): Promise<string>;
  close(): Promise<void>;
}

/** Creates an application without starting it: `init()` reports what is wrong with its configuration. */
export async function createApplication(
  platform: Platform,
  bootstrap: Bootstrap,
  {
    cors = {},
    options = {},
    adapterOptions,
    configure,
    comparesBothWays: _comparesBothWays,
    ...metadata
  }: ApplicationSetup,
  logger: RecordingLogger = new RecordingLogger(),
): Promise<INestApplication> {
  const imports = [...(cors === false ? [] : [CorsModule.forRoot(cors)]), ...(metadata.imports ?? [])];

  @Module({ ...metadata, imports })
  class ApplicationUnderTest {}

  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter(adapterOptions as never);
  let app: INestApplication;
  if (bootstrap === 'NestFactory') {
    app = await NestFactory.create(ApplicationUnderTest, adapter, { abortOnError: false, ...options, logger });
  } else {
    const module = await Test.createTestingModule({ imports: [ApplicationUnderTest] })
      .setLogger(logger)
      .compile();
    app = module.createNestApplication(adapter, { ...options, logger });
  }
  configure?.(app);
  return app;
}

export async function startApplication(
  platform: Platform,
  bootstrap: Bootstrap,
  setup: ApplicationSetup,
): Promise<RunningApplication> {
  const logger = new RecordingLogger();
  const app = await createApplication(platform, bootstrap, setup, logger);
  return listening(app, logger, setup.comparesBothWays);
}

/** Has an application listen, however it came into being. */
export async function listening(
  app: INestApplication,
  logger: RecordingLogger,
  comparesBothWays = true,
): Promise<RunningApplication> {
  await app.listen(0, '127.0.0.1');
  const port = portOf(app);
  const bothWays = comparesBothWays ? new BothWays(app) : undefined;
  return {
    app,
    port,
    logger,
    send: (path, sent) => send(port, path, sent),
    from: (origin, path, sent) => send(port, path, { ...sent, headers: { Origin: origin, ...sent?.headers } }),
    preflight: (origin, method, path, requestHeaders) =>
      send(port, path, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': method,
          ...(requestHeaders === undefined ? {} : { 'Access-Control-Request-Headers': requestHeaders }),
        },
      }),
    sendRaw: (text) => sendRaw(port, text),
    close: async () => {
      try {
        await bothWays?.compare();
      } finally {
        await app.close();
      }
    },
  };
}

/** The `Access-Control-*` headers of a response. */
export function corsHeaders({ headers }: Received): Record<string, string | string[] | undefined> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
}

/** The names in a response's `Vary`, in lower case. */
export function varyOf({ headers }: Received): string[] {
  return (headers.vary ?? '').split(',').flatMap((name) => name.trim().toLowerCase() || []);
}
