import type { VersioningOptions } from '@nestjs/common';
import type { RouteVersion } from './route.js';

/** What is asked of an HTTP adapter to know its router. The optional ones are younger than 11.1.4 or private. */
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

/** The part of Fastify's public API that tells what its router holds. */
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

/** The router of the adapter, when it is one that can be asked for its routes the way Fastify's can. */
export function fastifyRouterOf(adapter: RouterAdapter): FastifyRouter | undefined {
  const instance = adapter.getInstance() as Partial<FastifyRouter> | null | undefined;
  return typeof instance?.hasRoute === 'function' && typeof instance.findRoute === 'function'
    ? (instance as FastifyRouter)
    : undefined;
}

/** Whether the first registered of several matching routes wins; NestApplication.registerRouter() assumes so by default. */
export function isRouteOrderSensitive(adapter: RouterAdapter): boolean {
  return adapter.isRouteOrderSensitive?.() ?? fastifyRouterOf(adapter) === undefined;
}

/** @fastify/middie keeps whether it has any middleware under a symbol with this description. */
const HAS_MIDDLEWARE = 'fastify-middie-has-middlewares';

/** The symbol of `@fastify/middie`, which Nest registers before the application boots; `undefined` without it. */
export function middlewareFlag(router: FastifyRouter): symbol | undefined {
  return Object.getOwnPropertySymbols(router).find(({ description }) => description === HAS_MIDDLEWARE);
}

/** Whether middleware runs in front of Fastify's routes. It matches paths without letter case, as the router does not. */
export function runsMiddleware(router: FastifyRouter, flag = middlewareFlag(router)): boolean {
  const instance = router as unknown as Readonly<Record<string | symbol, unknown>>;
  return flag === undefined ? typeof instance['use'] === 'function' : instance[flag] === true;
}
