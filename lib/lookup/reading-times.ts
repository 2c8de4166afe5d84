/** How much of what was known about single readings the latest batch replaces. */
const WEIGHT = 0.5;

/** How long the readings of a list take, in milliseconds. */
export class ReadingTimes {
  /** The longest reading of the whole list that was good. */
  longest = 0;
  private whole: number | undefined;
  private single: number | undefined;

  noteWhole(duration: number): void {
    this.whole = duration;
    this.longest = Math.max(this.longest, duration);
  }

  /** @param duration of a batch of so many single readings */
  noteSingles(duration: number, count: number): void {
    const each = duration / count;
    this.single = this.single === undefined ? each : this.single * (1 - WEIGHT) + each * WEIGHT;
  }

  /** Whether the whole list is read sooner than so many single origins. */
  isWholeQuicker(count: number): boolean {
    return this.whole !== undefined && this.single !== undefined && this.single * count > this.whole;
  }
}
