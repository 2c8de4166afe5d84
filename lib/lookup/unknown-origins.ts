import { QuestionBudget } from './question-budget.js';
import { TurnedAway } from './turned-away.js';

/** How often the number of tries that it takes may change, in milliseconds. */
const ADJUSTED_EVERY = 1_000;
const MOST_TRIES = 200;
/** What is left of the reserve when it takes more tries, and when it takes fewer again. */
const LOW = 0.2;
const HIGH = 0.8;

/**
 * Which unknown origins are asked about, when more come than the budget allows. Nothing tells an invented origin from another
 * one, except that whoever invents many cannot repeat each of them often. The reserve of the budget is for origins that were
 * turned away before: once at first, and more often while too many of them come.
 */
export class UnknownOrigins {
  private readonly budget: QuestionBudget;
  private readonly turnedAway = new TurnedAway();
  private tries = 1;
  private adjustedAt = -Infinity;

  constructor(perSecond: number) {
    this.budget = new QuestionBudget(perSecond);
  }

  /** How long until one of those who wait may be asked about, in milliseconds. */
  get pause(): number {
    return this.budget.pause;
  }

  /** Whether to ask about a key: at once, or when {@link takeReserved} says so. */
  admit(key: string): 'now' | 'later' | 'never' {
    const times = this.turnedAway.times(key);
    if (times > 0 && times >= this.adjustedTries()) {
      return this.takeReserved(key) ? 'now' : 'later';
    }
    return this.budget.take() ? 'now' : 'never';
  }

  /** Whether there is budget for a key that was turned away before. */
  takeReserved(key: string): boolean {
    if (!this.budget.takeReserved()) {
      return false;
    }
    this.turnedAway.delete(key);
    return true;
  }

  giveBack(): void {
    this.budget.giveBack();
  }

  turnAway(key: string): void {
    this.turnedAway.add(key);
  }

  private adjustedTries(): number {
    const now = performance.now();
    if (now - this.adjustedAt >= ADJUSTED_EVERY) {
      this.adjustedAt = now;
      const fraction = this.budget.reservedFraction;
      if (fraction < LOW) {
        this.tries = Math.min(this.tries + 1, MOST_TRIES);
      } else if (fraction > HIGH) {
        this.tries = Math.max(this.tries - 1, 1);
      }
    }
    return this.tries;
  }
}
