/** After a reading of the whole list, the store cannot cause another one for this many times its duration: 1/11 of the time. */
const PAUSE_FACTOR = 10;
/** The pause after a reading that failed, whose duration says little, in milliseconds. */
const PAUSE_AFTER_FAILURE = 250;

/**
 * How long the last reading of a whole list took, and how long a store has to wait for the next. Any role that may send a
 * notification can say that everything has changed: such readings take a tenth of the time at most.
 */
export class WholeReadings {
  private startedAt: number | undefined;
  private earliest = -Infinity;
  private isPostponed = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param read called when a postponed reading may begin */
  constructor(private readonly read: () => void) {}

  /** How long the reading under way has taken so far, in milliseconds; 0 when there is none. */
  get elapsed(): number {
    return this.startedAt === undefined ? 0 : performance.now() - this.startedAt;
  }

  get isUnderWay(): boolean {
    return this.startedAt !== undefined;
  }

  /** Whether the store may cause a reading now. While one is under way, it is not known how long the next has to wait. */
  get isAllowed(): boolean {
    return !this.isUnderWay && performance.now() >= this.earliest;
  }

  /** A reading begins, which is also the one that was postponed. */
  start(): void {
    this.stop();
    this.startedAt = performance.now();
  }

  end(isFailure: boolean): void {
    const now = performance.now();
    this.earliest = now + (isFailure ? PAUSE_AFTER_FAILURE : PAUSE_FACTOR * this.elapsed);
    this.startedAt = undefined;
    this.waitForPause();
  }

  /** Has a reading begin as soon as it may. */
  postpone(): void {
    if (!this.isPostponed) {
      this.isPostponed = true;
      this.waitForPause();
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.isPostponed = false;
  }

  private waitForPause(): void {
    // While a reading is under way, its end calls this again.
    if (this.isPostponed && !this.isUnderWay) {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.read, Math.max(0, this.earliest - performance.now())).unref();
    }
  }
}
