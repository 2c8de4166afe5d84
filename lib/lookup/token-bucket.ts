/** How many seconds' worth of tokens are there after a quiet time. */
const BURST_SECONDS = 10;
/** How many seconds' worth are reserved for origins that were turned away and come again. */
const RESERVED_SECONDS = 5;

/**
 * Limits the rate of lookup calls, whatever their results: a client that invents origins may hit a pattern that allows them all.
 *
 * New tokens fill the reserve first. A client that sends a new origin with each request cannot use the reserve, and clients that
 * send an origin again can.
 */
export class TokenBucket {
  private left: number;
  private reserved: number;
  private countedAt = performance.now();

  /** @param perSecond how many tokens are added in a second */
  constructor(private readonly perSecond: number) {
    this.left = perSecond * BURST_SECONDS;
    this.reserved = perSecond * RESERVED_SECONDS;
  }

  /** The time until the reserve has a token, in milliseconds. */
  get pause(): number {
    return Math.max(0, Math.ceil(((1 - this.reserved) / this.perSecond) * 1000));
  }

  /** Whether {@link takeReserved} would take a token. */
  get hasReserve(): boolean {
    this.refill();
    return this.reserved >= 1 || this.left >= 1;
  }

  /** Takes a token, if there is one outside of the reserve. */
  take(): boolean {
    this.refill();
    if (this.left < 1) {
      return false;
    }
    this.left--;
    return true;
  }

  /** Takes a token from the reserve, or from the rest where the reserve is empty. */
  takeReserved(): boolean {
    this.refill();
    if (this.reserved < 1) {
      return this.take();
    }
    this.reserved--;
    return true;
  }

  /** The call does not count. */
  giveBack(): void {
    this.left++;
  }

  private refill(): void {
    const now = performance.now();
    const filled = this.reserved + ((now - this.countedAt) / 1000) * this.perSecond;
    this.countedAt = now;
    this.reserved = Math.min(this.perSecond * RESERVED_SECONDS, filled);
    this.left = Math.min(this.perSecond * BURST_SECONDS, this.left + filled - this.reserved);
  }
}
