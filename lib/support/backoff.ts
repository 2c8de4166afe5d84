const FIRST_DELAY = 100;
const LONGEST_DELAY = 5000;
/** After a connection of this length, the next failure counts as the first. */
const LASTING = LONGEST_DELAY;

/**
 * The delay before the next connection, in milliseconds. It doubles with each failure. Up to half of it is taken off at random,
 * so that instances do not reconnect together.
 */
export class Backoff {
  private failures = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /**
   * @param lasted How long the connection lasted, in milliseconds; less than 0 without one. A server that accepts and drops
   *   connections is so not asked ten times a second.
   */
  delayAfter(lasted: number): number {
    this.failures = lasted >= LASTING ? 1 : this.failures + 1;
    return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (this.failures - 1)) * (1 - this.random() / 2);
  }
}

/** Resolves after the delay, or when the signal is aborted. Keeps no process alive. */
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
