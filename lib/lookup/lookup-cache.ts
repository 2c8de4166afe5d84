import { AsyncResource } from 'node:async_hooks';
import type { OriginChange } from '../interfaces/index.js';
import type { OriginCacheSettings } from '../policy/lookup-options.js';
import type { ApplicationAnswer } from '../protocol/origin-verdict.js';
import { cacheKey, concernedKeys } from './cache-key.js';
import { type Grant, isEvidenceAgainst, isOutage, KeptAnswers } from './kept-answers.js';
import type { KeptAnswer, OriginAnswers } from './origin-answers.js';
import { QuestionBudget } from './question-budget.js';
import { type Answer, type Questioned, putQuestion } from './question.js';

/** A question that is under way, shared by all who have it. */
interface Load {
  readonly answer: Promise<ApplicationAnswer>;
  /** A change arrived meanwhile: the answer may be older, and is not kept. */
  outdated: boolean;
}

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
  /** Questions that were not put, because `missesPerSecond` was used up. */
  notAsked: number;
}

/** What one lookup has answered under one policy. A kept answer is given synchronously. */
export class LookupCache implements OriginAnswers {
  readonly kind = 'cache';
  readonly counts: LookupCacheCounts = { hits: 0, stale: 0, questions: 0, failures: 0, notAsked: 0 };

  private readonly answers: KeptAnswers;
  private readonly loads = new Map<string, Load>();
  private readonly unknownBudget: QuestionBudget;
  /** Of its own, so that a flood of unknown origins does not keep known ones from being asked about again. */
  private readonly knownBudget: QuestionBudget;
  /** Questions are shared between requests, and must not run in the AsyncLocalStorage of the one that came first. */
  private readonly outside = new AsyncResource('nestjs-cors:lookup');
  private keepsTenants = false;

  constructor(
    readonly questioned: Questioned,
    private readonly settings: OriginCacheSettings,
  ) {
    this.answers = new KeptAnswers(settings);
    this.unknownBudget = new QuestionBudget(settings.missesPerSecond);
    this.knownBudget = new QuestionBudget(settings.missesPerSecond);
  }

  get sizes(): { readonly origins: number; readonly refusals: number; readonly pending: number } {
    return { ...this.answers.sizes, pending: this.loads.size };
  }

  ask(origin: string, tenant: string | undefined): Answer {
    const key = cacheKey(origin, tenant);
    const grant = this.answers.grant(key);
    if (grant !== undefined) {
      return this.askKnown(grant, key, origin, tenant);
    }
    const refusal = this.answers.refusal(key);
    if (refusal !== undefined) {
      this.counts.hits++;
      return refusal.answer;
    }
    return this.put(key, origin, tenant, this.unknownBudget);
  }

  kept(origin: string, tenant: string | undefined): KeptAnswer | undefined {
    const key = cacheKey(origin, tenant);
    const now = performance.now();
    const grant = this.answers.grant(key);
    if (grant !== undefined) {
      const standing = this.answers.standingOf(grant, now);
      return standing === 'fresh' || standing === 'stale' ? { from: 'cache', age: now - grant.askedAt } : undefined;
    }
    const refusal = this.answers.refusal(key);
    return refusal && { from: 'cache', age: now - refusal.givenAt };
  }

  /** Forgets the answers that a change concerns; those under way are given, but not kept. */
  forget(change: OriginChange): void {
    const concerned = concernedKeys(change, this.keepsTenants);
    if (concerned.kind === 'exact') {
      concerned.keys.forEach((key) => this.drop(key));
    } else {
      this.answers.dropMatching(concerned.matches);
      [...this.loads.keys()].filter(concerned.matches).forEach((key) => this.drop(key));
    }
  }

  /**
   * Something may have changed unheard: every answer is to be asked for again. Unlike what is forgotten, known origins keep
   * their access if that is in vain, since a gap often is a part of an outage.
   */
  doubt(): void {
    this.answers.doubt();
    [...this.loads.keys()].forEach((key) => this.outdate(key));
  }

