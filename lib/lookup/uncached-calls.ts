import type { ApplicationAnswer } from '../decision/origin-verdict.js';
import { cacheKey } from './cache-key.js';
import type { CallQueue, TurnedAway } from './call-queue.js';
import { isOutage } from './kept-answers.js';
import { type Answer, type Questioned, putQuestion } from './question.js';
import { SegmentedLru } from './segmented-lru.js';

/**
 * The calls of a function, or of a lookup without a cache, under one policy. Every request calls it, and nothing that it said
 * stands for a later call. What is remembered is who was allowed: their calls come first, and have no budget.
 */
export class UncachedCalls {
  private readonly allowed: SegmentedLru<true>;

  /**
   * @param queue the calls of the function or lookup object, under this policy and all others
   * @param maxAllowed how many allowed origins are remembered
   */
  constructor(
    private readonly questioned: Questioned,
    private readonly queue: CallQueue,
    maxAllowed: number,
  ) {
    this.allowed = new SegmentedLru(maxAllowed);
  }

  ask(origin: string, tenant: string | undefined): Answer {
    const key = cacheKey(origin, tenant);
    return this.queue.run({
      key,
      known: this.allowed.get(key) !== undefined,
      start: (onSettled) => this.call(key, origin, tenant, onSettled),
      turnAway: (why) => this.report(why, origin),
    });
  }

  private call(key: string, origin: string, tenant: string | undefined, onSettled: () => void): Answer {
    const answer = putQuestion(this.questioned, origin, tenant, onSettled);
    return typeof answer === 'string'
      ? answer
      : answer.then((given) => {
          this.remember(key, given);
          return given;
        });
  }

  private remember(key: string, answer: ApplicationAnswer): void {
    if (answer === 'allowed') {
      this.allowed.set(key, true);
    } else if (!isOutage(answer)) {
      this.allowed.delete(key);
    }
  }

  private report(why: TurnedAway, origin: string): void {
    if (why !== 'failing') {
      this.questioned.report(this.questioned.subject, this.queue.reasonFor(why), origin);
    }
  }
}
