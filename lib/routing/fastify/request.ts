import type { DerivedConstraints } from './constraints.js';
import type { FastifyAdapterInternals } from './router-options.js';
import type { Route } from '../route.js';

/** A raw request, as far as routing reads it. */
export interface RawRequest {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A request of Fastify, as far as it tells how it was routed. */
interface RoutedRequest {
  readonly raw?: RawRequest;
  readonly is404?: boolean;
  readonly routeOptions?: { readonly url?: string | undefined; readonly config?: object | undefined };
}

/** The raw request within Fastify's. */
export function rawRequestOf(request: unknown): RawRequest {
  return (request as RoutedRequest | undefined)?.raw ?? (request as RawRequest | undefined) ?? {};
}

/** The host of a request as the router's own `host` constraint reads it; `undefined` where there is no such request. */
export function hostHeaderOf(request: unknown): string | undefined {
  const { headers } = rawRequestOf(request);
  return headers?.['host'] || headers?.[':authority'];
}

/**
 * The constraints of a request as Fastify's router derives them, for those of the names that can be read from it.
 * `undefined`: the application's version extractor threw, and the request ends there.
 */
export function derivedConstraints(
  raw: RawRequest,
  adapter: FastifyAdapterInternals,
  names: readonly string[],
): DerivedConstraints | undefined {
  const derived: Record<string, unknown> = {};
  if (names.includes('host')) {
    derived['host'] = hostHeaderOf(raw);
  }
  if (names.includes('version')) {
    derived['version'] = adapter.versionConstraint?.isCustom
      ? adapter.versionConstraint.deriveConstraint(raw)
      : raw.headers?.['accept-version'];
    // From 11.2 on deriveConstraint() keeps the error for an onRequest hook instead of throwing it.
    if (adapter.versionExtractorErrors?.has(raw)) {
      return undefined;
    }
  }
  return derived;
}

/**
 * The `config` of the route that Fastify, which routes before its hooks run, took this very request to: an object that is
 * the same for each request there. `null` where Fastify found no route, `undefined` where this is another request.
 */
export function configOfTaken(request: unknown, method: string, url: string): object | null | undefined {
  const { raw } = (request ?? {}) as RoutedRequest;
  return raw?.url === url && raw.method === method ? configOf(request) : undefined;
}

/** As {@link configOfTaken}, whatever the request has become since Fastify routed it. */
export function configOf(request: unknown): object | null | undefined {
  const { is404, routeOptions } = (request ?? {}) as RoutedRequest;
  return is404 === undefined ? undefined : is404 ? null : routeOptions?.config;
}

/** The parameters that Fastify's own router found for the request. */
export function paramsOfTaken(request: unknown): Readonly<Record<string, string>> {
  return (request as { readonly params: Readonly<Record<string, string>> }).params;
}

/**
 * Whether Fastify, which routes before its hooks run, has taken this very request elsewhere: to the 404 handler, or to
 * a plugin's route that has the same parameters.
 */
export function isRoutedElsewhere(request: unknown, { path }: Route, method: string, url: string): boolean {
  const { raw, is404, routeOptions } = (request ?? {}) as RoutedRequest;
  if (raw?.url !== url || raw.method !== method || is404 === undefined) {
    return false;
  }
  return is404 || routeOptions?.url !== path;
}
