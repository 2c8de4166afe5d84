import type { LookupResult } from '../policy/origin-responder.js';
import type { MaybePromise } from '../support/maybe-promise.js';

/** The most waiting calls of one lookup object, which bounds the memory that they take. */
const MAX_WAITING = 10_000;

interface Waiting<Call> {
  readonly call: Call;
  readonly since: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (result: LookupResult) => void;
}

/** Calls that wait for a place, the oldest first. No caller waits longer than the deadline, including its own call. */
export class WaitingCalls<Call> {
  private readonly waiting = new Set<Waiting<Call>>();

  /**
   * @param timeout how long a caller waits, in milliseconds
   * @param resultFor the result for a caller whose deadline has passed; `isStarted`: its call is under way
   */
  constructor(
    private readonly timeout: number,
    private readonly resultFor: (call: Call, since: number, isStarted: boolean) => LookupResult,
  ) {}

  get size(): number {
    return this.waiting.size;
  }

  /** Settles with the result of the call; `undefined`: too many calls wait already. */
  add(call: Call): Promise<LookupResult> | undefined {
    if (this.waiting.size >= MAX_WAITING) {
      return undefined;
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.expire(waiting), this.timeout);
      const waiting: Waiting<Call> = { call, since: performance.now(), timer, resolve };
      this.waiting.add(waiting);
    });
  }

  /**
   * Starts the next call; `false` where no call waits or may start.
   * @param isBefore whether a call comes before an older one; without it, the oldest is next
   */
  startNext(
    mayStart: () => boolean,
    start: (call: Call) => MaybePromise<LookupResult>,
    isBefore?: (call: Call, older: Call) => boolean,
  ): boolean {
    if (this.waiting.size === 0 || !mayStart()) {
      return false;
    }
    const waiting = this.next(isBefore);
    this.waiting.delete(waiting);
    const settle = (result: LookupResult): void => {
      clearTimeout(waiting.timer);
      waiting.resolve(result);
    };
    const result = start(waiting.call);
    if (typeof result === 'string') {
      settle(result);
    } else {
      void result.then(settle);
    }
    return true;
  }

  /** Ends the wait of all callers. */
  clear(): void {
    this.waiting.forEach((waiting) => this.expire(waiting));
  }

  private next(isBefore: ((call: Call, older: Call) => boolean) | undefined): Waiting<Call> {
    let [next] = this.waiting as Iterable<Waiting<Call>> as [Waiting<Call>];
    if (isBefore !== undefined) {
      for (const waiting of this.waiting) {
        next = isBefore(waiting.call, next.call) ? waiting : next;
      }
    }
    return next;
  }

  private expire(waiting: Waiting<Call>): void {
    clearTimeout(waiting.timer);
    const isStarted = !this.waiting.delete(waiting);
    waiting.resolve(this.resultFor(waiting.call, waiting.since, isStarted));
  }
}
