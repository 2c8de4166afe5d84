import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { MaybePromise } from '../support/maybe-promise.js';
import { type AskApplication, type OriginVerdict, originVerdict } from './origin-verdict.js';
import { CORS_REASONS, type CorsReason } from './reasons.js';

/** What the response to an actual request, which is every request but a preflight, says about CORS. */
export interface ActualDecision {
  readonly kind: 'actual';
  readonly policy: CompiledPolicy;
  /** Whether the policy refuses the request; without an `Origin` header there is nothing to refuse. */
  readonly refused: boolean;
  readonly reason: CorsReason;
  /** Value of `Access-Control-Allow-Origin`; `undefined`: header omitted. */
  readonly allowOrigin: string | undefined;
  /** Whether `Access-Control-Allow-Credentials` is sent. */
  readonly allowCredentials: boolean;
}

/** Evaluates an actual request under a policy. */
export function evaluateActual(
  policy: CompiledPolicy,
  method: string,
  origin: string | undefined,
  ask: AskApplication,
): MaybePromise<ActualDecision> {
  if (origin === undefined) {
    return decideActual(policy, method, undefined, 'no-origin');
  }
  const verdict = originVerdict(policy, origin, ask);
  return typeof verdict === 'string'
    ? decideActual(policy, method, origin, verdict)
    : verdict.then((given) => decideActual(policy, method, origin, given));
}

/**
 * Decides what the response to an actual request says.
 * @param origin value of the `Origin` header, `undefined` without one
 * @param verdict what the policy says of that origin
 * @see https://fetch.spec.whatwg.org/#http-responses
 */
export function decideActual(
  policy: CompiledPolicy,
  method: string,
  origin: string | undefined,
  verdict: OriginVerdict,
): ActualDecision {
  const methodAllowed = isMethodAllowed(policy, method);
  // '*' is sent whatever the request contains, so that shared caches may store one copy for every origin.
  const anyOrigin = policy.origin.kind === 'any' && methodAllowed ? '*' : undefined;
  if (origin === undefined) {
    return { ...refusal(policy, 'no-origin'), refused: false, allowOrigin: anyOrigin };
  }
  if (!CORS_REASONS[verdict].granted) {
    return { ...refusal(policy, verdict), allowOrigin: anyOrigin };
  }
  if (!methodAllowed) {
    return refusal(policy, 'method-not-allowed');
  }
  const { credentials: allowCredentials } = policy;
  return {
    kind: 'actual',
    policy,
    refused: false,
    reason: verdict,
    allowOrigin: anyOrigin ?? origin,
    allowCredentials,
  };
}

/** The decision that grants nothing. */
export function refusal(policy: CompiledPolicy, reason: CorsReason): ActualDecision {
  return { kind: 'actual', policy, refused: true, reason, allowOrigin: undefined, allowCredentials: false };
}

/**
 * The decision about a response that either of two policies may govern: what both allow. The refusal that is enforced with a 403
 * comes first.
 */
export function combineActual(first: ActualDecision, second: ActualDecision): ActualDecision {
  const decisions = [first, second];
  const decisive =
    decisions.find(({ refused, policy }) => refused && policy.rejectDisallowed) ??
    decisions.find(({ refused }) => refused) ??
    (first.allowOrigin === '*' ? second : first);
  return {
    ...decisive,
    allowOrigin: decisions.every(({ allowOrigin }) => allowOrigin !== undefined) ? decisive.allowOrigin : undefined,
    allowCredentials: first.allowCredentials && second.allowCredentials,
  };
}

/** Whether `methods` allows the method. A HEAD is as readable as a GET. */
export function isMethodAllowed(policy: CompiledPolicy, method: string): boolean {
  return policy.methods === undefined || policy.methods.has(method) || (method === 'HEAD' && policy.methods.has('GET'));
}
