import {
  DEFAULT_VALUES,
  type DefinedBy,
  type EffectivePolicy,
  type PolicyFields,
  type PolicyLevel,
} from './effective-policy.js';

/** The policy name that lookups get where no named policy defines the lookup. */
export const DEFAULT_POLICY_NAME = 'default';

/** The policy without any option. */
export const LIBRARY_POLICY: EffectivePolicy = {
  label: 'library defaults',
  name: DEFAULT_POLICY_NAME,
  fields: Object.fromEntries(
    Object.entries(DEFAULT_VALUES).map(([name, value]) => [
      name,
      { value, definedBy: { kind: 'library' }, path: 'library defaults' },
    ]),
  ) as unknown as PolicyFields,
};

/**
 * Merges a level over a policy, field by field. A field replaces the one below. Adding to a list of allowed origins could only
 * widen it, and the list would no longer show all that is allowed.
 */
export function mergeLevel(label: string, below: EffectivePolicy, level: PolicyLevel): EffectivePolicy {
  const policy = mergeFields(label, below.fields, level.fields);
  const shadowed = below.shadow ?? (level.shadow === undefined ? undefined : below);
  return shadowed === undefined
    ? policy
    : {
        ...policy,
        // This level's own fields win over a shadow of a level below.
        shadow: mergeFields(`${label} (shadow)`, { ...shadowed.fields, ...level.fields }, level.shadow ?? {}),
      };
}

function mergeFields(label: string, below: PolicyFields, level: Partial<PolicyFields>): EffectivePolicy {
  const fields = { ...below, ...level };
  const { definedBy } = fields.origin;
  return { label, name: definedBy.kind === 'named' ? definedBy.name : DEFAULT_POLICY_NAME, fields };
}

/** The level of `@DisableCors()`: no origin is allowed, and no lookup is called. */
export function disabledLevel(definedBy: DefinedBy, path: string): PolicyLevel {
  const origin = { value: DEFAULT_VALUES.origin, definedBy, path };
  return { fields: { origin, originLookup: { value: undefined, definedBy, path } } };
}

/** The policy of an external path. It inherits nothing from the module. */
export function externalPolicy(label: string, definedBy: DefinedBy, path: string): EffectivePolicy {
  return { ...mergeLevel(label, LIBRARY_POLICY, disabledLevel(definedBy, path)), external: true };
}
