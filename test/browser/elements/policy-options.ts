import type { CorsPolicyDefinition, OriginLookup } from '../../../lib/index.js';
import type { PolicyData } from '../documented/index.js';

/** A policy as the library's options; `provider` is what answers for the origins of its `lookup`. */
export function optionsOf(policy: PolicyData, provider: new () => OriginLookup): CorsPolicyDefinition {
  const { disabled, lookup, origin, ...fields } = policy;
  return {
    ...fields,
    ...(disabled === true && { origin: false }),
    ...(origin !== undefined && { origin: originOption(origin) }),
    ...(lookup !== undefined && { originLookup: provider }),
  };
}

function originOption(origin: NonNullable<PolicyData['origin']>): NonNullable<CorsPolicyDefinition['origin']> {
  if (typeof origin === 'object' && 'function' in origin) {
    const allowed = origin.function;
    return (asked) => allowed.includes(asked);
  }
  return origin;
}
