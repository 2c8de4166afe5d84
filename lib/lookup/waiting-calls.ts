import type { ApplicationAnswer } from '../decision/origin-verdict.js';
import type { Answer } from './question.js';

/** More calls than this do not wait for one lookup object, so that waiting takes a bounded amount of memory. */
const MAX_WAITING = 10_000;

interface Waiting<Call> {
  readonly call: Call;
  readonly since: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (result: ApplicationAnswer) => void;
}

/** Calls that wait for a place, the oldest first. No caller waits longer than the deadline, its own call included. */
export class WaitingCalls<Call> {
  private readonly waiting = new Set<Waiting<Call>>();

  /**
   * @param timeout how long a caller waits, in milliseconds
   * @param resultFor the result for a caller that has waited since then; `isStarted`: its call is under way by now
   */
  constructor(
    private readonly timeout: number,
    private readonly resultFor: (call: Call, since: number, isStarted: boolean) => ApplicationAnswer,
  ) {}

  get size(): number {
    return this.waiting.size;
  }

  /** The result of the call, when it has had its turn; `undefined`: too many wait already. */
  add(call: Call): Promise<ApplicationAnswer> | undefined {
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
   * Starts the next call, if one may start; `false` where none may, or none waits.
   *
   * @param isBefore whether a call comes before one that is older; without it, the oldest is the next
   */
  startNext(
    mayStart: () => boolean,
    start: (call: Call) => Answer,
    isBefore?: (call: Call, older: Call) => boolean,
  ): boolean {
    // Whether one may start is looked at first, since it takes longer to find out which.
    if (this.waiting.size === 0 || !mayStart()) {
      return false;
    }
    const waiting = this.next(isBefore);
    this.waiting.delete(waiting);
    const settle = (result: ApplicationAnswer): void => {
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

  /** Turns all away at once. */
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
