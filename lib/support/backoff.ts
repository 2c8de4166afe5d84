/** How the delays of a {@link Backoff} grow, in milliseconds. */
export interface BackoffTimes {
  readonly first: number;
  readonly longest: number;
  /** After a connection, or any other success, of this length the next failure counts as the first. */
  readonly lasting?: number;
  /** The fraction of a delay that is taken off at random, at most, so that instances do not come back together. */
  readonly jitter?: number;
}

/** The delays of a connection to a server. */
const CONNECTION: BackoffTimes = { first: 100, longest: 5000, lasting: 5000, jitter: 0.5 };

/** The delay before the next attempt, in milliseconds. It doubles with each failure. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly random: () => number = Math.random,
    private readonly times: BackoffTimes = CONNECTION,
  ) {}

  /**
   * @param lasted How long the connection lasted, in milliseconds; less than 0 without one. A server that accepts and drops
   *   connections is therefore not called ten times a second.
   */
  delayAfter(lasted = -Infinity): number {
    const { first, longest, lasting = Infinity, jitter = 0 } = this.times;
    this.failures = lasted >= lasting ? 1 : this.failures + 1;
    return Math.min(longest, first * 2 ** (this.failures - 1)) * (1 - jitter * this.random());
  }

  /** The next failure counts as the first. */
  reset(): void {
    this.failures = 0;
  }
}

/** Resolves after the delay, or when the signal is aborted. The timer does not keep the process alive. */
export function pause(delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, delay).unref();
    signal.addEventListener('abort', end);
  });
}
