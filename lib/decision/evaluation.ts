import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { type ActualDecision, decideActual } from './actual-response.js';
import { type AskApplication, judgeOrigin } from './origin-verdict.js';
import { type PreflightDecision, decidePreflight } from './preflight-response.js';
import type { PreflightFacts } from '../fetch/request-facts.js';

/** Something that costs a promise only when it takes I/O. */
export type MaybePromise<T> = T | Promise<T>;

/** Judges an actual request under a policy. */
export function evaluateActual(
  policy: CompiledPolicy,
  method: string,
  origin: string | undefined,
  ask: AskApplication,
): MaybePromise<ActualDecision> {
  if (origin === undefined) {
    return decideActual(policy, method, undefined, 'no-origin');
  }
  const verdict = judgeOrigin(policy, origin, ask);
  return typeof verdict === 'string'
    ? decideActual(policy, method, origin, verdict)
    : verdict.then((given) => decideActual(policy, method, origin, given));
}

/** Judges a well-formed preflight under a policy. */
export function evaluatePreflight(
  policy: CompiledPolicy,
  facts: PreflightFacts,
  ask: AskApplication,
): MaybePromise<PreflightDecision> {
  const verdict = judgeOrigin(policy, facts.origin, ask);
  return typeof verdict === 'string'
    ? decidePreflight(policy, facts, verdict)
    : verdict.then((given) => decidePreflight(policy, facts, given));
}

/** What `conclude` makes of all the values; a promise of it only if one of them is one. */
export function whenAll<T, Result>(
  values: readonly MaybePromise<T>[],
  conclude: (settled: readonly T[]) => Result,
): MaybePromise<Result> {
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values).then(conclude)
    : conclude(values as readonly T[]);
}
