/** How much of what was known about single readings the latest batch replaces. */
const WEIGHT = 0.5;

/** How long the good readings of a list take, in milliseconds. */
export class ReadingTimes {
  /** The longest reading of the whole list. */
  longest = 0;
  private whole: number | undefined;
  private single: number | undefined;

  /** @param singles how many single origins were read; `undefined`: the whole list */
  note(duration: number, singles: number | undefined): void {
    if (singles === undefined) {
      this.whole = duration;
      this.longest = Math.max(this.longest, duration);
    } else {
      const each = duration / singles;
      this.single = this.single === undefined ? each : this.single * (1 - WEIGHT) + each * WEIGHT;
    }
  }

  /** Whether the whole list is read sooner than so many single origins. */
  isWholeQuicker(count: number): boolean {
    return this.whole !== undefined && this.single !== undefined && this.single * count > this.whole;
  }
}
