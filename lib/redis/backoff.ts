const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;

/**
 * How long to wait before the next attempt to connect, in milliseconds: twice as long each time, up to 10 seconds, and
 * between half of that and all of it, so that instances do not come back together.
 */
export class Backoff {
  private ceiling = FIRST_DELAY;

  next(): number {
    const delay = this.ceiling * (0.5 + Math.random() / 2);
    this.ceiling = Math.min(this.ceiling * 2, LONGEST_DELAY);
    return delay;
  }

  reset(): void {
    this.ceiling = FIRST_DELAY;
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
