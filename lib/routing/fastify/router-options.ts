import findMyWay from 'find-my-way';
import type { FastifyRouter, RouterAdapter } from '../router-adapter.js';

/** The options of Fastify's router that decide what it matches. */
export interface FastifyRouterOptions {
  readonly caseSensitive: boolean;
  readonly ignoreTrailingSlash: boolean;
  readonly ignoreDuplicateSlashes: boolean;
  readonly useSemicolonDelimiter: boolean;
  readonly allowUnsafeRegex: boolean;
  readonly maxParamLength: number;
}

/**
 * Reads the router's options back from `initialConfig`. From Fastify 5.5 on they are in `routerOptions` there, and only
 * those that were given so: a value that is not the default is the one in force, wherever it stands.
 */
export function routerOptionsOf({ initialConfig = {} }: FastifyRouter): FastifyRouterOptions {
  const nested = (initialConfig['routerOptions'] ?? {}) as Readonly<Record<string, unknown>>;
  const read = <T>(name: string, byDefault: T): T =>
    [nested[name], initialConfig[name]].find((value): value is T => value !== undefined && value !== byDefault) ??
    byDefault;
  return {
    caseSensitive: read('caseSensitive', true),
    ignoreTrailingSlash: read('ignoreTrailingSlash', false),
    ignoreDuplicateSlashes: read('ignoreDuplicateSlashes', false),
    useSemicolonDelimiter: read('useSemicolonDelimiter', false),
    allowUnsafeRegex: read('allowUnsafeRegex', false),
    maxParamLength: read('maxParamLength', 100),
  };
}

/** A route path in the form that the router stores and `hasRoute()` is asked for: unlike `on()`, it does not normalise. */
export function storedPath(path: string, options: FastifyRouterOptions): string {
  const single = options.ignoreDuplicateSlashes ? findMyWay.removeDuplicateSlashes(path) : path;
  return options.ignoreTrailingSlash ? findMyWay.trimLastSlash(single) : single;
}

/** What FastifyAdapter holds that is not in its type. Each is absent in some version, and with it what it does. */
export interface FastifyAdapterInternals extends RouterAdapter {
  /** Also how it says that the router has it: find-my-way marks the strategies it was given with `isCustom`. */
  readonly versionConstraint?: {
    readonly isCustom?: boolean;
    readonly mustMatchWhenDerived?: boolean;
    storage(): { get(value: unknown): unknown; set(value: unknown, store: unknown): void };
    deriveConstraint(request: unknown): unknown;
  };
  /** Requests for which the application's version extractor threw; from 11.2 on. */
  readonly versionExtractorErrors?: WeakMap<object, unknown>;
  /** Wraps handlers so that requests with an empty parameter are not found; from 11.2 on. */
  requireNonEmptyParams?(
    path: string,
    handler: (request: unknown, reply: unknown) => unknown,
  ): (request: unknown, reply: unknown) => unknown;
  /** Whether the adapter lets the request target reach routes at all; from 11.2 on. */
  isRoutableRequestTarget?(url: string): boolean;
}