  private drop(key: string): void {
    this.answers.drop(key);
    this.outdate(key);
  }

  private outdate(key: string): void {
    const load = this.loads.get(key);
    if (load !== undefined) {
      load.outdated = true;
      this.loads.delete(key);
    }
  }

  private askKnown(grant: Grant, key: string, origin: string, tenant: string | undefined): Answer {
    const now = performance.now();
    const standing = this.answers.standingOf(grant, now);
    switch (standing) {
      case 'fresh':
        this.counts.hits++;
        return 'allowed';
      case 'stale':
        this.counts.stale++;
        if (now >= grant.retryAt) {
          void this.put(key, origin, tenant, this.knownBudget);
        }
        return 'allowed';
      case 'expired': {
        const answer = this.put(key, origin, tenant, this.knownBudget);
        const orStale = (given: ApplicationAnswer): ApplicationAnswer =>
          isOutage(given) && this.outlasts(key, grant) ? 'allowed' : given;
        return typeof answer === 'string' ? orStale(answer) : answer.then(orStale);
      }
      case 'over':
        this.answers.drop(key);
        return this.put(key, origin, tenant, this.knownBudget);
    }
  }

  private outlasts(key: string, grant: Grant): boolean {
    return this.answers.holds(key, grant) && this.answers.standingOf(grant, performance.now()) !== 'over';
  }

  private put(key: string, origin: string, tenant: string | undefined, budget: QuestionBudget): Answer {
    const running = this.loads.get(key);
    if (running !== undefined) {
      return running.answer;
    }
    if (!budget.take()) {
      return this.leave(key, origin);
    }
    this.counts.questions++;
    const askedAt = performance.now();
    const moment = this.answers.nextMoment();
    const onLate = (late: ApplicationAnswer): void => this.settleLate(key, late, moment);
    const answer = this.outside.runInAsyncScope(putQuestion, undefined, this.questioned, origin, tenant, onLate);
    if (typeof answer === 'string') {
      this.accountAtOnce(key, answer, budget);
      return answer;
    }
    this.keepsTenants ||= tenant !== undefined;
    const load: Load = {
      outdated: false,
      answer: answer.then((given) => {
        this.account(given, budget);
        if (!load.outdated) {
          this.loads.delete(key);
          this.answers.keep(key, given, askedAt, moment);
        } else if (isEvidenceAgainst(given)) {
          this.answers.disprove(key, moment);
        }
        return given;
      }),
    };
    this.loads.set(key, load);
    return load.answer;
  }

  /** What comes after the deadline allows nobody, and still takes access away. */
  private settleLate(key: string, answer: ApplicationAnswer, moment: number): void {
    if (isEvidenceAgainst(answer)) {
      this.answers.disprove(key, moment);
    }
  }

  /** The budget is used up. */
  private leave(key: string, origin: string): ApplicationAnswer {
    this.counts.notAsked++;
    // A known origin keeps its access: there is nothing to report.
    if (!this.answers.postpone(key)) {
      const { report, subject } = this.questioned;
      report(subject, { kind: 'not-asked', missesPerSecond: this.settings.missesPerSecond }, origin);
    }
    return 'not-asked';
  }

  private account(answer: ApplicationAnswer, budget: QuestionBudget): void {
    if (isOutage(answer)) {
      this.counts.failures++;
    } else if (budget === this.knownBudget) {
      // Also for a refusal: known origins are as many as there were, nobody can invent them.
      budget.giveBack();
    } else if (answer === 'allowed') {
      budget.giveBackForGrant();
    }
  }

  /** What is known at once costs no budget, and is not kept. An exception is an outage, as a rejection is. */
  private accountAtOnce(key: string, answer: ApplicationAnswer, budget: QuestionBudget): void {
    budget.giveBack();
    if (isOutage(answer)) {
      this.counts.failures++;
      this.answers.postpone(key);
    } else {
      this.drop(key);
    }
  }
}
