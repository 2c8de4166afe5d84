import type { OriginChange } from '../options/index.js';
import { RecordedChanges } from './recorded-changes.js';

/** Recorded changes, and visited keys, in one turn of the event loop: a thousand take one to three milliseconds. */
export const WORK_PER_TURN = 1_000;
/** More changes than this wait as one change of everything. */
const MAX_WAITING = 10_000;
/** Before every moment. */
const NEVER = -1;

interface Waiting {
  readonly change: OriginChange;
  readonly moment: number;
}

/** Expires the results of a cache about one key from before a moment. */
export type ExpireKey = (key: string, moment: number) => void;

/**
 * The changes of one lookup object, for the caches of all its policies. A change takes effect at once. The work in one turn of
 * the event loop is bounded: beyond that, all older results count as expired until later turns have applied the changes one by
 * one.
 */
export class LookupChanges {
  /** The moment of the last gap: changes before it may have been missed. */
  lastGap = NEVER;
  /** No change or gap after this moment concerns a result, except for changes of one key, which its cache applies. */
  latest = NEVER;

  private readonly recorded: RecordedChanges;
  private readonly caches: ExpireKey[] = [];
  /** Counts calls, changes and gaps, so that two within one millisecond have an order. */
  private moments = 0;
  private waiting: Waiting[] = [];
  /** How many of the waiting changes have been applied. */
  private applied = 0;
  private workLeft = WORK_PER_TURN;
  private isTurnAwaited = false;

  /** @param lifetime how long results and calls are used after they began, in milliseconds */
  constructor(lifetime: number) {
    this.recorded = new RecordedChanges(lifetime);
  }

  /** @param expire called with the keys of a change of one origin and tenant, which is not recorded */
  addCache(expire: ExpireKey): void {
    this.caches.push(expire);
  }

  /** The moment after all that has happened so far. */
  nextMoment(): number {
    return ++this.moments;
  }

  /** The last change that concerns a key. @param since the moment of the lookup call: earlier changes may be left out */
  lastOf(key: string, since: number): number {
    return since > this.latest ? NEVER : Math.max(this.waiting.at(-1)?.moment ?? NEVER, this.recorded.lastOf(key));
  }

  /** The last change or gap that concerns a key. */
  lastOrGapOf(key: string, since: number): number {
    return Math.max(this.lastGap, this.lastOf(key, since));
  }

  /** Changes may have been missed. */
  addGap(): void {
    this.lastGap = this.latest = this.nextMoment();
  }

  add(change: OriginChange): void {
    const moment = this.nextMoment();
    if (this.waiting.length === 0 && this.workLeft > 0) {
      this.apply(change, moment);
    } else {
      this.latest = moment;
      if (this.waiting.length - this.applied < MAX_WAITING) {
        this.waiting.push({ change, moment });
      } else {
        this.forgetWaiting();
        this.recorded.record({}, moment);
      }
    }
    this.awaitTurn();
  }

  private apply(change: OriginChange, moment: number): void {
    const keys = this.recorded.record(change, moment);
    if (keys.length === 0) {
      this.latest = Math.max(this.latest, moment);
    }
    for (const key of keys) {
      this.caches.forEach((expire) => expire(key, moment));
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
    while (this.workLeft > 0 && this.applied < this.waiting.length) {
      const { change, moment } = this.waiting[this.applied] as Waiting;
      this.applied++;
      this.apply(change, moment);
    }
    if (this.applied < this.waiting.length) {
      this.awaitTurn();
    } else {
      this.forgetWaiting();
    }
  }

  private forgetWaiting(): void {
    this.waiting = [];
    this.applied = 0;
  }
}
