import type { Tries } from './turned-away.js';

/** One of so many goes by the order that was right less often. */
const EXPLORED = 8;
/** How much the last result counts in the success of an order. */
const WEIGHT = 1 / 16;

/** Who comes first: who has tried most often, or who was seen first most recently. */
export type Order = 'most-tries' | 'newest';

/**
 * Which of the unknown origins that wait for the budget is asked about first. No order is right for every flood: origins that
 * are sent a few times each are outlasted by clients that go on trying, and a set of origins that is sent over and over
 * outlasts these, and is older. So both orders are followed, and the one more often whose calls ended in an allowed origin.
 */
export class WaitingOrder {
  private readonly success: Record<Order, number> = { 'most-tries': 0.5, newest: 0.5 };
  private chosen = 0;

  /** The order for the next call. */
  get current(): Order {
    const isBetter = this.success['most-tries'] >= this.success.newest;
    const isExplored = this.chosen % EXPLORED === EXPLORED - 1;
    return isBetter === isExplored ? 'newest' : 'most-tries';
  }

  /** Whether the sender of `a` comes before that of `b` in the {@link current} order. */
  isBefore(a: Tries, b: Tries): boolean {
    if (this.current === 'most-tries') {
      return a.count > b.count;
    }
    // Who sends an origin twice at once and never again has not come back.
    const [aIsBack, bIsBack] = [a.count > 1, b.count > 1];
    return aIsBack === bIsBack ? a.since > b.since : aIsBack;
  }

  /** A call is made, in the {@link current} order, which is returned. */
  choose(): Order {
    const order = this.current;
    this.chosen++;
    return order;
  }

  /** What a call ended in that was made in this order. */
  learn(order: Order, isAllowed: boolean): void {
    this.success[order] += (Number(isAllowed) - this.success[order]) * WEIGHT;
  }
}
