import type { VersioningOptions } from '@nestjs/common';
import type { RouteVersion } from './route.js';

/** The members of an HTTP adapter that describe its router. Optional ones are newer than Nest 11.1.4 or private. */
export interface RouterAdapter {
  getInstance(): unknown;
  normalizePath?(path: string): string;
  applyVersionFilter(
    handler: (...args: unknown[]) => unknown,
    version: RouteVersion,
    options: VersioningOptions,
  ): (...args: unknown[]) => unknown;
  isRouteOrderSensitive?(): boolean;
  getRouteMatchingOptions?(): { caseSensitive: boolean; ignoreTrailingSlash: boolean; maxParamLength?: number };
}

/** The part of Fastify's public API that describes its router. */
export interface FastifyRouter {
  readonly initialConfig?: Readonly<Record<string, unknown>>;
  readonly supportedMethods?: readonly string[];
  hasRoute(route: { method: string; url: string; constraints: Readonly<Record<string, unknown>> }): boolean;
  findRoute(route: {
    method: string;
    url: string;
    constraints: Readonly<Record<string, unknown>> | undefined;
  }): { readonly params: Readonly<Record<string, unknown>>; readonly handler?: unknown } | null;
}

/** The adapter's router, if it can be searched for routes as Fastify's can. */
export function fastifyRouterOf(adapter: RouterAdapter): FastifyRouter | undefined {
  const instance = adapter.getInstance() as Partial<FastifyRouter> | null | undefined;
  return typeof instance?.hasRoute === 'function' && typeof instance.findRoute === 'function'
    ? (instance as FastifyRouter)
    : undefined;
}

/** Whether the first registered of several matching routes wins, by the default of NestApplication.registerRouter(). */
export function isRouteOrderSensitive(adapter: RouterAdapter): boolean {
  return adapter.isRouteOrderSensitive?.() ?? fastifyRouterOf(adapter) === undefined;
}

/** Description of the symbol under which @fastify/middie stores whether it has middleware. */
const HAS_MIDDLEWARE = 'fastify-middie-has-middlewares';

/** The symbol of `@fastify/middie`, which Nest registers before the application boots; `undefined` without middie. */
export function middlewareFlag(router: FastifyRouter): symbol | undefined {
  return Object.getOwnPropertySymbols(router).find(({ description }) => description === HAS_MIDDLEWARE);
}

/** Whether middleware runs before Fastify's routes. It ignores letter case in paths, which the router does not. */
export function runsMiddleware(router: FastifyRouter, flag = middlewareFlag(router)): boolean {
  const instance = router as unknown as Readonly<Record<string | symbol, unknown>>;
  return flag === undefined ? typeof instance['use'] === 'function' : instance[flag] === true;
}
