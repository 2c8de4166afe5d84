/** How many seconds' worth of questions may be put at once, after a quiet time. */
const BURST_SECONDS = 10;
/** How many seconds' worth are reserved for origins that are asked about again after they were turned away. */
const RESERVED_SECONDS = 5;

/**
 * How many questions may still be put, whatever they end in: whoever invents origins or tenants that are allowed, by a pattern
 * for instance, reaches the store as often as others do.
 *
 * What comes back is filled into the reserve first. Somebody who sends a new origin with each request cannot use it, and those
 * who try again can, however many are invented.
 */
export class QuestionBudget {
  private left: number;
  private reserved: number;
  private countedAt = performance.now();

  /** @param perSecond how many questions a second */
  constructor(private readonly perSecond: number) {
    this.left = perSecond * BURST_SECONDS;
    this.reserved = perSecond * RESERVED_SECONDS;
  }

  /** How long until there is one question's worth in the reserve, in milliseconds. */
  get pause(): number {
    return Math.max(0, Math.ceil(((1 - this.reserved) / this.perSecond) * 1000));
  }

  /** Whether {@link takeReserved} would take one question's worth. */
  get hasReserve(): boolean {
    this.refill();
    return this.reserved >= 1 || this.left >= 1;
  }

  /** Takes one question's worth, if there is one left. */
  take(): boolean {
    this.refill();
    if (this.left < 1) {
      return false;
    }
    this.left--;
    return true;
  }

  /** Takes one question's worth out of the reserve, or of what is left for all. */
  takeReserved(): boolean {
    this.refill();
    if (this.reserved < 1) {
      return this.take();
    }
    this.reserved--;
    return true;
  }

  /** The question does not count. */
  giveBack(): void {
    this.left++;
  }

  private refill(): void {
    const now = performance.now();
    const most = this.perSecond * RESERVED_SECONDS;
    const filled = this.reserved + ((now - this.countedAt) / 1000) * this.perSecond;
    this.countedAt = now;
    this.reserved = Math.min(most, filled);
    this.left = Math.min(this.perSecond * BURST_SECONDS, this.left + filled - this.reserved);
  }
}
