import type { OriginList, OriginLookup, OriginLookupOption } from '../options/index.js';
import type { AllowedOrigin, CompiledPolicy, ExposedHeaders } from './compiled-policy.js';
import type { EffectivePolicy, PolicyFieldValues } from './effective-policy.js';
import type { BindResponder } from './origin-responder.js';

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
  const { methods, allowedHeaders, maxAge } = fields;
  const policy: Omit<CompiledPolicy, 'dependsOnOrigin'> = {
    label,
    name,
    origin,
    lookup,
    responders: {
      ...(lookup === undefined ? {} : { lookup: bind(lookup, { name, label }) }),
      ...(origin.kind === 'predicate' ? { origin: bind(origin.predicate, { name, label }) } : {}),
    },
    asksNonstandard: fields.dangerouslyAllow.value.includes('nonstandard-origin'),
    methods: methods.value === undefined ? undefined : new Set(methods.value),
    allowedHeaders: allowedHeaders.value === '*' ? 'any' : new Set(allowedHeaders.value),
    exposedHeaders: compileExposedHeaders(fields.exposedHeaders.value),
    credentials: fields.credentials.value,
    maxAge: maxAge.value === undefined ? undefined : String(maxAge.value),
    optionsSuccessStatus: fields.optionsSuccessStatus.value,
    rejectDisallowed: fields.rejectDisallowed.value,
    external: external === true,
    tenant: fields.tenant.value,
    shadow: shadow && compilePolicy(shadow, resolveLookup, bind),
  };
  return { ...policy, dependsOnOrigin: dependsOnOrigin(policy) };
}

function compileExposedHeaders(value: PolicyFieldValues['exposedHeaders']): ExposedHeaders {
  if (value === 'all') {
    return { kind: 'all' };
  }
  const names = value === '*' ? value : value.join(',');
  return names === '' ? { kind: 'none' } : { kind: 'constant', value: names };
}

/** https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches */
function dependsOnOrigin({
  origin,
  lookup,
  rejectDisallowed,
  methods,
}: Omit<CompiledPolicy, 'dependsOnOrigin'>): boolean {
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
