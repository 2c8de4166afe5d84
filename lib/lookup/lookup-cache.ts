import { AsyncResource } from 'node:async_hooks';
import { LRUCache } from 'lru-cache';
import type { OriginChange } from '../interfaces/index.js';
import type { OriginCacheSettings } from '../policy/lookup-options.js';
import type { ApplicationAnswer } from '../protocol/origin-verdict.js';
import { cacheKey, concernedKeys } from './cache-key.js';
import type { KeptAnswer, OriginAnswers } from './origin-answers.js';
import { QuestionBudget } from './question-budget.js';
import { type Answer, type Questioned, putQuestion } from './question.js';

/**
 * An origin that the lookup has allowed. Times are those of `performance.now()`, and count from the question: its row may
 * have gone while the answer was on its way.
 */
interface Grant {
  readonly askedAt: number;
  readonly freshUntil: number;
  /** When it may be asked about again; later than now only after a failure. */
  retryAt: number;
  /** Whether the last question about it failed. */
  failing: boolean;
}

/** An origin that the lookup has not allowed, or failed for. */
interface Refusal {
  readonly answer: ApplicationAnswer;
  readonly givenAt: number;
  readonly until: number;
}

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

/**
 * What one lookup has answered under one policy. Grants and refusals have bounds of their own, so that origins that
 * somebody invents cannot displace those that are allowed. A kept answer is given synchronously. There are no timers:
 * entries go when they are met, or when the bound is reached.
 */
export class LookupCache implements OriginAnswers {
  readonly kind = 'cache';
  readonly counts: LookupCacheCounts = { hits: 0, stale: 0, questions: 0, failures: 0, notAsked: 0 };

