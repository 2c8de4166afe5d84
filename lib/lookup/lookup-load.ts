import type { Answer } from './question.js';

/** The moment of a call that waits for its turn, which is after all changes. */
const WAITING = Infinity;
/** The moment of a call that a change has concerned alone, which is before all others. */
const OUTDATED = -1;

/** A lookup call that is under way or waits for its turn, shared by all requests that have the same question. */
export class LookupLoad {
  answer: Answer = 'not-asked';
  /** When the call was made. */
  moment = WAITING;
  /** The call was not made, or not in time, because the store is too busy: that is no failure of it. */
  isOverload = false;

  get isStarted(): boolean {
    return this.moment !== WAITING;
  }
}

/** The calls of a cache by key. */
export class LookupLoads {
  private readonly byKey = new Map<string, LookupLoad>();

  get size(): number {
    return this.byKey.size;
  }

  get(key: string): LookupLoad | undefined {
    return this.byKey.get(key);
  }

  set(key: string, load: LookupLoad): void {
    this.byKey.set(key, load);
  }

  /** @returns whether no later call had taken its place */
  remove(key: string, load: LookupLoad): boolean {
    return this.byKey.get(key) === load && this.byKey.delete(key);
  }

  /** A change of `moment` concerns the key: the result of a call from before is given, and not cached. */
  outdate(key: string, moment: number): void {
    const load = this.byKey.get(key);
    if (load !== undefined && load.moment < moment) {
      load.moment = OUTDATED;
    }
  }
}
