import type { Observable, Subscription } from 'rxjs';
import type { OriginChange } from '../../lib/options/index.js';
import { until } from './until.js';

/** The changes that one subscriber was told of, in order. */
export class HeardChanges {
  readonly all: OriginChange[] = [];
  readonly ended: unknown[] = [];
  private readonly subscription: Subscription;
  private read = 0;

  constructor(changes: Observable<OriginChange>) {
    this.subscription = changes.subscribe({
      next: (change) => this.all.push(change),
      error: (error: unknown) => this.ended.push(error),
      complete: () => this.ended.push('complete'),
    });
  }

  /** The next change that has not been read; waits for it. */
  async next(): Promise<OriginChange> {
    await until(() => this.all.length > this.read);
    return this.all[this.read++] as OriginChange;
  }

  stop(): void {
    this.subscription.unsubscribe();
  }
}
