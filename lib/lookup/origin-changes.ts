import type { Observable, Subscription } from 'rxjs';
import type { OriginChange } from '../interfaces/index.js';

/** Pause before `changes` that ended with an error are subscribed to again, in milliseconds. */
const RESUBSCRIBE_AFTER = 1_000;

/**
 * Listens to `changes` until it is stopped. What the application emits is read defensively, and an observable that fails
 * is subscribed to again: then everything may have changed.
 */
export class ChangeListener {
  private subscription: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly changes: Observable<OriginChange>,
    private readonly onChange: (change: OriginChange) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.subscription = this.changes.subscribe({
      next: (change) => this.onChange(readChange(change)),
      error: (error: unknown) => {
        this.onError(error);
        // What happens until it listens again goes unheard.
        this.timer = setTimeout(() => {
          this.start();
          this.onChange({});
        }, RESUBSCRIBE_AFTER);
        this.timer.unref();
      },
    });
    if (this.stopped) {
      this.subscription.unsubscribe();
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.subscription?.unsubscribe();
  }
}

/** In doubt, a change concerns everything. */
function readChange(change: unknown): OriginChange {
  const { origin, tenant } = (change ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof origin === 'string' ? { origin } : {}),
    ...(typeof tenant === 'string' ? { tenant } : {}),
  };
}
