/** A small seeded generator: the same seed gives the same tests everywhere. */
export class Random {
  constructor(private state: number) {}

  /** At least 0, less than `limit`. */
  below(limit: number): number {
    // xorshift32; a state of 0 would stay 0.
    this.state = this.state || 1;
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  shuffled<T>(values: readonly T[]): T[] {
    const rest = [...values];
    return values.map(() => rest.splice(this.below(rest.length), 1)[0] as T);
  }
}

/** Deals its values in random order, all of them before any comes again: every value gets its turn. */
export class Deck<T> {
  private rest: T[] = [];

  constructor(
    private readonly random: Random,
    private readonly values: readonly T[],
  ) {}

  deal(): T {
    if (this.rest.length === 0) {
      this.rest = this.random.shuffled(this.values);
    }
    return this.rest.pop() as T;
  }
}
