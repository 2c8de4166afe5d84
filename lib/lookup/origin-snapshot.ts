import { AsyncResource } from 'node:async_hooks';
import type { OriginChange, OriginList } from '../options/index.js';
import type { OriginListSettings } from '../policy/lookup-options.js';
import type { ApplicationAnswer } from '../decision/origin-verdict.js';
import type { TolerableProblemCode } from '../options/problem.js';
import { Deadline } from './deadline.js';
import type { ListEvent } from '../logging/list-log.js';
import { SkippedRows, walkRows } from './list-reading.js';
import type { KeptAnswer, OriginAnswers } from './origin-answers.js';
import { OriginIndex } from './origin-index.js';
import type { Answer } from './question.js';
import { ReadingTimes } from './reading-times.js';
import type { SkippedRow } from '../options/index.js';
import type { ReadRow } from './row-reader.js';
import { WantedOrigins } from './wanted-origins.js';
import { WholeReadings } from './whole-readings.js';

/** More changes at once than this are cheaper to read as a whole. */
const MAX_SINGLE_READINGS = 1_000;
/** Single origins that are read one after the other in one batch, before it is seen what is wanted most. */
const BATCH = 16;
/** Single origins that are read at once: the connections are the application's. */
const READERS = 4;
/** First pause after a failure, in milliseconds; it doubles up to the refresh interval. */
const FIRST_RETRY = 1_000;
const EXPIRED = Symbol('expired');
/** How late a reading may begin, and how long a request waits for one that is later, in milliseconds. */
const TOLERATED_DELAY = 500;
const LONGEST_WAIT = 2_000;

/** By both clocks: the monotonic one may stand still while the machine sleeps, and the one on the wall may be set. */
interface Moment {
  readonly time: number;
  readonly date: number;
}
const NEVER: Moment = { time: Infinity, date: Infinity };

/**
 * A list of origins in memory. There is one reading at a time: what changes meanwhile has the next one, so that no change
 * is lost between two readings. A reading that fails leaves the last good list in force.
 */
export class OriginSnapshot implements OriginAnswers {
  readonly kind = 'list';
  /** What is passed over: by the last good reading of the whole list, and by readings of single origins since. */
  skipped = new SkippedRows();

  private index: OriginIndex | undefined;
  private readAt = 0;
  /** By the clock on the wall, which goes on while the machine sleeps. */
  private readAtDate = 0;
  private failures = 0;
  private failure: { readonly error: unknown } | undefined;
  private wantsAll = false;
  private readonly wanted = new WantedOrigins();
  private readonly times = new ReadingTimes();
  private readingSince: number | undefined;
  /** The reading under way, or the last one. */
  private current: Promise<void> = Promise.resolve();
  /** The one that begins when that has ended, for all that is wanted by then. */
  private following: Promise<void> | undefined;
  /** When the timer is to begin the next reading. */
  private due: Moment = NEVER;
  /** The reading under way that the timer was to begin, and that began too late. */
  private lateReading: Promise<void> | undefined;
  private deadline: Deadline | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly wholeReadings = new WholeReadings();
  /** The store has said that everything may have changed, and the reading has to wait: for how long, once that is known. */
  private postponed: { timer?: NodeJS.Timeout } | undefined;
  private stopped = false;
  /** Readings are nobody's in particular, and must not run in the AsyncLocalStorage of the request that asked for one. */
  private readonly outside = new AsyncResource('nestjs-cors:list');

  /**
   * @param subject what log lines call the list
   * @param report told of what happens; must not throw
   * @param tolerated what a policy of the application tolerates of its rows
   */
  constructor(
    private readonly list: OriginList,
    readonly subject: string,
    private readonly settings: OriginListSettings,
    private readonly report: (subject: string, event: ListEvent) => void,
    private readonly tolerated: readonly TolerableProblemCode[] = [],
  ) {}

  /** How many rows are in force, and how old they are in milliseconds; `undefined` before the first good reading. */
  get state(): { readonly origins: number; readonly patterns: number; readonly age: number } | undefined {
    return this.index && { ...this.index.sizes, age: this.age() };
  }

  /** How long the longest good reading of the whole list took, or the one under way, in milliseconds. */
  get longestReading(): number {
    const underWay = this.readingSince === undefined ? 0 : performance.now() - this.readingSince;
    return Math.max(this.times.longest, underWay);
  }

  /** Whether the last reading failed. */
  get failing(): boolean {
    return this.failures > 0;
  }

