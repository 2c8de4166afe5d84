import type { FastifyRouter, RouterAdapter } from '../router-adapter.js';

/** The options of Fastify's router that decide which paths match. */
export interface FastifyRouterOptions {
  readonly caseSensitive: boolean;
  readonly ignoreTrailingSlash: boolean;
  readonly ignoreDuplicateSlashes: boolean;
  readonly useSemicolonDelimiter: boolean;
  readonly allowUnsafeRegex: boolean;
  readonly maxParamLength: number;
}

/**
 * Reads the router's options from `initialConfig`. From Fastify 5.5 on they may also be in its `routerOptions`: the value
 * that differs from the default is in force.
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

/** Members of FastifyAdapter that its type lacks. Each is missing in some version. */
export interface FastifyAdapterInternals extends RouterAdapter {
  /** `isCustom` shows that the router uses it: find-my-way sets it on its strategies. */
  readonly versionConstraint?: {
    readonly isCustom?: boolean;
    readonly mustMatchWhenDerived?: boolean;
    storage(): { get(value: unknown): unknown; set(value: unknown, store: unknown): void };
    deriveConstraint(request: unknown): unknown;
  };
  /** Requests for which the application's version extractor threw. From Nest 11.2 on. */
  readonly versionExtractorErrors?: WeakMap<object, unknown>;
  /** Wraps handlers so that requests with an empty parameter get a 404. From Nest 11.2 on. */
  requireNonEmptyParams?(
    path: string,
    handler: (request: unknown, reply: unknown) => unknown,
  ): (request: unknown, reply: unknown) => unknown;
  /** Whether the adapter routes the request target at all. From Nest 11.2 on. */
  isRoutableRequestTarget?(url: string): boolean;
}
