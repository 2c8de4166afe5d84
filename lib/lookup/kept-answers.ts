import { LRUCache } from 'lru-cache';
import type { OriginCacheSettings } from '../policy/lookup-options.js';
import type { ApplicationAnswer } from '../decision/origin-verdict.js';
import type { LookupChanges } from './lookup-changes.js';
import { ElapsedTime } from './elapsed-time.js';
import { SegmentedLru } from './segmented-lru.js';

/** Before every time that {@link ElapsedTime} tells, and before every moment. */
const NEVER = -1;
/** No call is under way for longer: the largest `lookupTimeout`, in milliseconds. */
const LONGEST_CALL = 60_000;

/**
 * An origin that the lookup has allowed. Times are those of {@link ElapsedTime}, and count from the question: its row may
 * have gone while the answer was on its way.
 */
export interface Grant {
  /** The moment of the lookup call that brought it; before all others when a change has concerned it alone. */
  moment: number;
  readonly askedAt: number;
  readonly freshUntil: number;
  /** When it may be asked about again; later than now only after a failure. */
  retryAt: number;
  /** The moment when it was last asked about in vain. */
  failedAt: number;
}

/** An origin that the lookup has not allowed, or failed for. */
export interface Refusal {
  /** The moment of the lookup call that brought it. */
  readonly moment: number;
  readonly answer: ApplicationAnswer;
  readonly givenAt: number;
}

/** What a grant is worth now. */
export type Standing =
  /** It is the answer. */
  | 'fresh'
  /** It is the answer, and it is time to ask in the background. */
  | 'stale'
  /** The lookup is to be asked, and the grant may be the answer if that is in vain. */
  | 'expired'
  /** It is no answer any more, and tells only that the origin is a known one. */
  | 'over';

/**
 * Grants and refusals by key, with bounds of their own, so that origins that somebody invents cannot displace those that
 * are allowed. There are no timers: entries go when they are met, or when the bound is reached.
 */
export class KeptAnswers {
  private readonly grants: SegmentedLru<Grant>;
  private readonly refusals: LRUCache<string, Refusal & { readonly until: number }>;
  private readonly time = new ElapsedTime();

  constructor(
    private readonly settings: OriginCacheSettings,
    private readonly changes: LookupChanges,
  ) {
    this.grants = new SegmentedLru(settings.maxOrigins);
    this.refusals = new LRUCache({ max: settings.maxRefusals });
  }

  /** Without what changes have concerned since. Walks through all, for who wants to see the figures. */
  get sizes(): { readonly origins: number; readonly refusals: number } {
    const grants = [...this.grants.entries()].filter(([key, { moment }]) => moment > this.changes.lastOf(key, moment));
    const refusals = [...this.refusals.entries()].filter(
      ([key, { moment }]) => moment > this.lastChangeOf(key, moment),
    );
    return { origins: grants.length, refusals: refusals.length };
  }

  /** The time that the ages of results are counted by. */
  now(): number {
    return this.time.now();
  }

  /** When a change, or a gap, last made results about a key too old; `since`: the moment of the call in question. */
  lastChangeOf(key: string, since: number): number {
    return Math.max(this.changes.lastGap, this.changes.lastOf(key, since));
  }

  /** Whether nothing but a gap has made the result of a call at this moment too old. */
  isOnlyStaleByGap(key: string, moment: number): boolean {
    return moment > this.changes.lastOf(key, moment);
  }

  /** The grant; it counts as used. */
  grant(key: string): Grant | undefined {
    return this.grants.get(key);
  }

  /** The grant, for who only wants to see it. */
  peekGrant(key: string): Grant | undefined {
    return this.grants.peek(key);
  }

  refusal(key: string): Refusal | undefined {
    const refusal = this.refusals.get(key);
    return refusal !== undefined &&
      this.time.now() < refusal.until &&
      refusal.moment > this.lastChangeOf(key, refusal.moment)
      ? refusal
      : undefined;
  }

  standingOf(key: string, { moment, freshUntil, failedAt }: Grant, now: number): Standing {
    if (moment <= this.changes.lastOf(key, moment)) {
      return 'over';
    }
    const { staleWhileRevalidate, staleIfError } = this.settings;
    const age = now - freshUntil;
    const isDoubtful = moment <= this.changes.lastGap;
    if (!isDoubtful && age < 0) {
      return 'fresh';
    }
    // The lookup has already failed since the last gap: no request waits for that again.
    if (failedAt > this.changes.lastGap) {
      return this.survivesFailure(age) ? 'stale' : 'over';
    }
    if (!isDoubtful && age < staleWhileRevalidate) {
      return 'stale';
    }
    return age < Math.max(staleWhileRevalidate, staleIfError) ? 'expired' : 'over';
  }

