import type { OriginCacheSettings } from '../policy/lookup-options.js';
import type { LookupResult } from '../policy/origin-responder.js';
import { isOutage } from './lookup-call.js';
import type { LookupChanges } from './lookup-changes.js';
import { SegmentedLru } from './segmented-lru.js';

/** Before every time and every moment. */
const NEVER = -1;
/** No call is under way for longer: the largest `lookupTimeout`, in milliseconds. */
const LONGEST_CALL = 60_000;
/** The wall clock gains less than this on the monotonic clock when it is adjusted, in milliseconds. */
const MAX_ADJUSTMENT = 500;

/** The result of a lookup call that allows. Its age counts from the call: the row may go while the call is under way. */
export interface AllowedResult {
  /** The moment of the lookup call; {@link NEVER} when a change of this key alone has expired the result. */
  moment: number;
  readonly calledAt: number;
  readonly freshUntil: number;
  /** The time of the next call in the background; later than now only after a failure. */
  retryAt: number;
  /** The moment of the last failed call. */
  failedAt: number;
}

/** The result of a lookup call that does not allow, or that failed. */
export interface RefusedResult {
  /** The moment of the lookup call. */
  readonly moment: number;
  readonly result: LookupResult;
  readonly receivedAt: number;
}

/** The age of a cached result. `stale` is returned while a call in the background renews it; `stale-if-error` waits for that call. */
export type Freshness = 'fresh' | 'stale' | 'stale-if-error' | 'expired';

/**
 * Cached results by key. Allowed and refused ones have bounds of their own, so that invented origins cannot displace allowed ones.
 * There are no timers: a result goes when a request uses it, or when the bound is reached.
 */
export class CachedResults {
  private readonly allowed: SegmentedLru<AllowedResult>;
  private readonly refused: SegmentedLru<RefusedResult & { readonly until: number }>;
  private readonly clock = new ElapsedTime();

  constructor(
    private readonly settings: OriginCacheSettings,
    private readonly changes: LookupChanges,
  ) {
    this.allowed = new SegmentedLru(settings.maxOrigins);
    this.refused = new SegmentedLru(settings.maxRefusals, 0);
  }

  /** How many results no change has expired. Walks through all of them. */
  get sizes(): { readonly origins: number; readonly refusals: number } {
    const { changes } = this;
    const allowed = [...this.allowed.entries()].filter(([key, { moment }]) => moment > changes.lastOf(key, moment));
    const refused = [...this.refused.entries()].filter(
      ([key, { moment }]) => moment > changes.lastOrGapOf(key, moment),
    );
    return { origins: allowed.length, refusals: refused.length };
  }

  /** The time that ages are counted by. */
  now(): number {
    return this.clock.now();
  }

  /** The allowed result, which counts as used. */
  findAllowed(key: string): AllowedResult | undefined {
    return this.allowed.get(key);
  }

  peekAllowed(key: string): AllowedResult | undefined {
    return this.allowed.peek(key);
  }

  findRefused(key: string): RefusedResult | undefined {
    const refused = this.refused.get(key);
    return refused !== undefined &&
      this.now() < refused.until &&
      refused.moment > this.changes.lastOrGapOf(key, refused.moment)
      ? refused
      : undefined;
  }

  freshnessOf(key: string, { moment, freshUntil, failedAt }: AllowedResult, now: number): Freshness {
    const { changes, settings } = this;
    const isUnchanged = moment > changes.latest;
    if (!isUnchanged && moment <= changes.lastOf(key, moment)) {
      return 'expired';
    }
    const { staleWhileRevalidate, staleIfError } = settings;
    const age = now - freshUntil;
    const isBeforeGap = moment <= changes.lastGap;
    if (!isBeforeGap && age < 0) {
      return 'fresh';
    }
    // The lookup has already failed since the last gap: return the stale result instead of waiting.
    if (failedAt > changes.lastGap) {
      return this.survivesFailure(age) ? 'stale' : 'expired';
    }
    if (!isBeforeGap && age < staleWhileRevalidate) {
      return 'stale';
    }
    return age < Math.max(staleWhileRevalidate, staleIfError) ? 'stale-if-error' : 'expired';
  }

  /** Whether the result is still used after a lookup call that failed (`isFailure`), or that an overload has prevented. */
  outlasts(key: string, allowed: AllowedResult, isFailure: boolean): boolean {
    const age = this.now() - allowed.freshUntil;
    return (
      this.allowed.peek(key) === allowed &&
      allowed.moment > this.changes.lastOf(key, allowed.moment) &&
      // An overload extends nothing.
      (isFailure ? this.survivesFailure(age) : age < this.settings.staleWhileRevalidate)
    );
  }

