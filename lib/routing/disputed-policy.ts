import type { CompiledPolicy } from '../policy/compiled-policy.js';

/** Grants nothing: the policy of a path whose readings have different policies. */
const DISPUTED: CompiledPolicy = {
  label: 'a path that can be read in two ways',
  name: 'default',
  origin: { kind: 'disputed' },
  lookup: undefined,
  methods: undefined,
  allowedHeaders: new Set(),
  exposedHeaders: { kind: 'none' },
  credentials: false,
  maxAge: undefined,
  optionsSuccessStatus: 204,
  rejectDisallowed: false,
  external: false,
  tenant: undefined,
  shadow: undefined,
  dependsOnOrigin: true,
};

/** Rejects: a detour in the path is no way around the `rejectDisallowed` of one of the policies. */
const DISPUTED_REJECTING: CompiledPolicy = { ...DISPUTED, rejectDisallowed: true };

/** The policy of what these policies dispute: it grants nothing, and rejects when one of them does. */
export function disputedPolicy(policies: Iterable<CompiledPolicy>): CompiledPolicy {
  return [...policies].some(({ rejectDisallowed }) => rejectDisallowed) ? DISPUTED_REJECTING : DISPUTED;
}

/** The one policy of the list, or the policy that stands for a dispute between them. */
export function onePolicyOf(policies: readonly [CompiledPolicy, ...CompiledPolicy[]]): CompiledPolicy {
  return policies.every((policy) => policy === policies[0]) ? policies[0] : disputedPolicy(policies);
}
