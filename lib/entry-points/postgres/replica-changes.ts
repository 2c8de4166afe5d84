import { Observable } from 'rxjs';
import type { OriginChange } from '../../options/index.js';
import { ANY_CHANGE } from '../stores/origin-change.js';

/** Pauses between the announcements of changes that a replica may not have yet, in milliseconds: a minute in all. */
const PAUSES = [1000, 3000, 11_000, 45_000];
/** More changes than this within the first pause say that any origin may have changed. */
const MAX_CHANGES = 100;

/**
 * Changes, each of them also told again while a replica may not have replayed it. The primary notifies at once, and a replica that is
 * read at that moment answers with the rows of before, which would be cached as if they were new.
 *
 * @param isReplica whether the rows are read from a replica now
 */
export function changesForReplica(
  changes: Observable<OriginChange>,
  isReplica: () => boolean,
): Observable<OriginChange> {
  return new Observable((observer) => {
    const timers = new Set<NodeJS.Timeout>();
    /** Changes that are announced together, until their first repetition. */
    let batch: Batch | undefined;

    const repeat = (repeated: Batch, [pause, ...later]: readonly number[]): void => {
      if (pause === undefined) {
        return;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (batch === repeated) {
          batch = undefined;
        }
        repeated.all().forEach((change) => observer.next(change));
        repeat(repeated, later);
      }, pause).unref();
      timers.add(timer);
    };
    const subscription = changes.subscribe((change) => {
      if (isReplica()) {
        if (batch === undefined) {
          batch = new Batch();
          repeat(batch, PAUSES);
        }
        batch.add(change);
      }
      observer.next(change);
    });
    return () => {
      subscription.unsubscribe();
      timers.forEach((timer) => clearTimeout(timer));
    };
  });
}

class Batch {
  private readonly changes = new Map<string, OriginChange>();

  add(change: OriginChange): void {
    if (this.changes.size <= MAX_CHANGES) {
      this.changes.set(JSON.stringify([change.origin, change.tenant]), change);
    }
  }

  all(): readonly OriginChange[] {
    return this.changes.size > MAX_CHANGES ? [ANY_CHANGE] : [...this.changes.values()];
  }
}
