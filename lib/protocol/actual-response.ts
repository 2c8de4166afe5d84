import { type CorsReason, isGrant } from './reasons.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { OriginVerdict } from './origin-verdict.js';

/** What an actual (that is, not a preflight) request's response says about CORS. */
export interface ActualDecision {
  readonly kind: 'actual';
  readonly policy: CompiledPolicy;
  /** Whether the policy refuses the request; without an `Origin` header there is nothing to refuse. */
  readonly refused: boolean;
  readonly reason: CorsReason;
  /** Value of `Access-Control-Allow-Origin`; `undefined`: header omitted. */
  readonly allowOrigin: string | undefined;
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
  // A constant '*' goes out whatever the request says, so that shared caches may keep one copy for everyone.
  const anyOrigin = policy.origin.kind === 'any' && methodAllowed ? '*' : undefined;
  if (origin === undefined) {
    return { kind: 'actual', policy, refused: false, reason: 'no-origin', allowOrigin: anyOrigin };
  }
  if (!isGrant(verdict)) {
    return { kind: 'actual', policy, refused: true, reason: verdict, allowOrigin: anyOrigin };
  }
  if (!methodAllowed) {
    return { kind: 'actual', policy, refused: true, reason: 'method-not-allowed', allowOrigin: undefined };
  }
  return { kind: 'actual', policy, refused: false, reason: verdict, allowOrigin: anyOrigin ?? origin };
}

/** Whether `methods` lets this method pass; a HEAD is as readable as the GET that it abbreviates. */
export function isMethodAllowed(policy: CompiledPolicy, method: string): boolean {
  return policy.methods === undefined || policy.methods.has(method) || (method === 'HEAD' && policy.methods.has('GET'));
}
