import { AsyncResource } from 'node:async_hooks';
import type { OriginCacheSettings } from '../policy/lookup-options.js';
import type { ApplicationAnswer } from '../decision/origin-verdict.js';
import type { CallQueue, TurnedAway } from './call-queue.js';
import { cacheKey } from './cache-key.js';
import { type Grant, isEvidenceAgainst, isOutage, KeptAnswers } from './kept-answers.js';
import type { LookupChanges } from './lookup-changes.js';
import { LookupLoad, LookupLoads } from './lookup-load.js';
import type { KeptAnswer, OriginAnswers } from './origin-answers.js';
import { type Answer, type Questioned, putQuestion } from './question.js';

/** Counts since the application started. */
export interface LookupCacheCounts {
  /** Answers that were kept, and fresh. */
  hits: number;
  /** Answers that were kept and beyond their `ttl`. */
  stale: number;
  /** Questions that were put to the lookup. */
  questions: number;
  /** Questions without an answer: errors, rejections, silence. */
  failures: number;
  /** Questions that were not put: `missesPerSecond` was used up, or the lookup was too busy for as long as a request waits. */
  notAsked: number;
}

/** What one lookup has answered under one policy. A kept answer is given synchronously. */
export class LookupCache implements OriginAnswers {
  readonly kind = 'cache';
  readonly counts: LookupCacheCounts = { hits: 0, stale: 0, questions: 0, failures: 0, notAsked: 0 };

  private readonly answers: KeptAnswers;
  private readonly loads = new LookupLoads();
  /** Questions are shared between requests, and must not run in the AsyncLocalStorage of the one that came first. */
  private readonly outside = new AsyncResource('nestjs-cors:lookup');

  /**
   * @param queue the calls of the lookup object, under this policy and all others
   * @param changes what changes at the lookup object; results that they concern are given to those who asked before, and not cached
   */
  constructor(
    readonly questioned: Questioned,
    settings: OriginCacheSettings,
    private readonly queue: CallQueue,
    readonly changes: LookupChanges,
  ) {
    this.answers = new KeptAnswers(settings, changes);
    changes.addCache((key, moment) => this.outdate(key, moment));
  }

  get sizes(): { readonly origins: number; readonly refusals: number; readonly pending: number } {
    return { ...this.answers.sizes, pending: this.loads.size };
  }

  ask(origin: string, tenant: string | undefined): Answer {
    const key = cacheKey(origin, tenant);
    const grant = this.answers.grant(key);
    const now = this.answers.now();
    const standing = grant && this.answers.standingOf(key, grant, now);
    switch (standing) {
      case 'fresh':
        this.counts.hits++;
        return 'allowed';
      case 'stale':
        this.counts.stale++;
        if (now >= (grant as Grant).retryAt) {
          void this.put(key, origin, tenant, true);
        }
        return 'allowed';
      case 'expired':
        return this.askExpired(grant as Grant, key, origin, tenant);
      default: {
        const refusal = this.answers.refusal(key);
        if (refusal !== undefined) {
          this.counts.hits++;
          return refusal.answer;
        }
        return this.put(key, origin, tenant, grant !== undefined).answer;
      }
    }
  }

  kept(origin: string, tenant: string | undefined): KeptAnswer | undefined {
    const key = cacheKey(origin, tenant);
    const now = this.answers.now();
    const grant = this.answers.peekGrant(key);
    const standing = grant && this.answers.standingOf(key, grant, now);
    if (grant !== undefined && (standing === 'fresh' || standing === 'stale')) {
      return { from: 'cache', age: now - grant.askedAt };
    }
    const refusal = standing === 'expired' ? undefined : this.answers.refusal(key);
    return refusal && { from: 'cache', age: now - refusal.givenAt };
  }

  private outdate(key: string, moment: number): void {
    this.answers.outdate(key, moment);
    this.loads.outdate(key, moment);
  }

  /** Whether a change came after the call was made: the answer may be older. */
  private isOutdated({ moment }: LookupLoad, key: string): boolean {
    return moment <= this.answers.lastChangeOf(key, moment);
  }

