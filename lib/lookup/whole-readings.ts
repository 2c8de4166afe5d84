/** After a reading of the whole list, the store cannot cause another one for this many times its duration: 1/11 of the time. */
const PAUSE_FACTOR = 10;
/** The pause after a reading that failed, whose duration says little, in milliseconds. */
const PAUSE_AFTER_FAILURE = 250;

/**
 * How long the last reading of a whole list took, and how long a store has to wait for the next. Whoever may send a
 * notification can say that everything has changed: such readings take a tenth of the time at most.
 */
export class WholeReadings {
  private startedAt: number | undefined;
  private earliest = -Infinity;

  start(): void {
    this.startedAt = performance.now();
  }

  end(failed: boolean): void {
    const now = performance.now();
    const duration = now - (this.startedAt ?? now);
    this.startedAt = undefined;
    this.earliest = now + (failed ? PAUSE_AFTER_FAILURE : PAUSE_FACTOR * duration);
  }

  /** In milliseconds; `undefined` while a reading is under way, whose duration is not known yet. */
  get pause(): number | undefined {
    return this.startedAt === undefined ? Math.max(0, this.earliest - performance.now()) : undefined;
  }
}
