import type { Observable, Subscription } from 'rxjs';
import type { OriginChange } from '../options/index.js';
import { MAX_ORIGIN_LENGTH } from '../origin/serialized-origin.js';

/** First pause before `changes` that ended with an error are subscribed to again, in milliseconds; it doubles. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** How long a subscription has to last to count as one that listens, in milliseconds. */
const LASTING = 1_000;
/** How long errors stay quiet after one was passed on, in milliseconds. */
const QUIET_PERIOD = 60_000;
/** No origin is as long, and no pattern. */
const MAX_LENGTH = 2 * MAX_ORIGIN_LENGTH;

/**
 * Listens to `changes` until it is stopped. What the application emits is read defensively, and an observable that fails
 * is subscribed to again: then everything may have changed.
 */
export class ChangeListener {
  private subscription: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private failures = 0;
  private passedOnAt: number | undefined;

  constructor(
    private readonly changes: Observable<OriginChange>,
    private readonly onChange: (change: OriginChange) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.listen(false);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.subscription?.unsubscribe();
  }

  /** @param afterGap whether something may have gone unheard, which counts as a change of everything once it listens */
  private listen(afterGap: boolean): void {
    let missed = afterGap;
    const listens = (): void => {
      if (missed) {
        missed = false;
        this.failures = 0;
        clearTimeout(this.timer);
        this.onChange({});
      }
    };
    this.subscription = this.changes.subscribe({
      next: (change) => {
        listens();
        this.onChange(readChange(change));
      },
      error: (error: unknown) => this.retry(error),
    });
    if (this.stopped) {
      this.subscription.unsubscribe();
    } else if (missed && !this.subscription.closed) {
      // One that fails at once again has not listened: in an outage, what is kept is all there is.
      this.wait(listens, LASTING);
    }
  }

  private retry(error: unknown): void {
    const now = performance.now();
    if (this.passedOnAt === undefined || now - this.passedOnAt >= QUIET_PERIOD) {
      this.passedOnAt = now;
      this.onError(error);
    }
    this.wait(() => this.listen(true), Math.min(FIRST_PAUSE * 2 ** this.failures, LONGEST_PAUSE));
    this.failures++;
  }

  private wait(then: () => void, pause: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) {
      this.timer = setTimeout(then, pause);
      this.timer.unref();
    }
  }
}

/** Reads a change of whatever type it is. In doubt, it concerns everything. */
export function readChange(change: unknown): OriginChange {
  try {
    const { origin, tenant } = (change ?? {}) as Readonly<Record<string, unknown>>;
    return {
      ...(typeof origin === 'string' && origin.length <= MAX_LENGTH ? { origin } : {}),
      ...(typeof tenant === 'string' ? { tenant } : {}),
    };
  } catch {
    return {};
  }
}
