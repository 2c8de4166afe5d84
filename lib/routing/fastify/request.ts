import type { DerivedConstraints } from './constraints.js';
import type { FastifyAdapterInternals } from './router-options.js';
import type { Route } from '../route.js';

/** The members of a raw request that routing reads. */
export interface RawRequest {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The members of a Fastify request that show how it was routed. */
interface RoutedRequest {
  readonly raw?: RawRequest;
  readonly is404?: boolean;
  readonly routeOptions?: { readonly url?: string | undefined; readonly config?: object | undefined };
}

/** The raw request of a Fastify request. */
export function rawRequestOf(request: unknown): RawRequest {
  return (request as RoutedRequest | undefined)?.raw ?? (request as RawRequest | undefined) ?? {};
}

/** The host of a request as the router's own `host` constraint reads it; `undefined` without a request. */
export function hostHeaderOf(request: unknown): string | undefined {
  const { headers } = rawRequestOf(request);
  return headers?.['host'] || headers?.[':authority'];
}

/**
 * The named constraints of a request, as Fastify's router derives them. Returns undefined where the application's version
 * extractor has thrown, which ends the request.
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
    // From Nest 11.2 on, deriveConstraint() stores the error for an onRequest hook instead of throwing it.
    if (adapter.versionExtractorErrors?.has(raw)) {
      return undefined;
    }
  }
  return derived;
}

/**
 * The `config` of the route to which Fastify has dispatched this request; Fastify routes before its hooks run. Each route has one
 * object. Returns null where Fastify found no route, and undefined where method or URL are not those of the request.
 */
export function configOfDispatched(request: unknown, method: string, url: string): object | null | undefined {
  const { raw } = (request ?? {}) as RoutedRequest;
  return raw?.url === url && raw.method === method ? configOf(request) : undefined;
}

/** Like {@link configOfDispatched}, for a request whose method or URL may have changed since. */
export function configOf(request: unknown): object | null | undefined {
  const { is404, routeOptions } = (request ?? {}) as RoutedRequest;
  return is404 === undefined ? undefined : is404 ? null : routeOptions?.config;
}

/** The parameters that Fastify's own router found for the request. */
export function paramsOfDispatched(request: unknown): Readonly<Record<string, string>> {
  return (request as { readonly params: Readonly<Record<string, string>> }).params;
}

/** Whether Fastify has dispatched this request to the 404 handler, or to a plugin's route with the same parameters. */
export function isRoutedElsewhere(request: unknown, { path }: Route, method: string, url: string): boolean {
  const { raw, is404, routeOptions } = (request ?? {}) as RoutedRequest;
  const isRouted = raw?.url === url && raw.method === method && is404 !== undefined;
  return isRouted && (is404 || routeOptions?.url !== path);
}
