import type { Observable, Subscription } from 'rxjs';
import type { OriginChange } from '../../lib/options/index.js';
import { until } from './until.js';

/** The changes that a store has told of. */
export class RecordedChanges {
  readonly all: OriginChange[] = [];
  private readonly subscription: Subscription;

  constructor(changes: Observable<OriginChange>) {
    this.subscription = changes.subscribe((change) => this.all.push(change));
  }

  /** How often it was told that everything may have changed. */
  get gaps(): number {
    return this.all.filter(({ origin, tenant }) => origin === undefined && tenant === undefined).length;
  }

  /** Waits until everything was said to have changed so many times, which is when the store listens. */
  async listening(gaps = 1): Promise<void> {
    await until(() => this.gaps >= gaps);
  }

  async of(origin: string): Promise<OriginChange> {
    await until(() => this.all.some((change) => change.origin === origin));
    return this.all.find((change) => change.origin === origin) as OriginChange;
  }

  stop(): void {
    this.subscription.unsubscribe();
  }
}
