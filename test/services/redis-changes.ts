import { setTimeout as sleep } from 'node:timers/promises';
import type { Observable, Subscription } from 'rxjs';
import type { OriginChange } from '../../lib/interfaces/index.js';

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

/** Waits for what happens sooner or later; the test's own timeout ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await sleep(10);
  }
}
