import { type PreflightFacts, parseHeaderNames } from '../fetch/preflight-request.js';
import { isForbiddenMethod, isKnownSendable, isMethod, misspelledMethod } from '../fetch/methods.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { isSteeringHeader } from '../policy/steering-headers.js';
import type { MaybePromise } from '../support/maybe-promise.js';
import { isMethodAllowed } from './actual-decision.js';
import { type AskApplication, type OriginVerdict, originVerdict } from './origin-verdict.js';
import { CORS_REASONS, type CorsReason } from './reasons.js';

/** The answer to a preflight. */
export type PreflightDecision = GrantedPreflight | RefusedPreflight;

/** A granted preflight, as the values of its headers; `undefined`: header omitted. */
export interface GrantedPreflight {
  readonly kind: 'granted';
  readonly policy: CompiledPolicy;
  readonly reason: CorsReason;
  readonly allowOrigin: string;
  readonly allowCredentials: boolean;
  readonly allowMethod: string;
  readonly allowHeaders: string | undefined;
  readonly maxAge: string | undefined;
}

/** A refused preflight: no `Access-Control-*` header at all. */
export interface RefusedPreflight {
  readonly kind: 'refused';
  /** `undefined` when it was refused before a policy was found. */
  readonly policy: CompiledPolicy | undefined;
  readonly reason: CorsReason;
  /** The first header that it was refused for: in lower case, shortened where a client made it very long. */
  readonly header?: string;
  /** Every header that it was refused for, each once and shortened likewise; of more than eight the first nine. */
  readonly headers?: readonly string[];
}

/** The most names of refused headers. It is one more than messages show, so that they can mention others. */
const MAX_TOLD_HEADERS = 9;
/** The longest name of a refused header. Names in IANA's registry have up to 36 letters. */
const MAX_TOLD_LENGTH = 64;

/**
 * Finds what is wrong with a preflight under any policy. It needs no I/O, so a malformed preflight causes no lookup call. The
 * origin is left to the policy, as for the actual request. Methods that the Fetch standard forbids are tokens, too; no browser
 * requests them and no route has them.
 */
export function findMalformation(facts: PreflightFacts): CorsReason | undefined {
  const { requestMethod: method } = facts;
  // A '*' is a token, too. If it was granted, it would cover every method.
  if (!isKnownSendable(method) && (method === '*' || !isMethod(method) || isForbiddenMethod(method))) {
    return 'method-malformed';
  }
  if (facts.requestHeaders !== undefined && parseHeaderNames(facts.requestHeaders) === undefined) {
    return 'headers-malformed';
  }
  return undefined;
}

/** Evaluates a well-formed preflight under a policy. */
export function evaluatePreflight(
  policy: CompiledPolicy,
  facts: PreflightFacts,
  ask: AskApplication,
): MaybePromise<PreflightDecision> {
  const verdict = originVerdict(policy, facts.origin, ask);
  return typeof verdict === 'string'
    ? decidePreflight(policy, facts, verdict)
    : verdict.then((given) => decidePreflight(policy, facts, given));
}

/**
 * Decides a well-formed preflight under one policy, in the order of the standard's checks: origin, method, headers.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export function decidePreflight(
  policy: CompiledPolicy,
  facts: PreflightFacts,
  verdict: OriginVerdict,
): PreflightDecision {
  if (!CORS_REASONS[verdict].granted) {
    return { kind: 'refused', policy, reason: verdict };
  }
  if (!isMethodAllowed(policy, facts.requestMethod)) {
    return { kind: 'refused', policy, reason: methodRefusal(facts.requestMethod, 'method-not-allowed') };
  }
  const names = facts.requestHeaders === undefined ? [] : (parseHeaderNames(facts.requestHeaders) ?? []);
  const first = names.find((name) => !isHeaderAllowed(policy, name));
  if (first !== undefined) {
    const reason = allowsAnyHeader(policy) ? 'header-steers-routing' : 'header-not-allowed';
    const refused = new Set(names.filter((name) => !isHeaderAllowed(policy, name)));
    const headers = [...refused].slice(0, MAX_TOLD_HEADERS).map(told);
    return { kind: 'refused', policy, reason, header: told(first), headers };
  }
  return {
    kind: 'granted',
    policy,
    reason: verdict,
    allowOrigin: policy.origin.kind === 'any' ? '*' : facts.origin,
    allowCredentials: policy.credentials,
    // Only the requested method: a list would let the browser's preflight cache carry this route's grant to
    // another method of the same URL, which may have a stricter policy.
    allowMethod: facts.requestMethod,
    // The requested names, never a '*': that one does not cover Authorization, nor credentialed requests.
    allowHeaders: names.length === 0 ? undefined : names.join(','),
    maxAge: policy.maxAge,
  };
}

/** The reason to refuse a method. Its letter case is the reason if HTTP has the method in another case. */
export function methodRefusal(
  method: string,
  otherwise: 'method-not-allowed' | 'method-not-routed',
): 'method-case' | typeof otherwise {
  return misspelledMethod(method) === undefined ? otherwise : 'method-case';
}

/**
 * Under a star, headers that steer routing have to be named, because they could lead a request to a route that the preflight did
 * not name.
 */
function isHeaderAllowed(policy: CompiledPolicy, name: string): boolean {
  const { allowedHeaders } = policy;
  const isNamed = allowedHeaders !== 'any' && allowedHeaders.has(name);
  return isNamed || (allowsAnyHeader(policy) && !isSteeringHeader(name));
}

function allowsAnyHeader({ allowedHeaders }: CompiledPolicy): boolean {
  return allowedHeaders === 'any' || allowedHeaders.has('*');
}

function told(name: string): string {
  return name.length > MAX_TOLD_LENGTH ? `${name.slice(0, MAX_TOLD_LENGTH)}…` : name;
}

/**
 * One answer to a preflight whose actual request may reach any of several routes, because a preflight has no version in its
 * headers. One grant is enough. A grant with credentials comes first, because without it no request with credentials could be made.
 */
export function combinePreflights(decisions: readonly PreflightDecision[]): PreflightDecision {
  const grants = decisions.filter((decision) => decision.kind === 'granted');
  return (
    grants.find((grant) => grant.allowCredentials) ??
    grants[0] ??
    decisions[0] ?? { kind: 'refused', policy: undefined, reason: 'internal-error' }
  );
}

/**
 * One answer to a preflight whose actual request may be answered by either of two destinations, which only that request will show.
 * Both have to grant it.
 */
export function combineAlternatives(first: PreflightDecision, second: PreflightDecision): PreflightDecision {
  if (first.kind === 'refused' || second.kind === 'refused') {
    return first.kind === 'refused' ? first : second;
  }
  const allowOrigin = first.allowOrigin === '*' ? second.allowOrigin : first.allowOrigin;
  return { ...first, allowOrigin, allowCredentials: first.allowCredentials && second.allowCredentials };
}
