import type { Observable, Subscription } from 'rxjs';
import type { OriginChange } from '../options/index.js';
import { MAX_ORIGIN_LENGTH } from '../origin/serialized-origin.js';
import { Backoff } from '../support/backoff.js';
import { LogThrottle } from '../support/log-throttle.js';

/** The pause before `changes` that ended with an error are subscribed to again, in milliseconds. */
const PAUSES = { first: 1_000, longest: 60_000 };
/** How long a subscription has to last to count as one that listens, in milliseconds. */
const LASTING = 1_000;
/** No origin and no pattern is longer. */
const MAX_LENGTH = 2 * MAX_ORIGIN_LENGTH;

/** Listens to `changes` until it is stopped. An observable that fails is subscribed to again: then everything may have changed. */
export class ChangeListener {
  private subscription: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private readonly backoff = new Backoff(Math.random, PAUSES);
  private readonly throttle = new LogThrottle();

  /** @param onError called with an error once a minute at most */
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

  /** @param afterGap whether changes may have been missed, which counts as a change of everything once it listens */
  private listen(afterGap: boolean): void {
    let missed = afterGap;
    const listens = (): void => {
      if (missed) {
        missed = false;
        this.backoff.reset();
        clearTimeout(this.timer);
        this.onChange({});
      }
    };
    this.subscription = this.changes.subscribe({
      next: (change) => {
        listens();
        this.onChange(readChange(change));
      },
      error: (error: unknown) => {
        if (this.throttle.pass() !== undefined) {
          this.onError(error);
        }
        this.wait(() => this.listen(true), this.backoff.delayAfter());
      },
    });
    if (this.stopped) {
      this.subscription.unsubscribe();
    } else if (missed && !this.subscription.closed) {
      // A subscription that fails again at once has not listened: in an outage, cached results stay in use.
      this.wait(listens, LASTING);
    }
  }

  private wait(then: () => void, pause: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) {
      this.timer = setTimeout(then, pause).unref();
    }
  }
}

/** Reads a change of any type. A field that cannot be read is left out, so that the change concerns more. */
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
