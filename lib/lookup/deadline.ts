/**
 * The time that one call may take. The timer starts only when a promise is awaited, and the `AbortController` exists only
 * when the application reads the signal: a synchronous result costs neither.
 */
export class Deadline {
  private controller: AbortController | undefined;
  private expired = false;
  private onExpire: (() => void) | undefined;

  constructor(private readonly timeout: number) {}

  /** Aborted when the deadline has passed. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.expired) {
      this.controller.abort(this.expiry());
    }
    return this.controller.signal;
  }

  /** Ends the wait at once. */
  expire(): void {
    this.onExpire?.();
  }

  /** Settles like `pending`, or with `onExpiry()` when the deadline passes first. A later result is ignored. */
  race<T>(pending: PromiseLike<T>, onExpiry: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const expire = (): void => {
        clearTimeout(timer);
        this.expired = true;
        this.controller?.abort(this.expiry());
        resolve(onExpiry());
      };
      const timer = setTimeout(expire, this.timeout);
      this.onExpire = expire;
      // The application may return any thenable; Promise.resolve() makes sure that it settles once.
      Promise.resolve(pending)
        .finally(() => clearTimeout(timer))
        .then(resolve, reject);
    });
  }

  private expiry(): DOMException {
    return new DOMException(`No answer within ${this.timeout} ms`, 'TimeoutError');
  }
}

/** The deadlines of the calls under way, so that no call outlives the application. */
export class OpenDeadlines extends Set<Deadline> {
  /** Whether the application has closed: then nothing is reported. */
  areClosed = false;

  /** Aborts the signals of all calls, and clears their timers. */
  close(): void {
    this.areClosed = true;
    this.forEach((deadline) => deadline.expire());
    this.clear();
  }
}