  /** Whether the grant is the answer after all, when a lookup call about it was in vain. */
  outlasts(key: string, grant: Grant, isFailure: boolean): boolean {
    const age = this.time.now() - grant.freshUntil;
    return (
      this.grants.peek(key) === grant &&
      grant.moment > this.changes.lastOf(key, grant.moment) &&
      // What is only too busy extends nothing.
      (isFailure ? this.survivesFailure(age) : age < this.settings.staleWhileRevalidate)
    );
  }

  private survivesFailure(age: number): boolean {
    const { staleIfError } = this.settings;
    return staleIfError > 0 && age < staleIfError;
  }

  /** @param moment when the lookup was called, by {@link LookupChanges.nextMoment} */
  keep(key: string, answer: ApplicationAnswer, askedAt: number, moment: number): void {
    const now = this.time.now();
    const { ttl, refusalTtl, jitter, retryInterval } = this.settings;
    if (answer === 'allowed') {
      this.refusals.delete(key);
      const freshUntil = askedAt + ttl * (1 - jitter * Math.random());
      this.grants.set(key, { moment, askedAt, freshUntil, retryAt: NEVER, failedAt: NEVER });
    } else if (!isOutage(answer)) {
      this.grants.delete(key);
      const until = now + refusalTtl * (1 - jitter * Math.random());
      this.refusals.set(key, { moment, answer, givenAt: now, until });
    } else if (!this.keepFailure(key)) {
      this.refusals.set(key, { moment, answer, givenAt: now, until: now + retryInterval });
    }
  }

  /** The lookup was too busy to answer in time, which is no failure of it: the grant ends when it would have ended. */
  keepOverload(key: string, answer: ApplicationAnswer, moment: number): void {
    const now = this.time.now();
    this.noteOverload(key);
    const grant = this.grants.peek(key);
    if (grant === undefined || this.standingOf(key, grant, now) === 'over') {
      this.refusals.set(key, { moment, answer, givenAt: now, until: now + this.settings.retryInterval });
    }
  }

  /**
   * The lookup serves others, and was too busy for this key: a failure from before extends the grant no longer. The lookup is
   * left alone about it for a while.
   */
  noteOverload(key: string): void {
    const grant = this.grants.peek(key);
    if (grant !== undefined) {
      grant.failedAt = NEVER;
      this.postpone(grant);
    }
  }

  /** Spread over half as long again, so that known origins do not come back all at once. */
  private postpone(grant: Grant): void {
    grant.retryAt = this.time.now() + this.settings.retryInterval * (1 + Math.random() / 2);
  }

  /** A known origin was asked about in vain; `false` when the failure is the answer now, and is to be kept as one. */
  keepFailure(key: string): boolean {
    const grant = this.grants.peek(key);
    if (grant === undefined) {
      return false;
    }
    grant.failedAt = this.changes.nextMoment();
    this.postpone(grant);
    return this.standingOf(key, grant, this.time.now()) !== 'over';
  }

  /**
   * Takes access away that an older lookup call gave. What makes a result too old to be cached (a change, a gap, the deadline)
   * makes it no weaker as evidence against access: only a later lookup call can give it back.
   */
  disprove(key: string, moment: number): void {
    const grant = this.grants.peek(key);
    if (grant !== undefined && grant.moment < moment) {
      this.grants.delete(key);
    }
  }

  drop(key: string): void {
    this.grants.delete(key);
    this.refusals.delete(key);
  }

  /**
   * A change of `moment` concerns the key. Unlike a refusal it leaves the origin a known one, whose calls come first.
   */
  outdate(key: string, moment: number): void {
    const grant = this.grants.peek(key);
    if (grant !== undefined && grant.moment < moment) {
      grant.moment = NEVER;
    }
    const refusal = this.refusals.peek(key);
    if (refusal !== undefined && refusal.moment < moment) {
      this.refusals.delete(key);
    }
  }
}

/** How long after it began a call, or its result, may matter, in milliseconds. */
export function lifetimeOf({ ttl, refusalTtl, staleWhileRevalidate, staleIfError }: OriginCacheSettings): number {
  return ttl + refusalTtl + Math.max(staleWhileRevalidate, staleIfError) + LONGEST_CALL;
}

/** The lookup gave no answer, as opposed to a refusal. That it was not asked is no failure of it. */
export function isOutage(answer: ApplicationAnswer): boolean {
  return answer === 'failed' || answer === 'timed-out';
}

/** The lookup has said that the origin has no access. */
export function isEvidenceAgainst(answer: ApplicationAnswer): boolean {
  return answer === 'refused' || answer === 'not-boolean';
}
