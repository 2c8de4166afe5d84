import type { OriginList, OriginLookup, OriginPredicate, CorsTenantRequest } from '../options/index.js';
import type { OriginMatcher } from '../origin/origin-matcher.js';
import type { OriginResponder } from './origin-responder.js';

/** An entry of an `origin` list, as it is written. */
export interface OriginListValue {
  readonly value: string | RegExp;
}

/** The `origin` field in the form that decisions are made from. */
export type AllowedOrigin =
  | { readonly kind: 'any' }
  | { readonly kind: 'none' }
  /** No origin is allowed: the path has readings with different policies. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'list'; readonly matcher: OriginMatcher; readonly entries: readonly OriginListValue[] }
  | { readonly kind: 'predicate'; readonly predicate: OriginPredicate };

/** The `exposedHeaders` field: no header, a constant value, or the names of the headers that the response has. */
export type ExposedHeaders =
  { readonly kind: 'none' } | { readonly kind: 'constant'; readonly value: string } | { readonly kind: 'all' };

/** A merged and validated policy in the form that decisions are made from. */
export interface CompiledPolicy {
  /** Where the policy is written, for people: `module defaults`, `policy "partners"`, `OrdersController.replace`. */
  readonly label: string;
  /** The `policy` of an {@link OriginLookupContext}. */
  readonly name: string;
  readonly origin: AllowedOrigin;
  readonly lookup: OriginLookup | OriginList | undefined;
  /** What gives the results of `lookup`, and of the function in `origin`. */
  readonly responders: { readonly lookup?: OriginResponder; readonly origin?: OriginResponder };
  /** Whether lookups and functions are called with nonstandard origins (`file://`) too. */
  readonly asksNonstandard?: boolean;
  /** `undefined`: the methods that are routed. */
  readonly methods: ReadonlySet<string> | undefined;
  /** Lower-case names. `'any'`, or `'*'` in the set: every header but those that steer routing. */
  readonly allowedHeaders: 'any' | ReadonlySet<string>;
  readonly exposedHeaders: ExposedHeaders;
  readonly credentials: boolean;
  /** Value of `Access-Control-Max-Age`; `undefined`: header omitted. */
  readonly maxAge: string | undefined;
  readonly optionsSuccessStatus: number;
  readonly rejectDisallowed: boolean;
  /** Whether the path's application does CORS by itself: preflights reach it, and no header is written or removed. */
  readonly external: boolean;
  readonly tenant: ((request: CorsTenantRequest) => string | undefined) | undefined;
  /** The policy with its `shadow` in force: evaluated beside it, never applied. */
  readonly shadow: CompiledPolicy | undefined;
  /** Whether responses differ by origin, so that caches need `Vary: Origin`. */
  readonly dependsOnOrigin: boolean;
}
