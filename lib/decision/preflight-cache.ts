import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { PolicyFieldName } from '../policy/effective-policy.js';
import { asksApplication, preflightDifference } from '../policy/preflight-difference.js';
import { isMethodAllowed } from './actual-decision.js';
import { isSafelistedMethod } from '../fetch/safelist.js';

/** One method of a URL, with the policy of its preflights. */
export interface CachedMethod {
  readonly method: string;
  readonly policy: CompiledPolicy;
  /** The tenant of its lookup calls; never throws. An exception equals no other tenant. */
  tenant(): unknown;
}

/** Why browsers must not cache a preflight: another method of the URL, which its own preflight may refuse. */
export interface PreflightObstacle {
  readonly method: string;
  /** The field that makes the difference. */
  readonly field: PolicyFieldName | 'paths';
  /** Label of the other method's policy. */
  readonly policy: string;
}

/** How long browsers may cache a preflight. */
export interface PreflightLifetime {
  /** Value of `Access-Control-Max-Age`; `undefined`: header omitted. */
  readonly maxAge: string | undefined;
  /** The reason for `0`; `undefined` where the policies of the URL's methods agree. */
  readonly obstacle: PreflightObstacle | undefined;
}

/**
 * How long browsers may cache a granted preflight. They cache header names and the permission for credentials per URL, not per
 * method. They need no permission for GET, HEAD and POST. So a grant for one method lets requests with another method through
 * without a preflight, and all methods of the URL have to agree.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-cache
 */
export function preflightLifetime(granted: CachedMethod, all: readonly CachedMethod[]): PreflightLifetime {
  for (const other of all) {
    const isAllowed = isMethodAllowed(other.policy, other.method);
    // Browsers send a preflight for any other method than these, and it is refused.
    if (!isAllowed && !isSafelistedMethod(other.method)) {
      continue;
    }
    const field = isAllowed ? differenceOf(granted, other) : 'methods';
    if (field !== undefined) {
      return { maxAge: '0', obstacle: { method: other.method, field, policy: other.policy.label } };
    }
  }
  return { maxAge: granted.policy.maxAge, obstacle: undefined };
}

function differenceOf(granted: CachedMethod, other: CachedMethod): PreflightObstacle['field'] | undefined {
  if (granted.policy.external !== other.policy.external) {
    return 'paths';
  }
  const field = preflightDifference(granted.policy, other.policy);
  if (field !== undefined || !asksApplication(granted.policy)) {
    return field;
  }
  return granted.tenant() === other.tenant() ? undefined : 'tenant';
}
