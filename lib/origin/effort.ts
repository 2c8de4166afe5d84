/** Thrown when the check of an expression takes too many steps. */
export class TooMuchEffort extends Error {}

/**
 * The bound grows with the expression, so that a long list of names can be read. Steps are counted instead of time, so that the
 * result does not depend on the machine. docs/performance.md has the cost.
 */
const MAX_EFFORT = 100_000;
const EFFORT_PER_CHARACTER = 100;

/** Counts the steps of the check of one expression. */
export class Effort {
  #spent = 0;

  constructor(readonly limit: number) {}

  static for({ source }: RegExp): Effort {
    return new Effort(MAX_EFFORT + EFFORT_PER_CHARACTER * source.length);
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws TooMuchEffort beyond the limit. */
  spend(steps: number): void {
    this.#spent += steps;
    if (this.#spent > this.limit) {
      throw new TooMuchEffort();
    }
  }
}
