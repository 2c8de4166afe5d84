/** Thrown where an expression takes more steps to check than are spent on one. */
export class TooMuchEffort extends Error {}

/**
 * How much is spent at most on the check of one expression, and how much more for each character that it is written with, so
 * that a long list of names is read. Steps are counted instead of time: every machine comes to the same result.
 * docs/performance.md has what they cost.
 */
const MAX_EFFORT = 100_000;
const EFFORT_PER_CHARACTER = 100;

/** The steps that the check of one expression has left, over everything that it looks into. */
export class Effort {
  #spent = 0;

  constructor(readonly limit: number) {}

  static for({ source }: RegExp): Effort {
    return new Effort(MAX_EFFORT + EFFORT_PER_CHARACTER * source.length);
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws TooMuchEffort where fewer steps are left. */
  spend(steps: number): void {
    this.#spent += steps;
    if (this.#spent > this.limit) {
      throw new TooMuchEffort();
    }
  }
}