  private readonly grants: LRUCache<string, Grant>;
  private readonly refusals: LRUCache<string, Refusal>;
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
    this.grants = new LRUCache({ max: settings.maxOrigins });
    this.refusals = new LRUCache({ max: settings.maxRefusals });
    this.unknownBudget = new QuestionBudget(settings.missesPerSecond);
    this.knownBudget = new QuestionBudget(settings.missesPerSecond);
  }

  get sizes(): { readonly origins: number; readonly refusals: number; readonly pending: number } {
    return { origins: this.grants.size, refusals: this.refusals.size, pending: this.loads.size };
  }

  ask(origin: string, tenant: string | undefined): Answer {
    const key = cacheKey(origin, tenant);
    const grant = this.grants.get(key);
    if (grant !== undefined) {
      return this.askKnown(grant, key, origin, tenant);
    }
    const refusal = this.refusals.get(key);
    if (refusal !== undefined && performance.now() < refusal.until) {
      this.counts.hits++;
      return refusal.answer;
    }
    return this.put(key, origin, tenant, this.unknownBudget);
  }

  /** The answer that is kept, and its age, without asking. */
  kept(origin: string, tenant: string | undefined): KeptAnswer | undefined {
    const key = cacheKey(origin, tenant);
    const now = performance.now();
    const grant = this.grants.peek(key);
    const refusal = this.refusals.peek(key);
    if (grant !== undefined) {
      return this.isUsable(grant, now) ? { from: 'cache', age: now - grant.askedAt } : undefined;
    }
    return refusal !== undefined && now < refusal.until ? { from: 'cache', age: now - refusal.givenAt } : undefined;
  }

  /** Forgets the answers that a change concerns; those under way are given, but not kept. */
  forget(change: OriginChange): void {
    const concerned = concernedKeys(change, this.keepsTenants);
    if (concerned.kind === 'exact') {
      concerned.keys.forEach((key) => this.drop(key));
    } else {
      const kept = new Set([...this.grants.keys(), ...this.refusals.keys(), ...this.loads.keys()]);
      [...kept].filter(concerned.matches).forEach((key) => this.drop(key));
    }
  }

  private drop(key: string): void {
    this.grants.delete(key);
    this.refusals.delete(key);
    const load = this.loads.get(key);
    if (load !== undefined) {
      load.outdated = true;
      this.loads.delete(key);
    }
  }

  private askKnown(grant: Grant, key: string, origin: string, tenant: string | undefined): Answer {
    const now = performance.now();
    if (now < grant.freshUntil) {
      this.counts.hits++;
      return 'allowed';
    }
    if (this.isUsable(grant, now)) {
      this.counts.stale++;
      if (now >= grant.retryAt) {
        void this.put(key, origin, tenant, this.knownBudget);
      }
      return 'allowed';
    }
    if (this.isOver(grant, now)) {
      this.grants.delete(key);
      return this.put(key, origin, tenant, this.knownBudget);
    }
    const answer = this.put(key, origin, tenant, this.knownBudget);
    const orStale = (given: ApplicationAnswer): ApplicationAnswer =>
      isOutage(given) && this.grants.peek(key) === grant && !this.isOver(grant, performance.now()) ? 'allowed' : given;
    return typeof answer === 'string' ? orStale(answer) : answer.then(orStale);
  }

  /** Whether not even an outage keeps the grant in force. */
  private isOver({ freshUntil }: Grant, now: number): boolean {
    return now >= freshUntil + this.settings.staleIfError;
  }

  /** Whether the grant answers without waiting: fresh, to be revalidated, or all that is left while the lookup fails. */
  private isUsable({ freshUntil, failing }: Grant, now: number): boolean {
    const age = now - freshUntil;
    return age < this.settings.staleWhileRevalidate || (failing && age < this.settings.staleIfError);
  }

  private put(key: string, origin: string, tenant: string | undefined, budget: QuestionBudget): Answer {
    const running = this.loads.get(key);
    if (running !== undefined) {
      return running.answer;
    }
    if (!budget.take()) {
      this.counts.notAsked++;
      const { report, subject } = this.questioned;
      report(subject, { kind: 'not-asked', missesPerSecond: this.settings.missesPerSecond }, origin);
      this.postpone(key);
      return 'not-asked';
    }
    this.counts.questions++;
    const askedAt = performance.now();
    const answer = this.outside.runInAsyncScope(putQuestion, undefined, this.questioned, origin, tenant);
    if (typeof answer === 'string') {
      this.accountAtOnce(key, answer, budget);
      return answer;
    }
    this.keepsTenants ||= tenant !== undefined;
    const load: Load = {
      outdated: false,
      answer: answer.then((given) => {
        this.account(given, budget);
        this.keep(key, load, given, askedAt);
        return given;
      }),
    };
    this.loads.set(key, load);
    return load.answer;
  }

  private account(answer: ApplicationAnswer, budget: QuestionBudget): void {
    if (isOutage(answer)) {
      this.counts.failures++;
    } else if (answer === 'allowed' || budget === this.knownBudget) {
      // Known origins that are refused now are as many as there were: nobody can invent them.
      budget.giveBack();
    }
  }

  /** What is known at once costs no budget, and is not kept. An exception is an outage, as a rejection is. */
  private accountAtOnce(key: string, answer: ApplicationAnswer, budget: QuestionBudget): void {
    budget.giveBack();
    if (isOutage(answer)) {
      this.counts.failures++;
      this.postpone(key);
    } else {
      this.drop(key);
    }
  }

  private keep(key: string, load: Load, answer: ApplicationAnswer, askedAt: number): void {
    if (load.outdated) {
      return;
    }
    this.loads.delete(key);
    const now = performance.now();
    const { ttl, refusalTtl, jitter } = this.settings;
    if (answer === 'allowed') {
      this.refusals.delete(key);
      const freshUntil = askedAt + ttl * (1 - jitter * Math.random());
      this.grants.set(key, { askedAt, freshUntil, retryAt: 0, failing: false });
    } else if (!isOutage(answer)) {
      this.grants.delete(key);
      this.refusals.set(key, { answer, givenAt: now, until: now + refusalTtl * (1 - jitter * Math.random()) });
    } else if (!this.postpone(key)) {
      this.refusals.set(key, { answer, givenAt: now, until: now + this.settings.retryInterval });
    }
  }

  /** Leaves the lookup alone about a known origin for a while; `false` when the origin is unknown. */
  private postpone(key: string): boolean {
    const grant = this.grants.peek(key);
    if (grant === undefined) {
      return false;
    }
    grant.failing = true;
    // Spread over half as long again, so that known origins do not come back all at once.
    grant.retryAt = performance.now() + this.settings.retryInterval * (1 + Math.random() / 2);
    return true;
  }
}

/** No answer, as opposed to a refusal. */
function isOutage(answer: ApplicationAnswer): boolean {
  return answer === 'failed' || answer === 'timed-out' || answer === 'not-asked';
}
