import { AsyncResource } from 'node:async_hooks';
import type { ListEvent } from '../logging/list-log.js';
import type { OriginChange } from '../options/index.js';
import type { OriginListSettings } from '../policy/lookup-options.js';
import { Deadline } from './deadline.js';
import type { ListContents } from './list-contents.js';
import { ReadingSchedule } from './reading-schedule.js';
import { ReadingTimes } from './reading-times.js';
import { WantedOrigins } from './wanted-origins.js';

/** More changes at once than this are cheaper to read as a whole. */
const MAX_SINGLE_READINGS = 1_000;
/** The single origins of one batch. Between two batches, the most urgent origins are chosen anew. */
const BATCH = 16;
const EXPIRED = Symbol('expired');

/**
 * Reads a list again when it changes, and from time to time. There is one reading at a time: changes during it are read next, so
 * that none is lost. A reading that fails leaves the last good list in force.
 */
export class ListRefresher {
  /** What the last reading failed with; `undefined` when it did not. */
  lastFailure: { readonly error: unknown } | undefined;

  private wantsAll = false;
  /** Whether the application or the interval has asked for a reading since the last one of the whole list began. */
  private isForApplication = false;
  private readonly wanted = new WantedOrigins();
  private readonly times = new ReadingTimes(() => void this.want({}));
  /** The reading under way, or the last one. */
  private current: Promise<void> = Promise.resolve();
  /** The next reading, of all that is wanted when the current one ends. */
  private following: Promise<void> | undefined;
  private readonly schedule: ReadingSchedule;
  /** The reading under way that was due and began too late. */
  private lateReading: Promise<void> | undefined;
  /** Whether the process was stopped during the last reading, so that the next one repeats it. */
  private isRepeated = false;
  private deadline: Deadline | undefined;
  private stopped = false;
  private ended: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  /** Readings must not run in the AsyncLocalStorage of the request that caused one. */
  private readonly outside = new AsyncResource('nestjs-cors:list');

  /** @param report told of failures and their end; must not throw */
  constructor(
    private readonly contents: ListContents,
    private readonly settings: OriginListSettings,
    private readonly report: (event: ListEvent) => void,
  ) {
    this.schedule = new ReadingSchedule(settings, () => this.begin());
  }

  /** The duration of the longest good reading of the whole list, or of the one under way, in milliseconds. */
  get longest(): number {
    return this.times.longest;
  }

  /** Whether stale rows stay stale for a while: readings fail, or have been stopped. */
  get isIdle(): boolean {
    return this.stopped || this.lastFailure !== undefined;
  }

  /** Whether a reading is late. While readings fail, the last good list is in force at any age. */
  get isOverdue(): boolean {
    return this.lastFailure === undefined && (this.lateReading !== undefined || this.schedule.isOverdue);
  }

  /** The reading that is due, which the timer may not have begun yet. */
  readOverdue(): Promise<void> {
    return (this.lateReading ??= this.readLate());
  }

  /** Settles when the next reading ends, good or not. */
  nextEnd(): Promise<void> {
    if (this.ended === undefined) {
      let resolve: () => void = () => undefined;
      const promise = new Promise<void>((resolvePromise) => (resolve = resolvePromise));
      this.ended = { promise, resolve };
    }
    return this.ended.promise;
  }

  stop(): void {
    this.stopped = true;
    this.schedule.clear();
    this.times.stop();
    this.deadline?.expire();
    this.tellEnd();
  }

  /** Has the changed rows read again. Settles when they are in force, or could not be read; never rejects. */
  want(change: OriginChange): Promise<void> {
    this.isForApplication = true;
    return this.add(change);
  }

  /** Applies a change that the store reports of itself. The readings that it causes take a tenth of the time at most. */
  wantWhenAllowed(change: OriginChange): void {
    const { origin } = change;
    const isSingle = origin !== undefined && this.contents.canReadSingles && this.wanted.size < MAX_SINGLE_READINGS;
    if (isSingle && this.lastFailure !== undefined && this.times.isUnderWay) {
      // Begins no reading: the one under way shows whether the store is back, and the origin is read after it.
      void this.wanted.add(origin);
    } else if ((isSingle && this.lastFailure === undefined) || this.times.isAllowed) {
      void this.add(change);
    } else if (!this.stopped) {
      this.times.postpone();
    }
  }

  private add({ origin }: OriginChange): Promise<void> {
    if (origin === undefined || !this.contents.canReadSingles || this.wanted.size >= MAX_SINGLE_READINGS) {
      this.wantsAll = true;
      return this.read();
    }
    const settled = this.wanted.add(origin);
    void this.read();
    return settled;
  }

  private begin(): void {
    if (this.isOverdue) {
      void this.readOverdue();
    } else {
      this.schedule.clear();
      void this.want({});
    }
  }

