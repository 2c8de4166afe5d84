import type { OriginChange } from '../../options/index.js';
import { ANY_CHANGE } from '../stores/origin-change.js';

/** After more changes than this in one transaction, everything may have changed. */
const MAX_CHANGES = 100;

/** The uncommitted writes of one connection, each once, at most a hundred. */
export class UncommittedChanges {
  private readonly changes = new Map<string, OriginChange>();
  private any = false;
  /** Whether a commit was sent and its outcome is unknown. */
  committing = false;
  /** Whether a statement of raw SQL may have committed them. */
  uncertain = false;
  /** Whether they are announced repeatedly. */
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
