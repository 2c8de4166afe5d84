/**
 * The time that one question may take. The timer only starts when an answer is awaited, and the `AbortController` only
 * exists when the application reads the signal: a synchronous answer costs neither.
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

  /** Has the time pass at once, for who no longer waits. */
  expire(): void {
    this.onExpire?.();
  }

  /** Settles as `pending` does, or with `onExpiry()` when that takes too long. What comes later is ignored. */
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
      // The application may answer with any thenable; resolve() makes a promise of it whose first word counts.
      Promise.resolve(pending).then(
        (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }

  private expiry(): DOMException {
    return new DOMException(`No answer within ${this.timeout} ms`, 'TimeoutError');
  }
}
