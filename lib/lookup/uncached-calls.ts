import type { LookupResult, OriginResponder } from '../policy/origin-responder.js';
import type { MaybePromise } from '../support/maybe-promise.js';
import { cacheKey } from './cache-key.js';
import type { CallQueue } from './call-queue.js';
import { callLookup, isOutage, type LookupTarget } from './lookup-call.js';
import { SegmentedLru } from './segmented-lru.js';

/**
 * The calls of a function, or of a lookup without a cache, under one policy. Every request makes a call. Allowed origins are
 * remembered only so that their calls come first and need no budget.
 */
export class UncachedCalls implements OriginResponder {
  private readonly allowed: SegmentedLru<true>;

  /**
   * @param queue the calls of the function or lookup object, under this policy and all others
   * @param maxAllowed how many allowed origins are remembered
   */
  constructor(
    private readonly target: LookupTarget,
    private readonly queue: CallQueue,
    maxAllowed: number,
  ) {
    this.allowed = new SegmentedLru(maxAllowed);
  }

  lookUp(origin: string, tenant: string | undefined): MaybePromise<LookupResult> {
    const key = cacheKey(origin, tenant);
    return this.queue.run({
      key,
      known: this.allowed.get(key) !== undefined,
      start: (onSettled) => {
        const result = callLookup(this.target, origin, tenant, onSettled);
        return typeof result === 'string' ? result : result.then((settled) => this.remember(key, settled));
      },
      turnAway: (why) => {
        if (why !== 'failing') {
          this.target.report(this.target.subject, this.queue.reasonFor(why), origin);
        }
      },
    });
  }

  cached(): undefined {
    return undefined;
  }

  private remember(key: string, result: LookupResult): LookupResult {
    if (result === 'allowed') {
      this.allowed.set(key, true);
    } else if (!isOutage(result)) {
      this.allowed.delete(key);
    }
    return result;
  }
}
