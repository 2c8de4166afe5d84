import { AsyncResource } from 'node:async_hooks';
import type { OriginCacheSettings } from '../policy/lookup-options.js';
import type { CachedResult, LookupResult, OriginResponder } from '../policy/origin-responder.js';
import type { MaybePromise } from '../support/maybe-promise.js';
import { cacheKey } from './cache-key.js';
import { type AllowedResult, CachedResults } from './cached-results.js';
import type { CallQueue, TurnedAway } from './call-queue.js';
import { callLookup, isOutage, isRefusal, type LookupCacheCounts, type LookupTarget } from './lookup-call.js';
import type { LookupChanges } from './lookup-changes.js';

/** The moment of a call that waits for its turn: after all changes. */
const WAITING = Infinity;

/** A call that is under way or waits for its turn, shared by all requests about one key. */
interface SharedCall {
  result: MaybePromise<LookupResult>;
  /** When the call was made; -1 when a change of its key alone makes the result too old to be cached. */
  moment: number;
  /** The call was not made, or not in time, because the store is too busy: that is not a failure of the lookup. */
  isOverload: boolean;
}

/** The cached results of one lookup under one policy. A cached result is returned synchronously. */
export class LookupCache implements OriginResponder {
  readonly counts: LookupCacheCounts = { hits: 0, stale: 0, calls: 0, failures: 0, notAsked: 0 };

  private readonly results: CachedResults;
  private readonly calls = new Map<string, SharedCall>();
  /** Requests share calls, which must not run in the AsyncLocalStorage of the first one. */
  private readonly outside = new AsyncResource('nestjs-cors:lookup');

  /**
   * @param queue the calls of the lookup object, under this policy and all others
   * @param changes the changes of the lookup object; the result of a call from before a change is returned and not cached
   */
  constructor(
    readonly target: LookupTarget,
    settings: OriginCacheSettings,
    private readonly queue: CallQueue,
    readonly changes: LookupChanges,
  ) {
    this.results = new CachedResults(settings, changes);
    changes.addCache((key, moment) => this.expire(key, moment));
  }

  get sizes(): { readonly origins: number; readonly refusals: number; readonly pending: number } {
    return { ...this.results.sizes, pending: this.calls.size };
  }

  /** Whether a request has used the cache. */
  get isUsed(): boolean {
    const { hits, calls, notAsked } = this.counts;
    return this.calls.size + hits + calls + notAsked > 0;
  }

  lookUp(origin: string, tenant: string | undefined, mustBeFresh = false): MaybePromise<LookupResult> {
    const key = tenant === undefined ? origin : cacheKey(origin, tenant);
    const allowed = this.results.findAllowed(key);
    const now = this.results.now();
    const freshness = allowed && this.results.freshnessOf(key, allowed, now);
    if (mustBeFresh && (freshness === 'stale' || freshness === 'stale-if-error')) {
      return this.call(key, origin, tenant, true).result;
    }
    switch (freshness) {
      case 'fresh':
        this.counts.hits++;
        return 'allowed';
      case 'stale':
        this.counts.stale++;
        if (now >= (allowed as AllowedResult).retryAt) {
          void this.call(key, origin, tenant, true);
        }
        return 'allowed';
      case 'stale-if-error':
        return this.callOrUse(allowed as AllowedResult, key, origin, tenant);
      default: {
        const refused = this.results.findRefused(key);
        if (refused !== undefined) {
          this.counts.hits++;
          return refused.result;
        }
        return this.call(key, origin, tenant, allowed !== undefined).result;
      }
    }
  }

  cached(origin: string, tenant: string | undefined): CachedResult | undefined {
    const key = cacheKey(origin, tenant);
    const now = this.results.now();
    const allowed = this.results.peekAllowed(key);
    const freshness = allowed && this.results.freshnessOf(key, allowed, now);
    if (allowed !== undefined && (freshness === 'fresh' || freshness === 'stale')) {
      return { from: 'cache', age: now - allowed.calledAt };
    }
    const refused = freshness === 'stale-if-error' ? undefined : this.results.findRefused(key);
    return refused && { from: 'cache', age: now - refused.receivedAt };
  }

  private expire(key: string, moment: number): void {
    this.results.expire(key, moment);
    const call = this.calls.get(key);
    if (call !== undefined && call.moment < moment) {
      call.moment = -1;
    }
  }

  /** Whether a change or gap came after the call was made: the result may be older. */
  private isOutdated({ moment }: SharedCall, key: string): boolean {
    return moment <= this.changes.lastOrGapOf(key, moment);
  }

