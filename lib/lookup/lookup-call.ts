import type { OriginLookup, OriginLookupContext, OriginPredicate } from '../options/index.js';
import type { ReportLookupFailure } from '../logging/lookup-failure.js';
import { failedAtCallback, hasSecondParameter } from '../policy/callback-form.js';
import type { LookupResult } from '../policy/origin-responder.js';
import type { MaybePromise } from '../support/maybe-promise.js';
import { isThenable } from '../support/thenable.js';
import { Deadline, type OpenDeadlines } from './deadline.js';

/** The application code to call, and the deadline of a call. */
export interface LookupTarget {
  readonly provider: OriginLookup | OriginPredicate;
  /** The name in log lines. */
  readonly subject: string;
  /** The `policy` of the {@link OriginLookupContext}. */
  readonly policy: string;
  /** In milliseconds. */
  readonly timeout: number;
  readonly report: ReportLookupFailure;
  readonly open: OpenDeadlines;
}

/** Counts since the application started. */
export interface LookupCacheCounts {
  /** Fresh cached results that were used. */
  hits: number;
  /** Cached results that were used beyond their `ttl`. */
  stale: number;
  /** Calls of the lookup. */
  calls: number;
  /** Calls that failed: exceptions, rejections, missed deadlines. */
  failures: number;
  /** Calls that were not made: `missesPerSecond` was used up, or the lookup was too busy for as long as a request waits. */
  notAsked: number;
}

const EXPIRED = Symbol('expired');

/**
 * Calls a lookup or an origin function. Never throws and never rejects.
 *
 * Fails closed: only `true` allows. An exception, a rejection, a missed deadline and any other value refuse and are reported.
 *
 * @param onSettled called when the application's promise has settled, with its result where that comes after the deadline
 */
export function callLookup(
  target: LookupTarget,
  origin: string,
  tenant: string | undefined,
  onSettled?: (late: LookupResult | undefined) => void,
): MaybePromise<LookupResult> {
  const { provider, subject, policy, timeout, report, open } = target;
  const deadline = new Deadline(timeout);
  const context: OriginLookupContext = {
    tenant,
    policy,
    get signal() {
      return deadline.signal;
    },
  };
  const fail = (error: unknown): LookupResult => {
    const mayTakeCallback = failedAtCallback(functionOf(provider), error);
    report(subject, { kind: 'threw', error, ...(mayTakeCallback ? { mayTakeCallback } : {}) }, origin);
    return 'failed';
  };
  try {
    const value: unknown =
      typeof provider === 'function' ? provider(origin, context) : provider.isOriginAllowed(origin, context);
    if (!isThenable(value)) {
      return reportedResult(value, target, origin);
    }
    open.add(deadline);
    const pending = Promise.resolve(value);
    let isLate = false;
    if (onSettled !== undefined) {
      pending.then(
        (late) => onSettled(isLate ? resultOf(late) : undefined),
        () => onSettled(undefined),
      );
    }
    const onExpiry = (): typeof EXPIRED => {
      isLate = true;
      return EXPIRED;
    };
    return deadline
      .race<unknown>(pending, onExpiry)
      .finally(() => open.delete(deadline))
      .then((settled) => reportedResult(settled, target, origin))
      .catch(fail);
  } catch (error) {
    return fail(error);
  }
}

/** Whether the lookup call failed. A refusal, or a call that was not made, is not a failure. */
export function isOutage(result: LookupResult): boolean {
  return result === 'failed' || result === 'timed-out';
}

/** Whether the lookup has refused the origin. */
export function isRefusal(result: LookupResult): boolean {
  return result === 'refused' || result === 'not-boolean';
}

function reportedResult(value: unknown, target: LookupTarget, origin: string): LookupResult {
  const { provider, subject, timeout, report, open } = target;
  if (value === EXPIRED) {
    if (!open.areClosed) {
      report(subject, { kind: 'timed-out', timeout }, origin);
    }
    return 'timed-out';
  }
  const result = resultOf(value);
  if (result === 'not-boolean') {
    const mayTakeCallback = value === undefined && hasSecondParameter(functionOf(provider));
    report(subject, { kind: 'not-boolean', answer: value, ...(mayTakeCallback ? { mayTakeCallback } : {}) }, origin);
  }
  return result;
}

function resultOf(value: unknown): 'allowed' | 'refused' | 'not-boolean' {
  if (typeof value !== 'boolean') {
    return 'not-boolean';
  }
  return value ? 'allowed' : 'refused';
}

function functionOf(provider: LookupTarget['provider']): unknown {
  return typeof provider === 'function' ? provider : provider.isOriginAllowed;
}
