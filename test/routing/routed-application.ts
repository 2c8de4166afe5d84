import { type INestApplication, Module, type NestModule, type MiddlewareConsumer, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { RunningEvaluator } from '../../lib/request/running-evaluator.js';
import { CorsModule, type CorsModuleOptions } from '../../lib/index.js';
import type { ActualDestination, Destination, Dispatched } from '../../lib/routing/route.js';
import type { RequestRouter } from '../../lib/routing/request-router.js';
import { sendRaw } from './raw-request.js';
import { portOf } from '../support/listening.js';

export type AdapterName = 'express' | 'fastify';

export interface RoutedOptions {
  readonly controllers: readonly Type[];
  readonly cors?: CorsModuleOptions;
  readonly adapter?: ExpressAdapter | FastifyAdapter;
  /** Adds to the framework's application before Nest does. */
  readonly before?: (instance: never) => unknown;
  /** Adds to it when Nest is done. */
  readonly after?: (instance: never) => unknown;
  readonly configure?: (app: INestApplication) => unknown;
  readonly middleware?: (consumer: MiddlewareConsumer) => unknown;
}

/** What became of a request, and what the router said of it meanwhile. */
export interface RoutedRequest {
  readonly status: number;
  readonly body: string;
  readonly said: ActualDestination | undefined;
}

export interface RoutedApplication {
  readonly app: INestApplication;
  readonly router: RequestRouter;
  send(method: string, target: string, headers?: Readonly<Record<string, string>>): Promise<RoutedRequest>;
  /** Labels of the policies of a preflight's candidates, and of its alternative. */
  preflight(method: string, target: string): string[];
  /** The destinations of all methods, as `METHOD label`. */
  all(method: string, target: string): string[];
}

const running: INestApplication[] = [];

/** Closes every application that a test has started. */
export async function closeRouted(): Promise<void> {
  await Promise.all(running.splice(0).map((app) => app.close()));
}

export async function routedApplication(name: AdapterName, options: RoutedOptions): Promise<RoutedApplication> {
  const adapter = options.adapter ?? (name === 'express' ? new ExpressAdapter() : new FastifyAdapter());
  @Module({ imports: [CorsModule.forRoot({ logging: 'off', ...options.cors })], controllers: [...options.controllers] })
  class RootModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      options.middleware?.(consumer);
    }
  }
  const app = await NestFactory.create(RootModule, adapter, { logger: false, abortOnError: false });
  running.push(app);
  let said: ActualDestination | undefined;
  // The library's own hook runs first, and this one after it.
  adapter.setOnRequestHook((request: object, _response: unknown, done: () => void) => {
    const raw = ((request as { raw?: object }).raw ?? request) as { method: string; url: string };
    said = router.actual(raw.method, raw.url, request);
    done();
  });
  await options.before?.(adapter.getInstance() as never);
  options.configure?.(app);
  await app.init();
  await options.after?.(adapter.getInstance() as never);
  await app.listen(0, '127.0.0.1');
  const { router } = app.get(RunningEvaluator, { strict: false }).evaluator;
  const port = portOf(app);
  const nobody = { headers: {} };
  return {
    app,
    router,
    async send(method, target, headers = {}) {
      said = undefined;
      const { status, body } = await sendRaw(port, method, target, headers);
      return { status, body, said };
    },
    preflight(method, target) {
      const { candidates, alternative } = router.preflight(method, target, nobody);
      return [...candidates.map(labelOf), ...(alternative === undefined ? [] : [`or ${alternative.label}`])];
    },
    all: (method, target) =>
      router
        .preflight(method, target, nobody)
        .all()
        .map((destination) => `${destination.method} ${labelOf(destination)}`),
  };
}

/** The policy's place, in parentheses where the route is not Nest's. */
export function labelOf({ policy, match }: Destination): string {
  return match === undefined ? `(${policy.label})` : policy.label;
}

export const nameOf = (match: Dispatched) => (typeof match === 'object' ? match.route.methodName : match);
