import type { OriginChange, OriginList } from '../options/index.js';
import type { OriginListSettings } from '../policy/lookup-options.js';
import type { ApplicationAnswer } from '../decision/origin-verdict.js';
import type { AllowableProblemCode } from '../options/problem.js';
import { Deadline } from './deadline.js';
import { ListContents } from './list-contents.js';
import type { ListEvent } from '../logging/list-log.js';
import { ListRefresher } from './list-refresher.js';
import type { KeptAnswer, OriginAnswers } from './origin-answers.js';
import type { Answer } from './question.js';
import type { SkippedRows } from './skipped-rows.js';

/** How long a request waits for a reading, in milliseconds. */
const LONGEST_WAIT = 2_000;

/**
 * A list of origins in memory. It answers at once, but for an origin whose row a change has named: that may have been removed, so
 * the request waits until the row is read. Where it cannot be read, the origin is refused.
 */
export class OriginSnapshot implements OriginAnswers {
  readonly kind = 'list';
  private readonly contents: ListContents;
  private readonly refresher: ListRefresher;

  /**
   * @param subject what log lines call the list
   * @param report told of what happens; must not throw
   * @param tolerated what a policy of the application tolerates of its rows
   */
  constructor(
    list: OriginList,
    readonly subject: string,
    settings: OriginListSettings,
    report: (subject: string, event: ListEvent) => void,
    tolerated: readonly AllowableProblemCode[] = [],
  ) {
    const reportOfList = (event: ListEvent): void => report(subject, event);
    this.contents = new ListContents(list, reportOfList, tolerated);
    this.refresher = new ListRefresher(this.contents, settings, reportOfList);
  }

  /** How many rows are in force, and how old they are in milliseconds; `undefined` before the first good reading. */
  get state(): { readonly origins: number; readonly patterns: number; readonly age: number } | undefined {
    return this.contents.state;
  }

  /** What is passed over. */
  get skipped(): SkippedRows {
    return this.contents.skipped;
  }

  /** How long the longest good reading of the whole list took, or the one under way, in milliseconds. */
  get longestReading(): number {
    return this.refresher.longest;
  }

  /** Whether the last reading failed. */
  get failing(): boolean {
    return this.refresher.lastFailure !== undefined;
  }

  /** @throws what the first reading failed with; it is tried again in the background, unless {@link stop} is called */
  async start(): Promise<void> {
    await this.refresher.want({});
    const { lastFailure } = this.refresher;
    if (this.state === undefined && lastFailure !== undefined) {
      throw lastFailure.error;
    }
  }

  stop(): void {
    this.refresher.stop();
  }

  ask(origin: string, tenant: string | undefined): Answer {
    if (this.contents.isRead && this.refresher.isOverdue) {
      return withinLongestWait(this.refresher.readOverdue().then(() => this.answer(origin, tenant)));
    }
    return this.answer(origin, tenant);
  }

  kept(origin: string, tenant: string | undefined): KeptAnswer | undefined {
    const { state } = this;
    const isKept =
      state !== undefined && !this.refresher.isOverdue && this.contents.evaluate(origin, tenant) !== 'stale';
    return isKept ? { from: 'list', age: state.age } : undefined;
  }

  /** Has what changed read again; settles when it is in force, or could not be read, and never rejects. */
  refresh(change: OriginChange): Promise<void> {
    this.markStale(change);
    return this.refresher.want(change);
  }

  /** The store tells of a change by itself. Readings of the whole list that it causes take a tenth of the time at most. */
  follow(change: OriginChange): void {
    this.markStale(change);
    this.refresher.wantWhenAllowed(change);
  }

  private markStale({ origin }: OriginChange): void {
    if (origin !== undefined) {
      this.contents.change(origin);
    }
  }

  private answer(origin: string, tenant: string | undefined): Answer {
    if (!this.contents.isRead) {
      return 'failed';
    }
    const answer = this.contents.evaluate(origin, tenant);
    return answer === 'stale' ? this.answerWhenRead(origin, tenant) : answer;
  }

  /** Waits for the changes that came before the request, so that later ones cannot have it wait for ever. */
  private answerWhenRead(origin: string, tenant: string | undefined): Answer {
    const { contents, refresher } = this;
    const since = contents.latestChange;
    const answer = async (): Promise<ApplicationAnswer> => {
      for (;;) {
        const found = contents.evaluate(origin, tenant, since);
        if (found !== 'stale') {
          return found;
        }
        if (refresher.isIdle) {
          return 'failed';
        }
        await refresher.nextEnd();
      }
    };
    return refresher.isIdle ? 'failed' : withinLongestWait(answer());
  }
}

function withinLongestWait(answer: Promise<ApplicationAnswer>): Promise<ApplicationAnswer> {
  return new Deadline(LONGEST_WAIT).race<ApplicationAnswer>(answer, () => 'timed-out');
}
