import type { OriginChange } from '../options/index.js';
import { RecordedChanges } from './recorded-changes.js';

/** Recorded changes, and keys visited for exact ones, in one turn of the event loop: a thousand take one to three milliseconds. */
export const WORK_PER_TURN = 1_000;
/** More changes than this wait as one change of everything. */
const MAX_WAITING = 10_000;
/** Before every moment. */
const NEVER = -1;

interface Waiting {
  readonly change: OriginChange;
  readonly moment: number;
}

/** A cache of results, which forgets those of a key that came before a moment. */
export type OutdateKey = (key: string, moment: number) => void;

/**
 * What has changed at one lookup object, for the caches of all its policies. A change is in force at once: beyond a bounded
 * amount of work in one turn of the event loop, all older results are stale until the turns after it have told them apart.
 */
export class LookupChanges {
  private readonly recorded: RecordedChanges;
  private readonly caches: OutdateKey[] = [];
  /** Counts what happens, so that two events within one millisecond have an order. */
  private moments = 0;
  /** The moment of the last gap: results from before may have been revoked unheard. */
  private gap = NEVER;
  private waiting: Waiting[] = [];
  /** How many of those that wait have been taken. */
  private taken = 0;
  private workLeft = WORK_PER_TURN;
  private isTurnAwaited = false;

  /** @param lifetime how long results and calls may matter after they began, in milliseconds */
  constructor(lifetime: number) {
    this.recorded = new RecordedChanges(lifetime);
  }

  /** @param outdate called with the keys that a change concerns where it is that precise, and is not recorded */
  addCache(outdate: OutdateKey): void {
    this.caches.push(outdate);
  }

  /** The moment after all that has happened so far. */
  nextMoment(): number {
    return ++this.moments;
  }

  get lastGap(): number {
    return this.gap;
  }

  /** When a change last made results about a key too old; `since`: the moment of the lookup call in question. */
  lastOf(key: string, since: number): number {
    const latest = this.waiting.at(-1)?.moment ?? NEVER;
    return Math.max(latest, this.recorded.lastOf(key, since));
  }

  /** Changes may have gone unheard. */
  addGap(): void {
    this.gap = this.nextMoment();
  }

  add(change: OriginChange): void {
    const moment = this.nextMoment();
    if (this.waiting.length === 0 && this.workLeft > 0) {
      this.apply(change, moment);
    } else if (this.waiting.length - this.taken < MAX_WAITING) {
      this.waiting.push({ change, moment });
    } else {
      this.forgetWaiting();
      this.recorded.record({}, moment);
    }
    this.awaitTurn();
  }

  private apply(change: OriginChange, moment: number): void {
    const keys = this.recorded.record(change, moment);
    for (const key of keys) {
      this.caches.forEach((outdate) => outdate(key, moment));
    }
    this.workLeft -= 1 + keys.length * this.caches.length;
  }

  private awaitTurn(): void {
    if (!this.isTurnAwaited) {
      this.isTurnAwaited = true;
      setImmediate(() => this.beginTurn());
    }
  }

  private beginTurn(): void {
    this.isTurnAwaited = false;
    this.workLeft = WORK_PER_TURN;
    while (this.workLeft > 0 && this.taken < this.waiting.length) {
      const { change, moment } = this.waiting[this.taken] as Waiting;
      this.taken++;
      this.apply(change, moment);
    }
    if (this.taken < this.waiting.length) {
      this.awaitTurn();
    } else {
      this.forgetWaiting();
    }
  }

  private forgetWaiting(): void {
    this.waiting = [];
    this.taken = 0;
  }
}
