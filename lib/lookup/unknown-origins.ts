import type { ApplicationAnswer } from '../decision/origin-verdict.js';
import { KeySlots } from './key-slots.js';
import { QuestionBudget } from './question-budget.js';
import { type Tries, TurnedAway } from './turned-away.js';
import { type Order, WaitingOrder } from './waiting-order.js';

/** For so long, an origin that the lookup has refused does not wait for the reserve, in milliseconds. */
const REFUSED_FOR = 30_000;

/**
 * Which unknown origins are asked about, when more come than the budget allows. Nothing tells an invented origin from another
 * one, except that whoever invents many cannot go on sending each of them. The reserve of the budget is for origins that were
 * turned away before and are sent again, as in greylisting of mail (https://www.rfc-editor.org/rfc/rfc6647).
 */
export class UnknownOrigins {
  private readonly budget: QuestionBudget;
  private readonly turnedAway = new TurnedAway();
  private readonly order = new WaitingOrder();
  /** Origins that were refused while others were turned away, and when. */
  private refused: { readonly slots: KeySlots; readonly at: Float64Array } | undefined;

  constructor(perSecond: number) {
    this.budget = new QuestionBudget(perSecond);
  }

  /** How long until one of those who wait may be asked about, in milliseconds. */
  get pause(): number {
    return this.budget.pause;
  }

  /** Whether one of those who wait may be asked about now. */
  get hasReserve(): boolean {
    return this.budget.hasReserve;
  }

  /** Whether to ask about a key now, or never; or how it is to wait, until {@link hasReserve}. */
  admit(key: string): 'now' | 'never' | Tries {
    const tries = this.wasRefused(key) ? undefined : this.turnedAway.sendAgain(key);
    if (tries === undefined) {
      return this.budget.take() ? 'now' : 'never';
    }
    if (!this.budget.takeReserved()) {
      return tries;
    }
    this.turnedAway.delete(key);
    return 'now';
  }

  /** Whether the one is asked about before the other, of two who wait. */
  isBefore(a: Tries, b: Tries): boolean {
    return this.order.isBefore(a, b);
  }

  /** A key that has waited is asked about, in the order that is returned. {@link hasReserve} was true. */
  takeReserved(key: string): Order {
    this.budget.takeReserved();
    this.turnedAway.delete(key);
    return this.order.choose();
  }

  giveBack(): void {
    this.budget.giveBack();
  }

  turnAway(key: string): void {
    this.turnedAway.add(key);
  }

  /** @param order by which the key was chosen, if it has waited */
  learn(key: string, result: ApplicationAnswer, order: Order | undefined): void {
    if (result !== 'allowed' && result !== 'refused') {
      return;
    }
    if (order !== undefined) {
      this.order.learn(order, result === 'allowed');
    }
    if (result === 'refused' && !this.turnedAway.isEmpty) {
      const { slots, at } = (this.refused ??= { slots: new KeySlots(), at: new Float64Array(KeySlots.count) });
      at[slots.take(key)] = performance.now();
    }
  }

  private wasRefused(key: string): boolean {
    const slot = this.refused?.slots.find(key);
    return slot !== undefined && performance.now() - (this.refused?.at[slot] as number) < REFUSED_FOR;
  }
}
