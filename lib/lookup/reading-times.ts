/** How much the latest batch counts in the mean duration of a single reading. */
const WEIGHT = 0.5;
/** After a reading of the whole list, a store cannot cause another one for this many times its duration: 1/11 of the time. */
const PAUSE_FACTOR = 10;
/** The pause after a failed reading, in milliseconds: the duration of such a reading does not count. */
const PAUSE_AFTER_FAILURE = 250;

/**
 * The durations of a list's readings, in milliseconds, and the pause that they require. Any role that may send a notification can
 * say that everything has changed: the readings that this causes take a tenth of the time at most.
 */
export class ReadingTimes {
  private longestWhole = 0;
  private whole: number | undefined;
  private single: number | undefined;
  /** When the reading of the whole list under way began. */
  private startedAt: number | undefined;
  private earliest = -Infinity;
  private isPostponed = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param readWhole called when a postponed reading may begin */
  constructor(private readonly readWhole: () => void) {}

  /** The longest good reading of the whole list, or the one under way. */
  get longest(): number {
    return Math.max(this.longestWhole, this.elapsed);
  }

  get isUnderWay(): boolean {
    return this.startedAt !== undefined;
  }

  /** Whether the store may cause a reading of the whole list now. During a reading, the next pause is not known. */
  get isAllowed(): boolean {
    return !this.isUnderWay && performance.now() >= this.earliest;
  }

  /** Notes a good reading. @param singles how many single origins were read; `undefined`: the whole list */
  note(duration: number, singles: number | undefined): void {
    if (singles === undefined) {
      this.whole = duration;
      this.longestWhole = Math.max(this.longestWhole, duration);
    } else {
      const each = duration / singles;
      this.single = this.single === undefined ? each : this.single * (1 - WEIGHT) + each * WEIGHT;
    }
  }

  /** Whether reading the whole list is faster than reading this many single origins. */
  isWholeQuicker(count: number): boolean {
    return this.whole !== undefined && this.single !== undefined && this.single * count > this.whole;
  }

  /** A reading of the whole list begins, which is also the postponed one. */
  startWhole(): void {
    this.stop();
    this.startedAt = performance.now();
  }

  endWhole(isFailure: boolean): void {
    this.earliest = performance.now() + (isFailure ? PAUSE_AFTER_FAILURE : PAUSE_FACTOR * this.elapsed);
    this.startedAt = undefined;
    this.waitForPause();
  }

  /** Begins a reading as soon as the store may cause one. */
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

  private get elapsed(): number {
    return this.startedAt === undefined ? 0 : performance.now() - this.startedAt;
  }

  private waitForPause(): void {
    // The end of a reading under way calls this again.
    if (this.isPostponed && !this.isUnderWay) {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.readWhole, Math.max(0, this.earliest - performance.now())).unref();
    }
  }
}