  private survivesFailure(age: number): boolean {
    const { staleIfError } = this.settings;
    return staleIfError > 0 && age < staleIfError;
  }

  /** @param moment when the lookup was called, by {@link LookupChanges.nextMoment} */
  set(key: string, result: LookupResult, calledAt: number, moment: number): void {
    const now = this.now();
    const { ttl, refusalTtl, jitter, retryInterval } = this.settings;
    if (result === 'allowed') {
      this.refused.delete(key);
      const freshUntil = calledAt + ttl * (1 - jitter * Math.random());
      this.allowed.set(key, { moment, calledAt, freshUntil, retryAt: NEVER, failedAt: NEVER });
    } else if (!isOutage(result)) {
      this.allowed.delete(key);
      const until = now + refusalTtl * (1 - jitter * Math.random());
      this.setRefused(key, { moment, result, receivedAt: now, until });
    } else if (!this.noteFailure(key)) {
      this.setRefused(key, { moment, result, receivedAt: now, until: now + retryInterval });
    }
  }

  /** The key counts as used, although it may be known. */
  private setRefused(key: string, refused: RefusedResult & { readonly until: number }): void {
    this.refused.delete(key);
    this.refused.set(key, refused);
  }

  /** An overload is not a failure of the lookup: an allowed result ends when it would have ended. */
  setOverload(key: string, result: LookupResult, moment: number): void {
    const now = this.now();
    this.noteOverload(key);
    const allowed = this.allowed.peek(key);
    if (allowed === undefined || this.freshnessOf(key, allowed, now) === 'expired') {
      this.setRefused(key, { moment, result, receivedAt: now, until: now + this.settings.retryInterval });
    }
  }

  /** The lookup serves other calls: an earlier failure extends the result no longer, and the next call waits. */
  noteOverload(key: string): void {
    const allowed = this.allowed.peek(key);
    if (allowed !== undefined) {
      allowed.failedAt = NEVER;
      this.postpone(allowed);
    }
  }

  /** @returns `false` when no allowed result outlasts the failure */
  noteFailure(key: string): boolean {
    const allowed = this.allowed.peek(key);
    if (allowed === undefined) {
      return false;
    }
    allowed.failedAt = this.changes.nextMoment();
    this.postpone(allowed);
    return this.freshnessOf(key, allowed, this.now()) !== 'expired';
  }

  /** Spread over up to one and a half times the interval, so that known origins are not all looked up at once. */
  private postpone(allowed: AllowedResult): void {
    allowed.retryAt = this.now() + this.settings.retryInterval * (1 + Math.random() / 2);
  }

  /**
   * A lookup call of this moment has refused: removes the result of an earlier call. A refusal may be too late or too old to be
   * cached, and still takes access away until a later call gives it back.
   */
  revoke(key: string, moment: number): void {
    if ((this.allowed.peek(key)?.moment ?? moment) < moment) {
      this.allowed.delete(key);
    }
  }

  delete(key: string): void {
    this.allowed.delete(key);
    this.refused.delete(key);
  }

  /** A change of this moment concerns the key. The origin stays known, so its calls come first. */
  expire(key: string, moment: number): void {
    const allowed = this.allowed.peek(key);
    if (allowed !== undefined && allowed.moment < moment) {
      allowed.moment = NEVER;
    }
    if ((this.refused.peek(key)?.moment ?? moment) < moment) {
      this.refused.delete(key);
    }
  }
}

/** How long results and calls may be used after they began, in milliseconds. */
export function lifetimeOf({ ttl, refusalTtl, staleWhileRevalidate, staleIfError }: OriginCacheSettings): number {
  return ttl + refusalTtl + Math.max(staleWhileRevalidate, staleIfError) + LONGEST_CALL;
}

/**
 * Milliseconds that also pass while the machine sleeps, when `performance.now()` may stand still. Setting the wall clock forward
 * counts as a sleep, which makes cached results older; setting it back does nothing.
 */
export class ElapsedTime {
  private slept = 0;
  private ahead = Date.now() - performance.now();

  now(): number {
    const time = performance.now();
    const ahead = Date.now() - time;
    const gain = ahead - this.ahead;
    this.ahead = ahead;
    this.slept += gain > MAX_ADJUSTMENT ? gain : 0;
    return time + this.slept;
  }
}
