const FIRST_DELAY = 100;
const LONGEST_DELAY = 5000;
/** A connection that lasted as long as this was a good one: the next failure is again the first. */
const LASTING = LONGEST_DELAY;

/**
 * How long to wait before connecting again, in milliseconds: twice as long every time, and up to half of it less at random,
 * so that instances that lost their connections together do not come back together.
 */
export class Backoff {
  private failures = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /**
   * @param lasted how long the connection lasted, in milliseconds; less than 0 when there was none. A server that accepts connections
   * and drops them would otherwise have everything read ten times a second.
   */
  delayAfter(lasted: number): number {
    this.failures = lasted >= LASTING ? 1 : this.failures + 1;
    return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (this.failures - 1)) * (1 - this.random() / 2);
  }
}

/** Resolves after the delay, or when the signal, which is not aborted yet, is. Keeps no process alive. */
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
