import type { OriginListSettings } from '../policy/lookup-options.js';
import { Backoff } from '../support/backoff.js';

/** The first pause after a failure, in milliseconds. */
const FIRST_RETRY = 1_000;
/** How late a reading may begin, in milliseconds. */
const ALLOWED_DELAY = 500;

/** Both clocks are compared: the monotonic clock may stop while the machine sleeps, and the wall clock may be set. */
interface Moment {
  readonly time: number;
  readonly date: number;
}
const NEVER: Moment = { time: Infinity, date: Infinity };

/** When the next reading of the whole list begins. */
export class ReadingSchedule {
  private due = NEVER;
  /** The deadline of the reading under way. */
  private latestEnd = NEVER;
  private timer: NodeJS.Timeout | undefined;
  private readonly backoff: Backoff;

  /** @param begin called when a reading is due, until {@link clear} or {@link plan} is called */
  constructor(
    private readonly settings: OriginListSettings,
    private readonly begin: () => void,
  ) {
    const { refreshInterval, jitter } = settings;
    this.backoff = new Backoff(Math.random, {
      first: Math.min(FIRST_RETRY, refreshInterval),
      longest: refreshInterval,
      jitter,
    });
  }

  /** Whether a reading has not begun or ended in time: the process was stopped, or the machine slept. */
  get isOverdue(): boolean {
    return isPast(this.due) || this.wasStopped;
  }

  /** Whether the process was stopped during the reading under way: its rows may be old, and its failure need not be the store's. */
  get wasStopped(): boolean {
    return isPast(this.latestEnd);
  }

  /** A reading begins, with a deadline in milliseconds. */
  expectEnd(within: number): void {
    this.latestEnd = after(within);
  }

  ended(): void {
    this.latestEnd = NEVER;
  }

  clear(): void {
    clearTimeout(this.timer);
    this.due = NEVER;
  }

  /** @param startedAt when the last reading began: its rows are as old as that */
  plan(startedAt: number, isFailure: boolean): void {
    clearTimeout(this.timer);
    const delay = isFailure ? this.backoff.delayAfter() : this.pauseAfter(performance.now() - startedAt);
    this.due = after(delay);
    this.timer = setTimeout(this.begin, delay).unref();
  }

  private pauseAfter(duration: number): number {
    const { refreshInterval, jitter } = this.settings;
    this.backoff.reset();
    const interval = refreshInterval * (1 - jitter * Math.random());
    return Math.max(interval - duration, leastPause(duration, refreshInterval));
  }
}

function after(delay: number): Moment {
  return { time: performance.now() + delay, date: Date.now() + delay };
}

function isPast({ time, date }: Moment): boolean {
  return performance.now() > time + ALLOWED_DELAY || Date.now() > date + ALLOWED_DELAY;
}

/** Readings that take longer than the interval take half of the time at most; the pause is one interval at most. */
export function leastPause(reading: number, refreshInterval: number): number {
  return Math.min(reading, refreshInterval);
}
