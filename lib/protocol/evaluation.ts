import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { type ActualDecision, decideActual } from './actual-response.js';
import { type AskApplication, judgeOrigin } from './origin-verdict.js';
import { type PreflightDecision, combinePreflights, decidePreflight } from './preflight-response.js';
import type { PreflightFacts } from './request-facts.js';

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

/** Judges a well-formed preflight under every policy that its actual request may meet. */
export function evaluatePreflight(
  policies: readonly [CompiledPolicy, ...CompiledPolicy[]],
  facts: PreflightFacts,
  ask: AskApplication,
): MaybePromise<PreflightDecision> {
  const [first, ...others] = policies;
  if (others.length === 0) {
    return evaluateOne(first, facts, ask);
  }
  const decisions = policies.map((policy) => evaluateOne(policy, facts, ask));
  return Promise.all(decisions).then(([head, ...tail]) => combinePreflights([head as PreflightDecision, ...tail]));
}

function evaluateOne(
  policy: CompiledPolicy,
  facts: PreflightFacts,
  ask: AskApplication,
): MaybePromise<PreflightDecision> {
  const verdict = judgeOrigin(policy, facts.origin, ask);
  return typeof verdict === 'string'
    ? decidePreflight(policy, facts, verdict)
    : verdict.then((given) => decidePreflight(policy, facts, given));
}
