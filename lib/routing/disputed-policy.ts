import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { preflightDifference } from '../policy/preflight-difference.js';

/** Grants nothing: the policy of a path whose readings have different policies. */
const DISPUTED: CompiledPolicy = {
  label: 'a path that can be read in two ways',
  name: 'default',
  origin: { kind: 'disputed' },
  lookup: undefined,
  responders: {},
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

/**
 * The policy of what these policies dispute. Where all of them grant the same, it is one of them, and rejects when one of
 * them does; otherwise it grants nothing, and rejects likewise.
 */
export function disputedPolicy(policies: Iterable<CompiledPolicy>): CompiledPolicy {
  const [first, ...others] = policies;
  const rejecting = [first, ...others].find((policy) => policy?.rejectDisallowed);
  if (first !== undefined && others.every((other) => grantsTheSame(first, other))) {
    return rejecting ?? first;
  }
  return rejecting === undefined ? DISPUTED : DISPUTED_REJECTING;
}

function grantsTheSame(first: CompiledPolicy, second: CompiledPolicy): boolean {
  return (
    preflightDifference(first, second) === undefined &&
    first.external === second.external &&
    first.tenant === second.tenant &&
    isSameSet(first.methods, second.methods) &&
    first.exposedHeaders.kind === second.exposedHeaders.kind &&
    valueOf(first) === valueOf(second)
  );
}

function valueOf({ exposedHeaders }: CompiledPolicy): string | undefined {
  return exposedHeaders.kind === 'constant' ? exposedHeaders.value : undefined;
}

function isSameSet(first: ReadonlySet<string> | undefined, second: ReadonlySet<string> | undefined): boolean {
  if (first === undefined || second === undefined) {
    return first === second;
  }
  return first.size === second.size && [...first].every((method) => second.has(method));
}

/** The one policy of the list, or the policy that stands for a dispute between them. */
export function onePolicyOf(policies: readonly [CompiledPolicy, ...CompiledPolicy[]]): CompiledPolicy {
  return policies.every((policy) => policy === policies[0]) ? policies[0] : disputedPolicy(policies);
}
