import { AsyncResource } from 'node:async_hooks';
import type { OriginChange } from '../options/index.js';
import type { OriginListSettings } from '../policy/lookup-options.js';
import { Deadline } from './deadline.js';
import type { ListContents } from './list-contents.js';
import type { ListEvent } from '../logging/list-log.js';
import { ReadingSchedule } from './reading-schedule.js';
import { ReadingTimes } from './reading-times.js';
import { WantedOrigins } from './wanted-origins.js';
import { WholeReadings } from './whole-readings.js';

/** More changes at once than this are cheaper to read as a whole. */
const MAX_SINGLE_READINGS = 1_000;
/** Single origins that are read one after the other in one batch, before it is seen what is wanted most. */
const BATCH = 16;
const EXPIRED = Symbol('expired');

/**
 * Has a list read when it changes, and from time to time. There is one reading at a time: what changes meanwhile has the next one,
 * so that no change is lost between two readings. A reading that fails leaves the last good list in force.
 */
export class ListRefresher {
  private failures = 0;
  private failure: { readonly error: unknown } | undefined;
  private wantsAll = false;
  /** Whether something beside the store wants a reading since the last one of the whole list began. */
  private isForApplication = false;
  private readonly wanted = new WantedOrigins();
  private readonly times = new ReadingTimes();
  /** The reading under way, or the last one. */
  private current: Promise<void> = Promise.resolve();
  /** The one that begins when that has ended, for all that is wanted by then. */
  private following: Promise<void> | undefined;
  private readonly schedule: ReadingSchedule;
  /** The reading under way that was due, and that began too late. */
  private lateReading: Promise<void> | undefined;
  /** Whether the process was stopped during the last reading, so that the next one repeats it. */
  private isRepeated = false;
  private deadline: Deadline | undefined;
  private readonly wholeReadings = new WholeReadings(() => void this.want({}));
  private stopped = false;
  private ended: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  /** Readings must not run in the AsyncLocalStorage of the request that asked for one. */
  private readonly outside = new AsyncResource('nestjs-cors:list');

  /** @param report told of failures and their end; must not throw */
  constructor(
    private readonly contents: ListContents,
    private readonly settings: OriginListSettings,
    private readonly report: (event: ListEvent) => void,
  ) {
    this.schedule = new ReadingSchedule(settings, () => this.begin());
  }

  /** How long the longest good reading of the whole list took, or the one under way, in milliseconds. */
  get longest(): number {
    return Math.max(this.times.longest, this.wholeReadings.elapsed);
  }

  /** What the last reading failed with; `undefined` when it did not. */
  get lastFailure(): { readonly error: unknown } | undefined {
    return this.failure;
  }

  /** Whether stale rows stay stale for a while: readings fail, or there are none any more. */
  get isIdle(): boolean {
    return this.stopped || this.failures > 0;
  }

  /** Whether the list is older than one that runs lets it become. While readings fail, the last good one is in force whatever its age. */
  get isOverdue(): boolean {
    return this.failures === 0 && (this.lateReading !== undefined || this.schedule.isOverdue);
  }

  /** The reading that is due, and that the timer may not have begun yet. */
  readOverdue(): Promise<void> {
    return (this.lateReading ??= this.readLate());
  }