  /** @throws what the first reading failed with; it is tried again in the background, unless {@link stop} is called */
  async start(): Promise<void> {
    this.wantsAll = true;
    await this.read();
    if (this.index === undefined && this.failure !== undefined) {
      throw this.failure.error;
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.forgetPostponed();
    this.due = NEVER;
    this.deadline?.expire();
  }

  ask(origin: string, tenant: string | undefined): Answer {
    if (this.index !== undefined && this.isOverdue()) {
      return this.askWhenRead(origin, tenant);
    }
    return this.answer(origin, tenant);
  }

  kept(): KeptAnswer | undefined {
    return this.index === undefined || this.isOverdue() ? undefined : { from: 'list', age: this.age() };
  }

  private answer(origin: string, tenant: string | undefined): ApplicationAnswer {
    if (this.index === undefined) {
      return 'failed';
    }
    return this.index.allows(origin, tenant) ? 'allowed' : 'refused';
  }

  /**
   * Whether the reading that was due has not begun in time: the process was stopped, or the machine slept, and the list is older than
   * one that runs lets it become. While readings fail, the last good list stays in force whatever its age.
   */
  private isOverdue(): boolean {
    return this.failures === 0 && (this.lateReading !== undefined || isPast(this.due));
  }

  /** After the reading that is due, which the timer may not have begun yet. A reading that fails leaves the list in force. */
  private async askWhenRead(origin: string, tenant: string | undefined): Promise<ApplicationAnswer> {
    const reading = (this.lateReading ??= this.readLate());
    return new Deadline(LONGEST_WAIT).race<ApplicationAnswer>(
      reading.then(() => this.answer(origin, tenant)),
      () => 'timed-out',
    );
  }

  /** Requests wait until it has ended. */
  private async readLate(): Promise<void> {
    clearTimeout(this.timer);
    this.due = NEVER;
    await this.refresh({});
    this.lateReading = undefined;
  }

  private age(): number {
    return Math.max(performance.now() - this.readAt, Date.now() - this.readAtDate);
  }

  /** Has what changed read again; settles when it is in force, or could not be read, and never rejects. */
  refresh({ origin }: OriginChange): Promise<void> {
    if (origin === undefined || this.list.loadOrigin === undefined || this.wanted.size >= MAX_SINGLE_READINGS) {
      this.wantsAll = true;
      return this.read();
    }
    const settled = this.wanted.add(origin);
    void this.read();
    return settled;
  }

  /** The store tells of a change by itself. Readings of the whole list that it causes take a tenth of the time at most. */
  follow(change: OriginChange): void {
    const isSingle =
      change.origin !== undefined &&
      this.list.loadOrigin !== undefined &&
      this.wanted.size < MAX_SINGLE_READINGS &&
      this.failures === 0;
    if (isSingle || this.wholeReadings.pause === 0) {
      void this.refresh(change);
    } else if (this.postponed === undefined && !this.stopped) {
      this.postponed = {};
      this.waitForPause();
    }
  }

  private waitForPause(): void {
    const { pause } = this.wholeReadings;
    // While a reading is under way, its end calls this again.
    if (this.postponed !== undefined && pause !== undefined) {
      clearTimeout(this.postponed.timer);
      this.postponed.timer = setTimeout(() => void this.refresh({}), pause).unref();
    }
  }

  private forgetPostponed(): void {
    clearTimeout(this.postponed?.timer);
    this.postponed = undefined;
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
    // After a failure it is not known what else was missed.
    const { index } = this;
    const all =
      this.wantsAll || this.failures > 0 || index === undefined || this.times.isWholeQuicker(this.wanted.size);
    const wanted = all || this.stopped ? this.wanted.takeAll() : this.wanted.take(BATCH, (origin) => index.has(origin));
    this.wantsAll = false;
    if (!this.stopped && (all || wanted.size > 0)) {
      await this.readUntilDeadline(all, [...wanted.keys()]);
    }
    const settled = this.failures > 0 ? [...wanted.values(), ...this.wanted.takeAll().values()] : [...wanted.values()];
    settled.forEach((settle) => settle());
    if (this.wanted.size > 0) {
      void this.read();
    }
  }

  private async readUntilDeadline(all: boolean, origins: readonly string[]): Promise<void> {
    const startedAt = performance.now();
    this.readingSince = all ? startedAt : undefined;
    const deadline = new Deadline(this.settings.loadTimeout);
    this.deadline = deadline;
    if (all) {
      // What was postponed is read now.
      this.forgetPostponed();
      this.wholeReadings.start();
    }
    try {
      const reading = all ? this.readAll(deadline.signal) : this.readSome(origins, deadline.signal);
      if ((await deadline.race<unknown>(reading, () => EXPIRED)) === EXPIRED) {
        throw new Error(`it could not be read within ${this.settings.loadTimeout} ms (lists.loadTimeout)`);
      }
      const duration = performance.now() - startedAt;
      if (all) {
        this.times.noteWhole(duration);
      } else {
        this.times.noteSingles(duration, origins.length);
      }
      this.succeed();
    } catch (error) {
      // Single readings that go on must not bring what is older than the next reading.
      deadline.expire();
      this.fail(error);
    }
    this.readingSince = undefined;
    if (all) {
      this.wholeReadings.end(this.failures > 0);
      this.waitForPause();
    }
    // Changes of single origins do not put off the next reading of the whole list.
    if (all || this.failures > 0) {
      this.schedule(startedAt);
    }
  }

  private succeed(): void {
    if (this.failures > 0) {
      this.failures = 0;
      this.failure = undefined;
      this.report(this.subject, { kind: 'recovered' });
    }
  }

  private fail(error: unknown): void {
    if (!this.stopped) {
      this.failures++;
      this.failure = { error };
      this.report(this.subject, { kind: 'failed', error, age: this.state?.age });
    }
  }

  private async readAll(signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const startedAtDate = Date.now();
    const index = new OriginIndex();
    const skipped = new SkippedRows();
    await walkRows(this.list.loadOrigins({ signal }), signal, (row) => index.add(row), skipped, this.tolerated);
    this.index = index;
    this.readAt = startedAt;
    this.readAtDate = startedAtDate;
    const before = this.skipped;
    this.skipped = skipped;
    if (JSON.stringify(skipped) !== JSON.stringify(before)) {
      this.report(this.subject, { kind: 'skipped', rows: skipped });
    }
  }

  private async readSome(origins: readonly string[], signal: AbortSignal): Promise<void> {
    const left = origins.values();
    const readOneByOne = async (): Promise<void> => {
      for (const origin of left) {
        await this.readOne(origin, signal);
      }
    };
    await Promise.all(Array.from({ length: Math.min(READERS, origins.length) }, readOneByOne));
  }

  private async readOne(origin: string, signal: AbortSignal): Promise<void> {
    const rows: ReadRow[] = [];
    const skipped = new SkippedRows();
    const ofOrigin: SkippedRow[] = [];
    const others: [row: SkippedRow, text: string | undefined][] = [];
    const noted = {
      add: (row: SkippedRow, text?: string) => {
        skipped.add(row);
        if (text === origin) {
          ofOrigin.push(row);
        } else {
          others.push([row, text]);
        }
      },
    };
    const stored = this.list.loadOrigin?.(origin, { signal }) ?? [];
    await walkRows(stored, signal, (row) => rows.push(row), noted, this.tolerated, origin);
    // In one go: no request may see the origin without its rows.
    this.index?.remove(origin);
    rows.filter(({ text }) => text === origin).forEach((row) => this.index?.add(row));
    this.skipped.replace(origin, ofOrigin);
    this.skipped.addOthers(origin, others);
    if (skipped.count > 0) {
      this.report(this.subject, { kind: 'skipped', rows: skipped });
    }
  }

  /** @param startedAt when the last reading began, from which the next one is planned: so old are its rows */
  private schedule(startedAt: number): void {
    clearTimeout(this.timer);
    this.due = NEVER;
    if (this.stopped) {
      return;
    }
    const { refreshInterval, jitter } = this.settings;
    const shortened = (pause: number): number => pause * (1 - jitter * Math.random());
    const retry = FIRST_RETRY * 2 ** Math.min(this.failures - 1, 20);
    const duration = performance.now() - startedAt;
    const delay =
      this.failures === 0
        ? Math.max(shortened(refreshInterval) - duration, leastPause(duration, refreshInterval))
        : shortened(Math.min(retry, refreshInterval));
    this.due = { time: performance.now() + delay, date: Date.now() + delay };
    this.timer = setTimeout(() => {
      if (this.isOverdue()) {
        this.lateReading ??= this.readLate();
      } else {
        this.due = NEVER;
        void this.refresh({});
      }
    }, delay);
    this.timer.unref();
  }
}

/** Readings that take longer than the interval take half of the time at most, while the interval is short enough for that. */
export function leastPause(reading: number, refreshInterval: number): number {
  return Math.min(reading, refreshInterval);
}

function isPast({ time, date }: Moment): boolean {
  return performance.now() > time + TOLERATED_DELAY || Date.now() > date + TOLERATED_DELAY;
}
