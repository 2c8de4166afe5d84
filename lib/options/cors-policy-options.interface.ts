import type { TolerableProblemCode } from './problem.js';
import type { OriginList } from './origin-list.interface.js';
import type { OriginLookup, OriginPredicate } from './origin-lookup.interface.js';
import type { TenantRequest } from './tenant-request.interface.js';

/**
 * Allowed origins: `'*'`; `false` for none; one or a list of exact serialized origins, patterns
 * (`https://*.example.com` stands for one or more labels, `https://app.example.com:*` for any port) and RegExps that are
 * anchored at both ends; or a function. `null` and nonstandard origins (`file://`, `app://.`) are listed exactly, and take a code in
 * `dangerouslyAllow`.
 */
export type OriginOption = string | false | RegExp | readonly (string | RegExp)[] | OriginPredicate;

/** Token of a provider that is an {@link OriginLookup} or an {@link OriginList}: its class, or a symbol or string. */
export type OriginLookupToken = string | symbol | (abstract new (...args: never[]) => OriginLookup | OriginList);

/** A lookup or a list as it is named in a policy: a provider's token, or an instance. */
export type OriginLookupOption = OriginLookupToken | OriginLookup | OriginList;

/**
 * One CORS policy. Fields are named as in Nest's own `CorsOptions`. Levels merge field by field (module, controller,
 * handler) and the nearer one replaces; `undefined` counts as unset, while `false`, `0` and `[]` are values.
 */
export interface CorsPolicyOptions {
  /** Origins that may read the response. Default: none. Merges with `originLookup` as one field. */
  origin?: OriginOption | undefined;
  /** Provider or instance that is asked about origins that `origin` does not allow. Default: none. */
  originLookup?: OriginLookupOption | undefined;
  /** Restricts the methods that are routed: a list, or names with commas between. Case-sensitive. Default: every routed method. */
  methods?: string | readonly string[] | undefined;
  /**
   * Request headers a script may send. `'*'` is any header, `Authorization` included, except those that steer routing
   * (`X-HTTP-Method-Override`, `X-Forwarded-*`, `X-Original-URL`, ...): name these beside it,
   * `['*', 'x-http-method-override']`. Default: `'*'`.
   */
  allowedHeaders?: string | readonly string[] | undefined;
  /** Response headers a script may read; `'*'` (not with credentials); `'all'` names those the response has. Default: none. */
  exposedHeaders?: string | readonly string[] | undefined;
  /** Whether requests may carry cookies and other credentials. Default: `false`. */
  credentials?: boolean | undefined;
  /**
   * How long a browser may keep a preflight's answer, in seconds, 0 to 86400. Default: header omitted. Not at all, whatever
   * this says, where routes of the same URL have different policies: browsers keep granted header names per URL.
   */
  maxAge?: number | undefined;
  /** Status of a granted preflight, 200 to 299. Default: 204. */
  optionsSuccessStatus?: number | undefined;
  /**
   * Answer 403 to actual cross-origin requests that the policy refuses, before the handler runs. Requests of the
   * application's own origin and requests without `Origin` pass. Default: `false`.
   */
  rejectDisallowed?: boolean | undefined;
  /** Derives the tenant that a lookup is asked for. Default: none. */
  tenant?: ((request: TenantRequest) => string | undefined) | undefined;
  /** Codes of configuration problems to tolerate in this policy, e.g. `['null-origin']`. Default: none. */
  dangerouslyAllow?: readonly TolerableProblemCode[] | undefined;
}

/** A policy's fields, and those that it only tries out. */
export interface CorsPolicyLevel extends CorsPolicyOptions {
  /**
   * Fields to try out: they are judged beside the policy's own and never applied. Where the answers differ, it is counted
   * (`CorsInspector.shadowReport()`), logged and published: how to tighten a policy without breaking anyone. Default: none.
   */
  shadow?: CorsPolicyOptions | undefined;
}

/** What `@CorsPolicy()`, `policies` and `paths` take: a policy's fields, optionally on top of a named policy. */
export interface CorsPolicyDefinition extends CorsPolicyLevel {
  /** Name of the policy to start from. */
  extends?: string | undefined;
}
