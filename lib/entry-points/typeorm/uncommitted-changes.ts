import type { OriginChange } from '../../options/index.js';
import { ANY_CHANGE } from '../stores/origin-change.js';

/** A transaction that changes more rows than this says that any may have changed. */
const MAX_CHANGES = 100;

/** What one connection has written and not committed yet. Each change is kept once, and no more than a hundred. */
export class UncommittedChanges {
  private readonly changes = new Map<string, OriginChange>();
  private any = false;
  /** Whether a commit was sent whose outcome is not known yet. */
  committing = false;
  /** Whether a statement was run that may have committed them, unknown to TypeORM. */
  uncertain = false;
  /** Whether they are announced again from time to time. */
  isReminded = false;

  add(change: OriginChange): void {
    this.any ||= (change.origin === undefined && change.tenant === undefined) || this.changes.size >= MAX_CHANGES;
    if (this.any) {
      this.changes.clear();
    } else {
      this.changes.set(JSON.stringify([change.origin, change.tenant]), change);
    }
  }

  all(): readonly OriginChange[] {
    return this.any ? [ANY_CHANGE] : [...this.changes.values()];
  }
}