  /** Uses the allowed result if the lookup call fails, unless the result was revoked or became too old meanwhile. */
  private callOrUse(
    allowed: AllowedResult,
    key: string,
    origin: string,
    tenant: string | undefined,
  ): MaybePromise<LookupResult> {
    const call = this.call(key, origin, tenant, true);
    const orAllowed = (result: LookupResult): LookupResult =>
      (isOutage(result) || result === 'not-asked') &&
      this.results.outlasts(key, allowed, isOutage(result) && !call.isOverload)
        ? 'allowed'
        : result;
    return typeof call.result === 'string' ? orAllowed(call.result) : call.result.then(orAllowed);
  }

  private call(key: string, origin: string, tenant: string | undefined, known: boolean): SharedCall {
    const running = this.calls.get(key);
    if (running !== undefined && !this.isOutdated(running, key)) {
      return running;
    }
    const call: SharedCall = { result: 'not-asked', moment: WAITING, isOverload: false };
    const result = this.queue.run({
      key,
      known,
      start: (onSettled) => this.start(call, key, origin, tenant, onSettled),
      turnAway: (why) => this.turnAway(call, key, origin, why),
    });
    if (typeof result === 'string') {
      call.result = result;
    } else if (call.moment === WAITING) {
      call.result = result;
      this.calls.set(key, call);
    }
    return call;
  }

  private start(
    call: SharedCall,
    key: string,
    origin: string,
    tenant: string | undefined,
    onSettled: () => void,
  ): MaybePromise<LookupResult> {
    this.counts.calls++;
    const startedAt = performance.now();
    const calledAt = this.results.now();
    const moment = this.changes.nextMoment();
    call.moment = moment;
    const settle = (late: LookupResult | undefined): void => {
      // A result after the deadline allows no origin, but it can still end the access of one.
      if (late !== undefined && isRefusal(late)) {
        this.results.revoke(key, moment);
      }
      onSettled();
    };
    const target = this.targetOf(key, startedAt);
    const result = this.outside.runInAsyncScope(callLookup, undefined, target, origin, tenant, settle);
    if (typeof result === 'string') {
      this.remove(key, call);
      this.noteSynchronous(key, result);
      return result;
    }
    this.calls.set(key, call);
    call.result = result.then((settled) => {
      this.counts.failures += isOutage(settled) ? 1 : 0;
      call.isOverload = settled === 'timed-out' && this.queue.isServing(startedAt);
      const isLatest = this.remove(key, call);
      if (!this.isOutdated(call, key)) {
        if (call.isOverload) {
          this.results.setOverload(key, settled, moment);
        } else {
          this.results.set(key, settled, calledAt, moment);
        }
      } else if (isRefusal(settled)) {
        this.results.revoke(key, moment);
      } else if (settled === 'allowed' && isLatest && this.changes.lastOf(key, call.moment) < call.moment) {
        // When listening begins, changes may have been missed. The result of an earlier call becomes stale, as an older cached
        // result does.
        this.results.set(key, settled, calledAt, moment);
      }
      return settled;
    });
    return call.result;
  }

  /** @returns whether no later call had taken its place */
  private remove(key: string, call: SharedCall): boolean {
    return this.calls.get(key) === call && this.calls.delete(key);
  }

  private turnAway(call: SharedCall, key: string, origin: string, why: TurnedAway): void {
    this.remove(key, call);
    if (why === 'failing') {
      this.results.noteFailure(key);
      return;
    }
    this.counts.notAsked++;
    call.isOverload = true;
    this.results.noteOverload(key);
    this.target.report(this.target.subject, this.queue.reasonFor(why), origin);
  }

  /** Adds to the report of a failure whether the origin keeps its access. */
  private targetOf(key: string, startedAt: number): LookupTarget {
    const { target, results } = this;
    return {
      ...target,
      report: (subject, failure, origin) => {
        const isTimeout = failure.kind === 'timed-out';
        const isFailure = failure.kind === 'threw' || (isTimeout && !this.queue.isServing(startedAt));
        const allowed = results.peekAllowed(key);
        const keepsAccess =
          allowed !== undefined && (isFailure || isTimeout) && results.outlasts(key, allowed, isFailure);
        target.report(subject, keepsAccess ? { ...failure, keepsAccess } : failure, origin);
      },
    };
  }

  /** A synchronous result is not cached. An exception is an outage, as a rejection is. */
  private noteSynchronous(key: string, result: LookupResult): void {
    if (isOutage(result)) {
      this.counts.failures++;
      this.results.noteFailure(key);
    } else {
      this.results.delete(key);
      this.expire(key, this.changes.nextMoment());
    }
  }
}
