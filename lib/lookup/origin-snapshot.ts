import type { OriginChange, OriginList } from '../options/index.js';
import type { OriginListSettings } from '../policy/lookup-options.js';
import type { AllowableProblemCode } from '../options/problem.js';
import type { CachedResult, LookupResult, OriginResponder } from '../policy/origin-responder.js';
import type { MaybePromise } from '../support/maybe-promise.js';
import { Deadline } from './deadline.js';
import { ListContents } from './list-contents.js';
import type { ListEvent } from '../logging/list-log.js';
import { ListRefresher } from './list-refresher.js';
import type { SkippedRows } from './skipped-rows.js';

/** How long a request waits for a reading, in milliseconds. */
const LONGEST_WAIT = 2_000;

/**
 * A list of origins in memory. Its results are synchronous, except for an origin whose row a change has named: the row may be gone,
 * so the request waits until it is read. Where it cannot be read, the origin is refused.
 */
export class OriginSnapshot implements OriginResponder {
  private readonly contents: ListContents;
  private readonly refresher: ListRefresher;

  /**
   * @param subject what log lines call the list
   * @param report must not throw
   * @param allowedCodes problems of rows that a policy of the application allows
   */
  constructor(
    list: OriginList,
    readonly subject: string,
    settings: OriginListSettings,
    report: (subject: string, event: ListEvent) => void,
    allowedCodes: readonly AllowableProblemCode[] = [],
  ) {
    const reportOfList = (event: ListEvent): void => report(subject, event);
    this.contents = new ListContents(list, reportOfList, allowedCodes);
    this.refresher = new ListRefresher(this.contents, settings, reportOfList);
  }

  /** How many rows are in force, and how old they are in milliseconds; `undefined` before the first good reading. */
  get state(): { readonly origins: number; readonly patterns: number; readonly age: number } | undefined {
    return this.contents.state;
  }

  /** The rows that were skipped. */
  get skipped(): SkippedRows {
    return this.contents.skipped;
  }

  /** How long the longest good reading of the whole list took, or the one under way, in milliseconds. */
  get longestReading(): number {
    return this.refresher.longest;
  }

  /** @param listener called when rows that were read are in force; must not throw */
  set onRead(listener: (rows: OriginChange) => void) {
    this.contents.onRead = listener;
  }

  /** Whether the last reading failed. */
  get failing(): boolean {
    return this.refresher.lastFailure !== undefined;
  }

  /** @throws the error of the first reading, which is tried again in the background until {@link stop} is called */
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

  lookUp(origin: string, tenant: string | undefined): MaybePromise<LookupResult> {
    if (this.contents.isRead && this.refresher.isOverdue) {
      return withinLongestWait(this.refresher.readOverdue().then(() => this.evaluate(origin, tenant)));
    }
    return this.evaluate(origin, tenant);
  }

  cached(origin: string, tenant: string | undefined): CachedResult | undefined {
    const { state } = this;
    const isCached =
      state !== undefined && !this.refresher.isOverdue && this.contents.evaluate(origin, tenant) !== 'stale';
    return isCached ? { from: 'list', age: state.age } : undefined;
  }

  /** Has the changed rows read again. Settles when they are in force, or could not be read; never rejects. */
  refresh(change: OriginChange): Promise<void> {
    this.markStale(change);
    return this.refresher.want(change);
  }

  /** Applies a change that the store reports of itself. The readings that it causes take a tenth of the time at most. */
  follow(change: OriginChange): void {
    this.markStale(change);
    this.refresher.wantWhenAllowed(change);
  }

  private markStale({ origin }: OriginChange): void {
    if (origin !== undefined) {
      this.contents.change(origin);
    }
  }

  private evaluate(origin: string, tenant: string | undefined): MaybePromise<LookupResult> {
    if (!this.contents.isRead) {
      return 'failed';
    }
    const result = this.contents.evaluate(origin, tenant);
    return result === 'stale' ? this.evaluateWhenRead(origin, tenant) : result;
  }

  /** Waits only for the changes before the request, so that later changes cannot make it wait for ever. */
  private evaluateWhenRead(origin: string, tenant: string | undefined): MaybePromise<LookupResult> {
    const { contents, refresher } = this;
    const since = contents.latestChange;
    const result = async (): Promise<LookupResult> => {
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
    return refresher.isIdle ? 'failed' : withinLongestWait(result());
  }
}

function withinLongestWait(result: Promise<LookupResult>): Promise<LookupResult> {
  return new Deadline(LONGEST_WAIT).race<LookupResult>(result, () => 'timed-out');
}
