import { isDeepStrictEqual } from 'node:util';
import { type CompiledPolicy, compilePolicy } from '../policy/compiled-policy.js';
import { LIBRARY_POLICY } from '../policy/merge.js';
import { preflightDifference } from '../policy/preflight-difference.js';

/** The policy of a path whose readings have different policies. It allows nothing. */
const AMBIGUOUS: CompiledPolicy = {
  ...compilePolicy(LIBRARY_POLICY, withoutLookup, withoutLookup),
  label: 'a path that can be read in two ways',
  origin: { kind: 'ambiguous' },
  allowedHeaders: new Set(),
  dependsOnOrigin: true,
};

/** Rejects, so that another spelling of a path cannot avoid the `rejectDisallowed` of one of its policies. */
const AMBIGUOUS_REJECTING: CompiledPolicy = { ...AMBIGUOUS, rejectDisallowed: true };

/**
 * The policy of a request that any of these policies may govern. If all of them allow the same, it is one of them. Otherwise it
 * allows nothing. It rejects if one of them rejects.
 */
export function commonPolicy(policies: Iterable<CompiledPolicy>): CompiledPolicy {
  const [first, ...others] = policies;
  const rejecting = [first, ...others].find((policy) => policy?.rejectDisallowed);
  if (first !== undefined && others.every((other) => grantsTheSame(first, other))) {
    return rejecting ?? first;
  }
  return rejecting === undefined ? AMBIGUOUS : AMBIGUOUS_REJECTING;
}

function grantsTheSame(first: CompiledPolicy, second: CompiledPolicy): boolean {
  return (
    first === second ||
    (preflightDifference(first, second) === undefined &&
      first.external === second.external &&
      first.tenant === second.tenant &&
      isDeepStrictEqual(first.methods, second.methods) &&
      isDeepStrictEqual(first.exposedHeaders, second.exposedHeaders))
  );
}

/** The library's own policy has neither a lookup nor an origin function. */
function withoutLookup(): never {
  throw new Error('The policy has a lookup');
}
