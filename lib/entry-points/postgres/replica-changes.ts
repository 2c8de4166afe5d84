import { Observable } from 'rxjs';
import type { OriginChange } from '../../options/index.js';
import { ANY_CHANGE } from '../stores/origin-change.js';

/** Pauses before changes that a replica may lack are repeated, in milliseconds: a minute in all. */
const PAUSES = [1000, 3000, 11_000, 45_000];
/** After more changes than this within the first pause, `{}` is repeated instead. */
const MAX_CHANGES = 100;

/**
 * The changes, each repeated while a replica may not have replayed it. The primary notifies at once: a replica that is read at
 * that moment still returns the old rows, which would be cached as new ones.
 *
 * @param isReplica whether the rows are read from a replica now
 */
export function changesForReplica(
  changes: Observable<OriginChange>,
  isReplica: () => boolean,
): Observable<OriginChange> {
  return new Observable((observer) => {
    const timers = new Set<NodeJS.Timeout>();
    /** The changes that are repeated together, until the first repetition. */
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
