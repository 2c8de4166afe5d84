import type { SeenRoutes } from '../routing/fastify/seen-routes.js';
import { fastifyRouterOf, type RouterAdapter } from '../routing/router-adapter.js';
import { ExpressPassage } from './express-passage.js';
import { FastifyPassage } from './fastify-passage.js';
import type { PassedAdapter, Passage } from './passage.js';

/** The members that distinguish an application of Express. */
interface MaybeExpress {
  readonly handle?: unknown;
  readonly router?: { readonly stack?: unknown };
}

/**
 * The way of preflights through the framework of the adapter. Call it before the library watches the application.
 * @param seen the routes of Fastify
 * @returns `undefined` for a framework that is not known, or where something on the way is not
 */
export function createPassage(adapter: PassedAdapter, seen: SeenRoutes | undefined): Passage | undefined {
  if (fastifyRouterOf(adapter as RouterAdapter) !== undefined) {
    return seen === undefined || seen.holdsUnseen ? undefined : FastifyPassage.of(adapter, seen.all);
  }
  const instance = adapter.getInstance() as MaybeExpress | undefined;
  return typeof instance === 'function' && Array.isArray((instance as MaybeExpress).router?.stack)
    ? ExpressPassage.of(adapter)
    : undefined;
}