  /** Requests wait until it has ended. */
  private async readLate(): Promise<void> {
    this.schedule.clear();
    do {
      await this.want({});
    } while (this.isRepeated && !this.stopped);
    this.lateReading = undefined;
  }

  private read(): Promise<void> {
    // The reading under way may have passed the changed row already.
    this.following ??= this.current.then(() => {
      this.following = undefined;
      this.current = this.outside.runInAsyncScope(() => this.readWanted());
      return this.current;
    });
    return this.following;
  }

  /** Reads the whole list, or the most urgent single origins; the next reading takes the rest. */
  private async readWanted(): Promise<void> {
    const isAll = this.wantsAll || this.isWholeBetter();
    const isGood = isAll && !this.areRemovalsQuicker() ? true : await this.readBatch(isAll);
    // After a failure, the schedule begins the next reading.
    if (isAll && isGood && !this.stopped) {
      await this.readAll();
    }
    if (this.isIdle) {
      this.wanted.takeAll().forEach((settle) => settle());
    } else if (this.wanted.size > 0) {
      // A store may answer within this turn of the event loop: requests come before the next batch.
      setImmediate(() => void this.read());
    }
  }

  /** After a failure, other changes may have been missed. */
  private isWholeBetter(): boolean {
    const isQuicker = this.times.isWholeQuicker(this.wanted.size);
    const mayBeQuicker = this.isForApplication || this.times.isAllowed;
    return this.lastFailure !== undefined || !this.contents.isRead || (mayBeQuicker && isQuicker);
  }

  /** Whether possible removals are read before the whole list. */
  private areRemovalsQuicker(): boolean {
    const count = this.wanted.countInForce(BATCH, (origin) => this.contents.has(origin));
    return count > 0 && this.lastFailure === undefined && !this.times.isWholeQuicker(count);
  }

  /** @returns whether it was good */
  private async readBatch(onlyRemovals: boolean): Promise<boolean> {
    const batch = this.wanted.take(BATCH, (origin) => this.contents.has(origin), onlyRemovals);
    const origins = [...batch.keys()];
    if (!this.stopped && origins.length > 0) {
      await this.readUntilDeadline((signal) => this.contents.readSome(origins, signal), origins.length);
    }
    batch.forEach((settle) => settle());
    return this.lastFailure === undefined;
  }

  private async readAll(): Promise<void> {
    this.wantsAll = false;
    this.isForApplication = false;
    const batch = this.wanted.takeAll();
    this.times.startWhole();
    await this.readUntilDeadline((signal) => this.contents.readAll(signal), undefined);
    this.times.endWhole(this.lastFailure !== undefined);
    batch.forEach((settle) => settle());
  }

  /** @param singles how many single origins are read; `undefined`: the whole list */
  private async readUntilDeadline(
    read: (signal: AbortSignal) => Promise<void>,
    singles: number | undefined,
  ): Promise<void> {
    const startedAt = performance.now();
    const { loadTimeout } = this.settings;
    const deadline = new Deadline(loadTimeout);
    this.deadline = deadline;
    this.schedule.expectEnd(loadTimeout);
    // A stop in two readings in a row counts as a failure, so that the list is not read without a pause.
    const isToBeRepeated = (): boolean => this.contents.isRead && !this.isRepeated && this.schedule.wasStopped;
    let isRepeated: boolean;
    try {
      if ((await deadline.race<unknown>(read(deadline.signal), () => EXPIRED)) === EXPIRED) {
        throw new Error(`it could not be read within ${loadTimeout} ms (lists.loadTimeout)`);
      }
      isRepeated = isToBeRepeated();
      if (!isRepeated) {
        this.times.note(performance.now() - startedAt, singles);
      }
      if (this.lastFailure !== undefined) {
        this.lastFailure = undefined;
        this.report({ kind: 'recovered' });
      }
    } catch (error) {
      // Ends single readings that go on: their rows would be older than those of the next reading.
      deadline.expire();
      isRepeated = isToBeRepeated();
      if (!isRepeated && !this.stopped) {
        this.lastFailure = { error };
        this.report({ kind: 'failed', error, age: this.contents.state?.age });
      }
    }
    this.schedule.ended();
    this.isRepeated = isRepeated;
    if (isRepeated) {
      void this.readOverdue();
    }
    // Readings of single origins do not delay the next reading of the whole list.
    if (((singles === undefined && !isRepeated) || this.lastFailure !== undefined) && !this.stopped) {
      this.schedule.plan(startedAt, this.lastFailure !== undefined);
    }
    this.tellEnd();
  }

  private tellEnd(): void {
    this.ended?.resolve();
    this.ended = undefined;
  }
}