  /** Settles when the next reading ends, whatever it reads and whether it is good. */
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
    this.wholeReadings.stop();
    this.deadline?.expire();
    this.tellEnd();
  }

  /** Has what changed read again; settles when it is in force, or could not be read, and never rejects. */
  want(change: OriginChange): Promise<void> {
    this.isForApplication = true;
    return this.add(change);
  }

  /** The store tells of a change by itself. Readings of the whole list that it causes take a tenth of the time at most. */
  wantWhenAllowed(change: OriginChange): void {
    const { origin } = change;
    const isSingle = origin !== undefined && this.contents.canReadSingles && this.wanted.size < MAX_SINGLE_READINGS;
    if (isSingle && this.failures > 0 && this.wholeReadings.isUnderWay) {
      // Begins no reading of its own: it is read when the one under way shows that the store is back.
      void this.wanted.add(origin);
    } else if ((isSingle && this.failures === 0) || this.wholeReadings.isAllowed) {
      void this.add(change);
    } else if (!this.stopped) {
      this.wholeReadings.postpone();
    }
  }

  /** A stop in two readings in a row counts as a failure, so that the list is not read without a pause. */
  private get hasToBeRepeated(): boolean {
    return this.contents.isRead && !this.isRepeated && this.schedule.wasStopped;
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
    // Not the one under way, which may have read past what has changed.
    this.following ??= this.current.then(() => {
      this.following = undefined;
      this.current = this.outside.runInAsyncScope(() => this.readWanted());
      return this.current;
    });
    return this.following;
  }

  /** Reads the whole list, or the single origins that are wanted most; the rest has the next reading. */
  private async readWanted(): Promise<void> {
    const isAll = this.wantsAll || this.isWholeBetter();
    const isGood = isAll && !this.areRemovalsQuicker() ? true : await this.readBatch(isAll);
    // After a failure, the next reading is the one that the schedule begins.
    if (isAll && isGood && !this.stopped) {
      await this.readAll();
    }
    if (this.isIdle) {
      settle(this.wanted.takeAll());
    } else if (this.wanted.size > 0) {
      // A store may answer within this turn of the event loop: requests come before the next batch.
      setImmediate(() => void this.read());
    }
  }

  /** After a failure it is not known what else was missed. */
  private isWholeBetter(): boolean {
    const isQuicker = this.times.isWholeQuicker(this.wanted.size);
    const mayBeQuicker = this.isForApplication || this.wholeReadings.isAllowed;
    return this.failures > 0 || !this.contents.isRead || (mayBeQuicker && isQuicker);
  }

  /** Whether those that may be removals are read sooner than the whole list, which then follows. */
  private areRemovalsQuicker(): boolean {
    const count = this.wanted.countInForce(BATCH, (origin) => this.contents.has(origin));
    return count > 0 && this.failures === 0 && !this.times.isWholeQuicker(count);
  }

  /** @returns whether it was good */
  private async readBatch(onlyRemovals: boolean): Promise<boolean> {
    const batch = this.wanted.take(BATCH, (origin) => this.contents.has(origin), onlyRemovals);
    const origins = [...batch.keys()];
    if (this.stopped || origins.length === 0) {
      settle(batch);
      return true;
    }
    await this.readUntilDeadline((signal) => this.contents.readSome(origins, signal), origins.length);
    settle(batch);
    return this.failures === 0;
  }

  private async readAll(): Promise<void> {
    this.wantsAll = false;
    this.isForApplication = false;
    const batch = this.wanted.takeAll();
    this.wholeReadings.start();
    await this.readUntilDeadline((signal) => this.contents.readAll(signal), undefined);
    this.wholeReadings.end(this.failures > 0);
    settle(batch);
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
    let hasToBeRepeated = false;
    try {
      if ((await deadline.race<unknown>(read(deadline.signal), () => EXPIRED)) === EXPIRED) {
        throw new Error(`it could not be read within ${loadTimeout} ms (lists.loadTimeout)`);
      }
      hasToBeRepeated = this.hasToBeRepeated;
      if (!hasToBeRepeated) {
        this.times.note(performance.now() - startedAt, singles);
      }
      this.succeed();
    } catch (error) {
      // Single readings that go on must not bring what is older than the next reading.
      deadline.expire();
      hasToBeRepeated = this.hasToBeRepeated;
      if (!hasToBeRepeated) {
        this.fail(error);
      }
    }
    this.schedule.ended();
    this.isRepeated = hasToBeRepeated;
    if (hasToBeRepeated) {
      void this.readOverdue();
    }
    // Changes of single origins do not put off the next reading of the whole list.
    if (((singles === undefined && !hasToBeRepeated) || this.failures > 0) && !this.stopped) {
      this.schedule.plan(startedAt, this.failures);
    }
    this.tellEnd();
  }

  private tellEnd(): void {
    this.ended?.resolve();
    this.ended = undefined;
  }

  private succeed(): void {
    if (this.failures > 0) {
      this.failures = 0;
      this.failure = undefined;
      this.report({ kind: 'recovered' });
    }
  }

  private fail(error: unknown): void {
    if (!this.stopped) {
      this.failures++;
      this.failure = { error };
      this.report({ kind: 'failed', error, age: this.contents.state?.age });
    }
  }
}

function settle(batch: ReadonlyMap<string, () => void>): void {
  batch.forEach((each) => each());
}
