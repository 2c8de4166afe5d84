import type {
  CorsTenantRequest,
  OriginList,
  OriginLookup,
  OriginLookupOption,
  OriginPredicate,
} from '../options/index.js';
import type { OriginMatcher } from '../origin/origin-matcher.js';
import type { EffectivePolicy, OriginListValue, PolicyFieldValues } from './effective-policy.js';
import type { BindResponder, OriginResponder } from './origin-responder.js';

/** The `origin` field in the form that decisions are made from. */
export type AllowedOrigin =
  | { readonly kind: 'any' }
  /** An empty list allows as little as `false`, and is rarely intended. */
  | { readonly kind: 'none'; readonly isEmptyList?: true }
  /** No origin is allowed: the path has readings with different policies. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'list'; readonly matcher: OriginMatcher; readonly values: readonly OriginListValue[] }
  | { readonly kind: 'predicate'; readonly predicate: OriginPredicate };

/** The `exposedHeaders` field: a constant value, or the names of the headers that the response has. */
export type ExposedHeaders =
  | { readonly kind: 'none'; readonly value?: undefined }
  | { readonly kind: 'constant'; readonly value: string }
  | { readonly kind: 'all' };

/** A merged and validated policy in the form that decisions are made from. */
export interface CompiledPolicy {
  /** Where the policy is written, for people: `module defaults`, `policy "partners"`, `OrdersController.replace`. */
  readonly label: string;
  /** The `policy` of an {@link OriginLookupContext}. */
  readonly name: string;
  readonly origin: AllowedOrigin;
  readonly lookup: OriginLookup | OriginList | undefined;
  /** The responders of `lookup`, and of the function in `origin`. */
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
  /** Whether the policy, or its shadow, may call a lookup or an origin function. */
  readonly mayAsk: boolean;
}

/**
 * Turns a policy without problems into the form that decisions are made from.
 *
 * @param resolveLookup Returns the instance of an `originLookup`, which may be a token.
 * @param bind Returns what gives the results of a lookup, a list or a function.
 */
export function compilePolicy(
  { label, name, fields, external, shadow }: EffectivePolicy,
  resolveLookup: (option: OriginLookupOption) => OriginLookup | OriginList,
  bind: BindResponder,
): CompiledPolicy {
  const origin: AllowedOrigin = fields.origin.value;
  // With '*', every origin is allowed already.
  const lookupOption = origin.kind === 'any' ? undefined : fields.originLookup.value;
  const lookup = lookupOption === undefined ? undefined : resolveLookup(lookupOption);
  const { allowedHeaders, maxAge } = fields;
  const methods = fields.methods.value === undefined ? undefined : new Set(fields.methods.value);
  const rejectDisallowed = fields.rejectDisallowed.value;
  const compiledShadow = shadow && compilePolicy(shadow, resolveLookup, bind);
  return {
    label,
    name,
    origin,
    lookup,
    responders: {
      ...(lookup === undefined ? {} : { lookup: bind(lookup, { name, label }) }),
      ...(origin.kind === 'predicate' ? { origin: bind(origin.predicate, { name, label }) } : {}),
    },
    asksNonstandard: fields.dangerouslyAllow.value.includes('nonstandard-origin'),
    methods,
    allowedHeaders: allowedHeaders.value === '*' ? 'any' : new Set(allowedHeaders.value),
    exposedHeaders: compileExposedHeaders(fields.exposedHeaders.value),
    credentials: fields.credentials.value,
    maxAge: maxAge.value === undefined ? undefined : String(maxAge.value),
    optionsSuccessStatus: fields.optionsSuccessStatus.value,
    rejectDisallowed,
    external: external === true,
    tenant: fields.tenant.value,
    shadow: compiledShadow,
    dependsOnOrigin: dependsOnOrigin({ origin, lookup, rejectDisallowed, methods }),
    mayAsk: lookup !== undefined || origin.kind === 'predicate' || compiledShadow !== undefined,
  };
}

const NOTHING_EXPOSED: ExposedHeaders = { kind: 'none' };

function compileExposedHeaders(value: PolicyFieldValues['exposedHeaders']): ExposedHeaders {
  if (value === 'all') {
    return { kind: 'all' };
  }
  const names = value === '*' ? value : value.join(',');
  return names === '' ? NOTHING_EXPOSED : { kind: 'constant', value: names };
}

/** https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches */
function dependsOnOrigin({
  origin,
  lookup,
  rejectDisallowed,
  methods,
}: Pick<CompiledPolicy, 'origin' | 'lookup' | 'rejectDisallowed' | 'methods'>): boolean {
  switch (origin.kind) {
    case 'any':
      // For a method that is not allowed, other origins get a 403 and the own origin gets the response.
      return rejectDisallowed && methods !== undefined;
    case 'none':
      // Other origins get a 403, and the own origin gets the response.
      return lookup !== undefined || rejectDisallowed;
    case 'list':
    case 'predicate':
    case 'ambiguous':
      return true;
  }
}
