import type { CorsReason } from './reasons.js';
import { CORS_REASONS } from './reasons.js';
import { isNonstandardOrigin } from '../origin/nonstandard-origin.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { LookupResult } from '../policy/origin-responder.js';
import type { MaybePromise } from '../support/maybe-promise.js';

/**
 * Calls the lookup of a policy, or the function in its `origin`. It is synchronous where these are. It never throws and never
 * rejects.
 */
export type AskApplication = (
  field: keyof CompiledPolicy['responders'],
  policy: CompiledPolicy,
  origin: string,
) => MaybePromise<LookupResult>;

/** The reason to allow or to refuse an origin. The `granted` of {@link CORS_REASONS} says which. */
export type OriginVerdict = CorsReason;

/**
 * Evaluates the origin under the policy. The static part of the policy comes first. It needs no I/O, so it also works while a
 * lookup is out of order. Application code only gets serialized origins, and nonstandard ones if the policy allows them. It never
 * gets `null`, lists, control characters or huge values.
 */
export function originVerdict(
  policy: CompiledPolicy,
  origin: string,
  ask: AskApplication,
): OriginVerdict | Promise<OriginVerdict> {
  switch (policy.origin.kind) {
    case 'any':
      return 'any-origin';
    case 'ambiguous':
      return 'path-ambiguous';
    case 'none':
      return askLookup(policy, origin, policy.origin.isEmptyList ? 'origin-list-empty' : 'cors-disabled', ask);
    case 'list':
      return policy.origin.matcher.allows(origin)
        ? 'origin-listed'
        : askLookup(policy, origin, 'origin-not-listed', ask);
    case 'predicate': {
      if (!mayAskAbout(policy, origin)) {
        return unserialized(origin);
      }
      const result = ask('origin', policy, origin);
      const verdictOf = (given: LookupResult) => {
        const verdict = VERDICTS_OF_FUNCTIONS[given];
        return CORS_REASONS[verdict].granted ? verdict : askLookup(policy, origin, verdict, ask);
      };
      return typeof result === 'string' ? verdictOf(result) : result.then(verdictOf);
    }
  }
}

/** Whether application code may get this value of an `Origin` header. */
function mayAskAbout({ asksNonstandard }: CompiledPolicy, origin: string): boolean {
  return parseSerializedOrigin(origin) !== undefined || (asksNonstandard === true && isNonstandardOrigin(origin));
}

/** @param otherwise the verdict where the policy has no lookup */
function askLookup(
  policy: CompiledPolicy,
  origin: string,
  otherwise: OriginVerdict,
  ask: AskApplication,
): OriginVerdict | Promise<OriginVerdict> {
  if (!mayAskAbout(policy, origin)) {
    return unserialized(origin);
  }
  if (policy.lookup === undefined) {
    return otherwise;
  }
  const result = ask('lookup', policy, origin);
  return typeof result === 'string' ? VERDICTS_OF_LOOKUPS[result] : result.then((given) => VERDICTS_OF_LOOKUPS[given]);
}

function unserialized(origin: string): OriginVerdict {
  return origin === 'null' ? 'origin-null' : 'origin-malformed';
}

const FAILURES = {
  failed: 'lookup-failed',
  'timed-out': 'lookup-timed-out',
  'not-boolean': 'lookup-not-boolean',
  'not-asked': 'lookup-not-asked',
  'tenant-failed': 'tenant-failed',
} as const;

const VERDICTS_OF_LOOKUPS: Readonly<Record<LookupResult, OriginVerdict>> = {
  allowed: 'origin-lookup',
  refused: 'lookup-refused',
  ...FAILURES,
};

const VERDICTS_OF_FUNCTIONS: Readonly<Record<LookupResult, OriginVerdict>> = {
  allowed: 'origin-function',
  refused: 'origin-function-refused',
  ...FAILURES,
};
