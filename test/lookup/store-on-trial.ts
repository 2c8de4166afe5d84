import { expect } from '@jest/globals';
import type { OriginChange } from '../../lib/options/index.js';
import type { OriginCacheSettings } from '../../lib/policy/lookup-options.js';
import type { LookupResult } from '../../lib/policy/origin-responder.js';

/** How a store is: what it says, and how long that takes in milliseconds. */
export interface StoreState {
  readonly says: 'yes' | 'no' | 'junk' | 'reject' | 'throw' | 'sync-yes' | 'sync-no';
  readonly delay: number;
}

/** A question put to what stands before the store. `at` puts all that happens in order, within one moment too. */
export interface AskedOfStore {
  readonly origin: string;
  readonly tenant: string | undefined;
  readonly at: number;
  readonly time: number;
}

interface Said extends AskedOfStore {
  readonly answer: LookupResult;
  readonly isAtOnce: boolean;
  /** When the answer was there. */
  readonly endTime: number;
  /** It came after the deadline: it allows nobody, but it is known from then on. */
  readonly isLate: boolean;
}

/** Whether the answer was there before the question; within one millisecond, only what was said at once is in order. */
function wasKnown(said: Said, { at, time }: AskedOfStore): boolean {
  return said.at < at && (said.isAtOnce || said.endTime < time);
}

function isResult({ answer }: Said): boolean {
  return answer !== 'failed' && answer !== 'timed-out';
}

/** A store that remembers all that it said, and judges by it what others say in its place. */
export class StoreOnTrial {
  state: StoreState = { says: 'yes', delay: 0 };
  private moments = 0;
  private readonly said: Said[] = [];
  private readonly gaps: number[] = [];
  private readonly changes: { readonly at: number; readonly change: OriginChange }[] = [];

  constructor(
    private readonly settings: OriginCacheSettings,
    private readonly timeout: number,
    /** Whether calls may have to wait for each other. */
    private readonly isBusy = false,
  ) {}

  moment(): number {
    return ++this.moments;
  }

  change(change: OriginChange): void {
    this.changes.push({ at: this.moment(), change });
  }

  /** Changes may have gone unheard. */
  gap(): void {
    this.gaps.push(this.moment());
  }

  answer(origin: string, tenant: string | undefined): unknown {
    const { says, delay } = this.state;
    const time = performance.now();
    const atOnce = says === 'throw' || says.startsWith('sync-');
    const isLate = !atOnce && delay >= this.timeout;
    const answers = {
      yes: 'allowed',
      no: 'refused',
      junk: 'not-boolean',
      reject: 'failed',
      throw: 'failed',
      'sync-yes': 'allowed',
      'sync-no': 'refused',
    } as const;
    const answer = isLate ? 'timed-out' : answers[says];
    const endTime = time + (atOnce ? 0 : Math.min(delay, this.timeout));
    const said = { origin, tenant, at: this.moment(), time, answer, endTime, isAtOnce: atOnce, isLate: false } as const;
    this.said.push(said);
    if (isLate && says !== 'reject') {
      this.said.push({ ...said, answer: answers[says], endTime: time + delay, isLate: true });
    }
    switch (says) {
      case 'throw':
        throw new Error('no connection');
      case 'sync-yes':
        return true;
      case 'sync-no':
        return false;
      default:
        return new Promise((resolve, reject) => {
          const settle = () =>
            says === 'reject' ? reject(new Error('no')) : resolve({ yes: true, no: false, junk: 'yes' }[says]);
          setTimeout(settle, delay);
        });
    }
  }

  /** Whether what the store said last is kept for certain, so that nobody has to wait. */
  isKnownFresh(question: AskedOfStore): boolean {
    const last = this.about(question).findLast(({ isLate }) => !isLate);
    const { ttl, jitter } = this.settings;
    return (
      last?.answer === 'allowed' &&
      !last.isAtOnce &&
      last.endTime < question.time &&
      !this.gaps.some((at) => at > last.at) &&
      question.time < last.time + ttl * (1 - jitter)
    );
  }

  /** @throws when the store has not said what was answered in its place, or not lately enough */
  judge(question: AskedOfStore, given: LookupResult): void {
    const now = performance.now();
    const evidence = this.about(question).filter(
      ({ answer, endTime, isLate }) => answer === given && endTime <= now && !isLate,
    );
    const { ttl, refusalTtl, retryInterval, staleWhileRevalidate, staleIfError } = this.settings;
    const isFailure = given === 'failed' || given === 'timed-out';
    if (given === 'not-asked' || (isFailure && this.isBusy)) {
      // A store that is left alone while it fails has said so about another origin.
      expect(this.isBusy).toBe(true);
      return;
    }
    if (given !== 'allowed') {
      const longest = isFailure ? retryInterval : refusalTtl;
      expect(evidence.some(({ endTime }) => now - endTime <= longest)).toBe(true);
      return;
    }
    const valid = evidence.filter(({ at, time }) => {
      const later = this.about(question).filter((said) => said.at > at && wasKnown(said, question));
      const isTakenBack = later.some(({ answer }) => answer === 'refused' || answer === 'not-boolean');
      const failing = (this.isBusy ? this.said : this.about(question)).filter(
        (said) => said.at > at && said.endTime <= now && this.isFailure(said),
      );
      const beforeFailing = ttl + staleWhileRevalidate;
      const longest =
        failing.length > 0 && staleIfError > 0 ? Math.max(beforeFailing, ttl + staleIfError) : beforeFailing;
      const gap = this.gaps.findLast((moment) => moment > at && moment < question.at);
      const inVain = this.about(question).filter(
        (said) => said.at > (gap ?? 0) && said.endTime <= now && !isResult(said),
      );
      const isDoubtful = gap !== undefined && !this.isBusy && inVain.length === 0;
      return !isTakenBack && !isDoubtful && now - time <= longest;
    });
    expect(valid).not.toEqual([]);
  }

  /** A deadline that passed while the store answered other calls is no failure of the store. */
  private isFailure({ answer, time, endTime }: Said): boolean {
    const answersOthers = (said: Said): boolean =>
      isResult(said) && !said.isLate && said.endTime > time + this.timeout / 2 && said.endTime < endTime;
    return answer === 'failed' || (answer === 'timed-out' && !this.said.some(answersOthers));
  }

  /** What was said about the question's origin and tenant since the last change that concerned it before it was put. */
  private about({ origin, tenant, at }: AskedOfStore): readonly Said[] {
    const changed = this.changes.findLast(({ at: changedAt, change }) => changedAt < at && concerns(change));
    return this.said.filter((said) => said.origin === origin && said.tenant === tenant && said.at > (changed?.at ?? 0));

    function concerns(change: OriginChange): boolean {
      return (
        (change.origin === undefined || change.origin === origin || change.origin.includes('*')) &&
        (change.tenant === undefined || change.tenant === '' || tenant === undefined || change.tenant === tenant)
      );
    }
  }
}
