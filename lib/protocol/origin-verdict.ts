import type { OriginLookup, OriginPredicate } from '../interfaces/index.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';

/** Puts a question to application code. Answers synchronously where that code does; never throws, never rejects. */
export type AskApplication = (
  source: OriginLookup | OriginPredicate,
  policy: CompiledPolicy,
  origin: string,
) => boolean | Promise<boolean>;

/**
 * Whether the policy allows the origin. The static part of the policy answers first and needs no I/O, so it goes on
 * answering while a lookup is out of order. Application code is asked about serialized origins only: nothing that a
 * browser would not send as a tuple origin (`null`, lists, control characters, 64 KiB of anything) gets there.
 */
export function isOriginAllowed(
  policy: CompiledPolicy,
  origin: string,
  ask: AskApplication,
): boolean | Promise<boolean> {
  switch (policy.origin.kind) {
    case 'any':
      return isOriginHeader(origin);
    case 'none':
      return askLookup(policy, origin, ask);
    case 'list':
      return policy.origin.matcher.allows(origin) || askLookup(policy, origin, ask);
    case 'predicate': {
      if (parseSerializedOrigin(origin) === undefined) {
        return false;
      }
      const answer = ask(policy.origin.predicate, policy, origin);
      return typeof answer === 'boolean'
        ? answer || askLookup(policy, origin, ask)
        : answer.then((allowed) => allowed || askLookup(policy, origin, ask));
    }
  }
}

/** Whether the value is what a browser sends as `Origin`: one serialized origin, the opaque `null` included. */
export function isOriginHeader(value: string): boolean {
  return value === 'null' || parseSerializedOrigin(value) !== undefined;
}

function askLookup(policy: CompiledPolicy, origin: string, ask: AskApplication): boolean | Promise<boolean> {
  return policy.lookup !== undefined && parseSerializedOrigin(origin) !== undefined
    ? ask(policy.lookup, policy, origin)
    : false;
}
