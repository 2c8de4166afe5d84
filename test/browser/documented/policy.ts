/**
 * A policy as plain data: what a test writes down once, hands to the library as options and to the
 * documented server as it is. Names and meaning are those of the table in docs/policies.md.
 */
export interface PolicyData {
  /** What `origin` says; absent: nothing. */
  readonly origin?: OriginData;
  /** Origins that the policy's `originLookup` says yes to; absent: it has no lookup. */
  readonly lookup?: readonly string[];
  readonly credentials?: boolean;
  readonly methods?: readonly string[];
  readonly allowedHeaders?: readonly string[] | '*';
  readonly exposedHeaders?: readonly string[] | '*' | 'all';
  /** Seconds. */
  readonly maxAge?: number;
  readonly optionsSuccessStatus?: number;
  readonly rejectDisallowed?: boolean;
  /** `@DisableCors()`: no other origin. */
  readonly disabled?: true;
}

/** The `origin` of a policy as data. `function` lists what an origin function says true to. */
export type OriginData =
  '*' | false | string | RegExp | readonly (string | RegExp)[] | { readonly function: readonly string[] };

export type RoutedMethods = readonly string[] | 'unrouted';

/** What serves a URL. */
export interface Resource {
  /** Policy of the routes here; a function where methods of one URL differ. */
  readonly policy: PolicyData | ((method: string) => PolicyData);
  /** Methods that are routed here. A route for GET answers HEAD as well. `'unrouted'`: no route has this path. */
  readonly methods: RoutedMethods;
  /** Policy of what no route covers, such as a method that this URL does not have: an entry of `paths`, or `forRoot()`'s fields. */
  readonly fallback: PolicyData;
  /** What the handler answers with. */
  readonly answer: HandlerAnswer;
}

/** What a handler writes, before any CORS header. */
export interface HandlerAnswer {
  readonly status: number;
  /** Names in lower case. `set-cookie` once per cookie. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** The policy that governs a method of a resource. */
export function policyOf({ policy, methods, fallback }: Resource, method: string): PolicyData {
  if (!isRouted(methods, method)) {
    return fallback;
  }
  return typeof policy === 'function' ? policy(method) : policy;
}

export function isRouted(methods: RoutedMethods, method: string): boolean {
  return methods !== 'unrouted' && isNamed(methods, method);
}

/** Whether a list of methods has this one; a HEAD is the GET that it abbreviates. */
export function isNamed(methods: readonly string[], method: string): boolean {
  return methods.includes(method) || (method === 'HEAD' && methods.includes('GET'));
}