  /** The grant is the answer if the lookup call is in vain, and it has not been taken back or become too old meanwhile. */
  private askExpired(grant: Grant, key: string, origin: string, tenant: string | undefined): Answer {
    const load = this.put(key, origin, tenant, true);
    const orGrant = (given: ApplicationAnswer): ApplicationAnswer =>
      (isOutage(given) || given === 'not-asked') &&
      this.answers.outlasts(key, grant, isOutage(given) && !load.isOverload)
        ? 'allowed'
        : given;
    return typeof load.answer === 'string' ? orGrant(load.answer) : load.answer.then(orGrant);
  }

  private put(key: string, origin: string, tenant: string | undefined, known: boolean): LookupLoad {
    const running = this.loads.get(key);
    if (running !== undefined && !this.isOutdated(running, key)) {
      return running;
    }
    const load = new LookupLoad();
    const answer = this.queue.run({
      key,
      known,
      start: (onSettled) => this.call(load, key, origin, tenant, onSettled),
      turnAway: (why) => this.leave(load, key, origin, why),
    });
    if (typeof answer === 'string') {
      load.answer = answer;
    } else if (!load.isStarted) {
      load.answer = answer;
      this.loads.set(key, load);
    }
    return load;
  }

  private call(
    load: LookupLoad,
    key: string,
    origin: string,
    tenant: string | undefined,
    onSettled: () => void,
  ): Answer {
    this.counts.questions++;
    const startedAt = performance.now();
    const askedAt = this.answers.now();
    const moment = this.changes.nextMoment();
    load.moment = moment;
    const settle = (late: ApplicationAnswer | undefined): void => {
      // A result after the deadline allows no origin, and can still take access away.
      if (late !== undefined && isEvidenceAgainst(late)) {
        this.answers.disprove(key, moment);
      }
      onSettled();
    };
    const answer = this.outside.runInAsyncScope(
      putQuestion,
      undefined,
      this.questionedAbout(key, startedAt),
      origin,
      tenant,
      settle,
    );
    if (typeof answer === 'string') {
      this.loads.remove(key, load);
      this.accountAtOnce(key, answer);
      return answer;
    }
    this.loads.set(key, load);
    load.answer = answer.then((given) => {
      this.counts.failures += isOutage(given) ? 1 : 0;
      load.isOverload = given === 'timed-out' && this.queue.isServing(startedAt);
      const isLatest = this.loads.remove(key, load);
      if (this.isOutdated(load, key)) {
        if (isEvidenceAgainst(given)) {
          this.answers.disprove(key, moment);
        } else if (
          given === 'allowed' &&
          isLatest &&
          load.moment === moment &&
          this.answers.isOnlyStaleByGap(key, moment)
        ) {
          // What listening brings with it is a gap: the result of a call that began before is stale, as those that were cached.
          this.answers.keep(key, given, askedAt, moment);
        }
      } else if (load.isOverload) {
        this.answers.keepOverload(key, given, moment);
      } else {
        this.answers.keep(key, given, askedAt, moment);
      }
      return given;
    });
    return load.answer;
  }

  /** The call is not made. */
  private leave(load: LookupLoad, key: string, origin: string, why: TurnedAway): void {
    this.loads.remove(key, load);
    if (why === 'failing') {
      this.answers.keepFailure(key);
      return;
    }
    this.counts.notAsked++;
    load.isOverload = true;
    this.answers.noteOverload(key);
    const { report, subject } = this.questioned;
    report(subject, this.queue.reasonFor(why), origin);
  }

  /** A failure says whether the origin keeps its access all the same. */
  private questionedAbout(key: string, startedAt: number): Questioned {
    const { questioned, answers } = this;
    return {
      ...questioned,
      report: (subject, failure, origin) => {
        const isFailure =
          failure.kind === 'threw' || (failure.kind === 'timed-out' && !this.queue.isServing(startedAt));
        const grant = answers.peekGrant(key);
        const keepsAccess =
          grant !== undefined && (isFailure || failure.kind === 'timed-out') && answers.outlasts(key, grant, isFailure);
        questioned.report(subject, keepsAccess ? { ...failure, keepsAccess } : failure, origin);
      },
    };
  }

  /** What is known at once is not kept. An exception is an outage, as a rejection is. */
  private accountAtOnce(key: string, answer: ApplicationAnswer): void {
    if (isOutage(answer)) {
      this.counts.failures++;
      this.answers.keepFailure(key);
    } else {
      this.answers.drop(key);
      this.loads.outdate(key, this.changes.nextMoment());
    }
  }
}
