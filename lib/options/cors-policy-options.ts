import type { AllowableProblemCode } from './problem.js';
import type { OriginList } from './origin-list.js';
import type { CorsPolicyNames } from './policy-names.js';
import type { OriginLookup, OriginPredicate } from './origin-lookup.js';

/** Name of a policy: one of {@link CorsPolicyNames}, or any string where the application declares none. */
export type CorsPolicyName = keyof CorsPolicyNames extends never ? string : Extract<keyof CorsPolicyNames, string>;

/**
 * Allowed origins: `'*'`; `false` for none; one origin or a list of exact origins, patterns and RegExps; or a function.
 * `https://*.example.com` stands for one or more labels, `https://app.example.com:*` for any port. A RegExp has to match
 * the whole origin. `null` and nonstandard origins (`file://`) need a code in `dangerouslyAllow`.
 */
export type OriginOption = string | false | RegExp | readonly (string | RegExp)[] | OriginPredicate;

/** Token of a provider that is an {@link OriginLookup} or an {@link OriginList}: its class, or a symbol or string. */
export type OriginLookupToken = string | symbol | (abstract new (...args: never[]) => OriginLookup | OriginList);

/** A lookup or a list as a policy names it: the token of a provider, or an instance. */
export type OriginLookupOption = OriginLookupToken | OriginLookup | OriginList;

/**
 * The facts that a policy's `tenant` function sees. A preflight carries them too, so that it has the same tenant as the
 * request that follows.
 */
export interface CorsTenantRequest {
  /** Method of the actual request; for a preflight, the value of `Access-Control-Request-Method`. */
  readonly method: string;
  /** Path without the query string, as the client sent it. */
  readonly path: string;
  /** Parameters of the matched route; empty when no route matched. */
  readonly params: Readonly<Record<string, string>>;
  /** Host name without port, under the framework's own proxy settings. */
  readonly host: string;
  /** The serialized origin of the request. */
  readonly origin: string;
}

/**
 * One CORS policy. Fields have the names of Nest's own `CorsOptions`. Levels merge field by field (module, controller,
 * handler), and the nearer level replaces. `undefined` is unset, while `false`, `0` and `[]` are values.
 */
export interface CorsPolicyOptions {
  /** Origins that may read the response. Default: none. Merges with `originLookup` as one field. */
  origin?: OriginOption | undefined;
  /** Lookup or list that decides about origins that `origin` does not allow. Default: none. */
  originLookup?: OriginLookupOption | undefined;
  /** Allowed methods, of those that are routed: a list, or names with commas between. Case-sensitive. Default: all routed methods. */
  methods?: string | readonly string[] | undefined;
  /**
   * Request headers that a script may send. `'*'` is any header, `Authorization` included, except headers that steer
   * routing (`X-HTTP-Method-Override`, `X-Forwarded-*`). Name these beside it: `['*', 'x-http-method-override']`.
   * Default: `'*'`.
   */
  allowedHeaders?: string | readonly string[] | undefined;
  /** Response headers that a script may read. `'*'` works without credentials only; `'all'` names those of the response. Default: none. */
  exposedHeaders?: string | readonly string[] | undefined;
  /** Whether requests may carry cookies and other credentials. Default: `false`. */
  credentials?: boolean | undefined;
  /**
   * How long a browser may cache a preflight, in seconds, 0 to 86400. Default: header omitted. It is 0 where routes of one
   * URL have different policies, since browsers cache allowed headers per URL.
   */
  maxAge?: number | undefined;
  /** Status of a granted preflight, 200 to 299. Default: 204. */
  optionsSuccessStatus?: number | undefined;
  /**
   * Answer 403 to cross-origin requests that the policy refuses, before the handler runs. Requests of the application's
   * own origin and requests without `Origin` pass. Default: `false`.
   */
  rejectDisallowed?: boolean | undefined;
  /** Derives the tenant that lookups get. Default: none. */
  tenant?: ((request: CorsTenantRequest) => string | undefined) | undefined;
  /** Codes of configuration problems to allow in this policy, such as `['null-origin']`. Default: none. */
  dangerouslyAllow?: readonly AllowableProblemCode[] | undefined;
}

/** A policy's fields, and fields to try out. */
export interface CorsPolicyLevel extends CorsPolicyOptions {
  /**
   * Fields to try out. They are evaluated beside the policy's own and never applied; differences are counted
   * (`CorsInspector.shadowReport()`), logged and published. Default: none.
   */
  shadow?: CorsPolicyOptions | undefined;
}

/** What `@CorsPolicy()`, `policies` and `paths` take: a policy's fields, optionally on top of a named policy. */
export interface CorsPolicyDefinition extends CorsPolicyLevel {
  /** Name of the policy to start from. */
  extends?: CorsPolicyName | undefined;
}

/** Named policies, by name. */
export type CorsNamedPolicies = { readonly [Name in CorsPolicyName]?: CorsPolicyDefinition };

/** Under which policy, and for which tenant, an origin is looked up. */
export interface OriginAccessOptions {
  /** Name of a policy of `policies`, or `'default'` for the module's defaults. Default: `'default'`. */
  policy?: CorsPolicyName | 'default' | undefined;
  /**
   * The tenant. Required where the policy has a `tenant` function, because there is no request to derive it from; `undefined`
   * stands for a request without a tenant.
   */
  tenant?: string | undefined;
}
