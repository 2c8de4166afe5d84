import type {
  EffectivePolicy,
  PolicyFields,
  PolicyFieldValues,
  PolicyField,
  PolicyLevel,
  PolicySource,
} from './effective-policy.js';

/** What lookups see as the policy's name when no named policy brought the lookup. */
export const DEFAULT_POLICY_NAME = 'default';

/** The documented default of every field. */
export const DEFAULT_VALUES: PolicyFieldValues = {
  origin: { kind: 'none' },
  originLookup: undefined,
  methods: undefined,
  allowedHeaders: '*',
  exposedHeaders: [],
  credentials: false,
  maxAge: undefined,
  optionsSuccessStatus: 204,
  rejectDisallowed: false,
  tenant: undefined,
  dangerouslyAllow: [],
};

/** What a policy is where nobody wrote one. */
export const LIBRARY_POLICY: EffectivePolicy = {
  label: 'library defaults',
  name: DEFAULT_POLICY_NAME,
  fields: Object.fromEntries(
    Object.entries(DEFAULT_VALUES).map(([name, value]) => [name, libraryField(value)]),
  ) as unknown as PolicyFields,
};

/**
 * Puts a level on top of a policy, field by field. A field that the level sets replaces the one below: adding to it could
 * only ever widen, and a list of allowed origins would no longer be all that is allowed.
 */
export function mergeLevel(label: string, below: EffectivePolicy, level: PolicyLevel): EffectivePolicy {
  const policy = mergeFields(label, below.fields, level.fields);
  const shadowed = below.shadow ?? (level.shadow === undefined ? undefined : below);
  return shadowed === undefined
    ? policy
    : {
        ...policy,
        // A field that this level sets for real is nearer than what a level below only tries out.
        shadow: mergeFields(`${label} (shadow)`, { ...shadowed.fields, ...level.fields }, level.shadow ?? {}),
      };
}

function mergeFields(label: string, below: PolicyFields, level: Partial<PolicyFields>): EffectivePolicy {
  const fields = { ...below, ...level };
  const { source } = fields.origin;
  return { label, name: source.kind === 'named' ? source.name : DEFAULT_POLICY_NAME, fields };
}

/** What `@DisableCors()` sets: nobody is allowed, and nobody is asked. */
export function disabledLevel(source: PolicySource, path: string): PolicyLevel {
  return {
    fields: { origin: { value: { kind: 'none' }, source, path }, originLookup: { value: undefined, source, path } },
  };
}

/** The policy of a path that is left to what serves it: nothing of the module's, and nobody is asked. */
export function externalPolicy(label: string, source: PolicySource, path: string): EffectivePolicy {
  return { ...mergeLevel(label, LIBRARY_POLICY, disabledLevel(source, path)), external: true };
}

/** Of two fields the one that was written closer to the handler: the one whose author can have known the other. */
export function nearerField(first: PolicyField<unknown>, second: PolicyField<unknown>): PolicyField<unknown> {
  return NEARNESS[second.source.kind] > NEARNESS[first.source.kind] ? second : first;
}

const NEARNESS: Readonly<Record<PolicySource['kind'], number>> = {
  library: 0,
  module: 1,
  named: 2,
  path: 3,
  controller: 3,
  handler: 4,
};

function libraryField<Value>(value: Value): PolicyField<Value> {
  return { value, source: { kind: 'library' }, path: 'library defaults' };
}
