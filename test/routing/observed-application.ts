import type { CallHandler, ExecutionContext, INestApplication, Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import type { RegisteredRoute, Route, RouteMatch } from '../../lib/routing/route.js';
import { createRouteMatcher } from '../../lib/routing/create-route-matcher.js';
import { readRoutes } from '../../lib/routing/route-table.js';
import type { RouterAdapter } from '../../lib/routing/router-adapter.js';
import { QueriedMatcher } from './queried-matcher.js';
import { sendRaw } from './raw-request.js';
import { portOf } from '../support/listening.js';

export type AdapterName = 'express' | 'fastify';

/** What the matcher said of a request while it was on its way, and the handler that it came to. */
export interface Observation {
  /** Whether Node let the request through to the application: it answers 400 itself to bytes that no URL has. */
  readonly delivered: boolean;
  readonly status: number;
  /** `Class.method` of the handler that answered. */
  readonly reached: string | undefined;
  /** By the adapter's own request. `undefined`: the request was answered before any hook. */
  readonly dispatched: readonly string[] | undefined;
  /** By method, URL, host and headers alone. */
  readonly foreseen: readonly string[];
  readonly candidates: readonly string[];
  readonly hasPath: boolean;
  readonly matches: readonly RouteMatch[];
}

export interface ObservedApplication {
  readonly app: INestApplication;
  readonly adapter: RouterAdapter;
  readonly routes: readonly RegisteredRoute[];
  readonly matcher: QueriedMatcher;
  request(method: string, target: string, headers?: Readonly<Record<string, string>>): Promise<Observation>;
}

export interface ObservedOptions {
  readonly adapterOptions?: object;
  readonly instance?: (adapter: ExpressAdapter | FastifyAdapter) => void;
  readonly appOptions?: object;
  readonly configure?: (app: INestApplication) => unknown;
}

export const labelOf = ({ controller, methodName }: Pick<Route, 'controller' | 'methodName'>) =>
  `${controller.name}.${methodName}`;

interface HookedAdapter {
  setOnRequestHook(hook: (request: { raw?: never }, response: unknown, done: () => void) => void): void;
}

const running: INestApplication[] = [];

/** Closes every application that a test has started. */
export async function closeApplications(): Promise<void> {
  await Promise.all(running.splice(0).map((app) => app.close()));
}

export async function observe(
  name: AdapterName,
  module: Type,
  options: ObservedOptions = {},
): Promise<ObservedApplication> {
  const adapter =
    name === 'express'
      ? new ExpressAdapter(options.adapterOptions as never)
      : new FastifyAdapter(options.adapterOptions);
  options.instance?.(adapter);
  const app = await NestFactory.create(module, adapter, { logger: false, abortOnError: false, ...options.appOptions });
  running.push(app);
  let matcher: QueriedMatcher | undefined;
  let seen: ((raw: { method: string; url: string; headers: object }, request: unknown) => void) | undefined;
  (adapter as HookedAdapter).setOnRequestHook((request, _response, done) => {
    seen?.(request.raw ?? (request as never), request);
    done();
  });
  const delivered = { count: 0 };
  app.useGlobalInterceptors({
    intercept(context: ExecutionContext, next: CallHandler) {
      const reached = `${context.getClass().name}.${context.getHandler().name}`;
      adapter.setHeader(context.switchToHttp().getResponse(), 'x-reached', reached);
      return next.handle();
    },
  });
  await options.configure?.(app);
  await app.listen(0, '127.0.0.1');
  app.getHttpServer().prependListener('request', () => delivered.count++);

  const router = adapter as unknown as RouterAdapter;
  const config = app.get(ApplicationConfig, { strict: false });
  const routes = await readRoutes(
    { modules: app.get(ModulesContainer, { strict: false }), config, adapter: router },
    (controller, methodName) => ({ label: `${controller.name}.${methodName}` }) as CompiledPolicy,
  );
  matcher = new QueriedMatcher(await createRouteMatcher(routes, router, config));
  const port = portOf(app);
  return {
    app,
    adapter: router,
    routes,
    matcher,
    async request(method, target, headers = {}) {
      const found = { dispatched: undefined as RouteMatch[] | undefined, host: '' };
      seen = (raw, request) => {
        found.host = adapter.getRequestHostname(request as never) || '';
        found.dispatched = [...matcher.dispatched(raw.method, raw.url, found.host, request)];
      };
      const before = delivered.count;
      const answer = await sendRaw(port, method, target, headers);
      // The headers as Node gives them to the application: trimmed.
      const sent = Object.entries({ host: 'localhost', ...headers }).map(([key, value]) => [key, value.trim()]);
      const lines = Object.fromEntries(sent) as Record<string, string>;
      const raw = { method, url: target, headers: lines, raw: undefined };
      const host = found.host || lines['host']!.split(':')[0]!;
      return {
        delivered: delivered.count > before,
        status: answer.status,
        reached: answer.headers['x-reached'],
        dispatched: found.dispatched?.map(({ route }) => labelOf(route)),
        foreseen: matcher.dispatched(method, target, host, raw).map(({ route }) => labelOf(route)),
        candidates: matcher.candidates(method, target, host).map(({ route }) => labelOf(route)),
        hasPath: matcher.routesAt(target, host).length > 0,
        matches: found.dispatched ?? [],
      };
    },
  };
}
