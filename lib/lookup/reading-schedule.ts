import type { OriginListSettings } from '../policy/lookup-options.js';

/** First pause after a failure, in milliseconds; it doubles up to the refresh interval. */
const FIRST_RETRY = 1_000;
/** How late a reading may begin, in milliseconds. */
const TOLERATED_DELAY = 500;

/** By both clocks: the monotonic one may stand still while the machine sleeps, and the one on the wall may be set. */
interface Moment {
  readonly time: number;
  readonly date: number;
}
const NEVER: Moment = { time: Infinity, date: Infinity };

/** When the next reading of the whole list is to begin. */
export class ReadingSchedule {
  private due: Moment = NEVER;
  /** When the reading under way has to have ended. */
  private latestEnd: Moment = NEVER;
  private timer: NodeJS.Timeout | undefined;

  /** @param begin called when a reading is due, until {@link clear} or {@link plan} is called */
  constructor(
    private readonly settings: OriginListSettings,
    private readonly begin: () => void,
  ) {}

  /** Whether a reading has not begun or ended in time: the process was stopped, or the machine slept. */
  get isOverdue(): boolean {
    return isPast(this.due) || isPast(this.latestEnd);
  }

  /** Whether the process was stopped during the reading under way: its rows are old at best, and a failure says nothing of the store. */
  get wasStopped(): boolean {
    return isPast(this.latestEnd);
  }

  /** A reading begins, which has to end within the time in milliseconds. */
  expectEnd(within: number): void {
    this.latestEnd = after(within);
  }

  /** The reading has ended. */
  ended(): void {
    this.latestEnd = NEVER;
  }

  clear(): void {
    clearTimeout(this.timer);
    this.due = NEVER;
  }

  /**
   * @param startedAt when the last reading began, from which the next one is planned: so old are its rows
   * @param failures how many readings have failed in a row
   */
  plan(startedAt: number, failures: number): void {
    clearTimeout(this.timer);
    const delay = this.delayAfter(performance.now() - startedAt, failures);
    this.due = after(delay);
    this.timer = setTimeout(this.begin, delay);
    this.timer.unref();
  }

  private delayAfter(duration: number, failures: number): number {
    const { refreshInterval, jitter } = this.settings;
    const shortened = (pause: number): number => pause * (1 - jitter * Math.random());
    if (failures === 0) {
      return Math.max(shortened(refreshInterval) - duration, leastPause(duration, refreshInterval));
    }
    return shortened(Math.min(FIRST_RETRY * 2 ** Math.min(failures - 1, 20), refreshInterval));
  }
}

function after(delay: number): Moment {
  return { time: performance.now() + delay, date: Date.now() + delay };
}

function isPast({ time, date }: Moment): boolean {
  return performance.now() > time + TOLERATED_DELAY || Date.now() > date + TOLERATED_DELAY;
}

/** Readings that take longer than the interval take half of the time at most, while the interval is short enough for that. */
export function leastPause(reading: number, refreshInterval: number): number {
  return Math.min(reading, refreshInterval);
}
