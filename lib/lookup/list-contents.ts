import type { OriginList, OriginRowProblem } from '../options/index.js';
import type { AllowableProblemCode } from '../options/problem.js';
import type { ListEvent } from '../logging/list-log.js';
import { walkRows } from './list-reading.js';
import { OriginIndex } from './origin-index.js';
import type { ReadRow } from './row-reader.js';
import { SkippedRows } from './skipped-rows.js';
import { StaleRows } from './stale-rows.js';

/** How many single origins are read at once, because each may take a connection of the application. */
const READERS = 4;

/** The rows of a list in memory, and which of them a change has named since they were read. */
export class ListContents {
  /** The rows that the last good reading of the whole list, and single readings since, have skipped. */
  skipped = new SkippedRows();
  readonly canReadSingles: boolean;
  /** Called when rows that were read are in force: those of one origin or pattern, or, without one, all rows. */
  onRead: (rows: { readonly origin?: string }) => void = () => undefined;

  private index: OriginIndex | undefined;
  private readonly stale = new StaleRows();
  /** Readings of the whole list that are under way. */
  private wholeReadings = 0;
  /** Single origins that are being read, and by how many readings. */
  private readonly singleReadings = new Map<string, number>();
  private readAt = 0;
  /** By the wall clock, which goes on while the machine sleeps. */
  private readAtDate = 0;

  /**
   * @param report told of skipped rows; must not throw
   * @param allowedCodes problems of rows that a policy of the application allows
   */
  constructor(
    private readonly list: OriginList,
    private readonly report: (event: ListEvent) => void,
    private readonly allowedCodes: readonly AllowableProblemCode[],
  ) {
    this.canReadSingles = list.loadOrigin !== undefined;
  }

  /** How many rows are in force, and how old they are in milliseconds; `undefined` before the first good reading. */
  get state(): { readonly origins: number; readonly patterns: number; readonly age: number } | undefined {
    const age = Math.max(performance.now() - this.readAt, Date.now() - this.readAtDate);
    return this.index && { ...this.index.sizes, age };
  }

  /** Whether there was a good reading. */
  get isRead(): boolean {
    return this.index !== undefined;
  }

  get latestChange(): number {
    return this.stale.latest;
  }

  /** Whether there are rows of an origin or pattern. */
  has(text: string): boolean {
    return this.index?.has(text) === true;
  }

  /** `stale`: the origin is allowed only by rows that a change has named since they were read. @param since as in {@link StaleRows.has} */
  evaluate(origin: string, tenant: string | undefined, since?: number): 'allowed' | 'refused' | 'stale' {
    if (this.index?.allows(origin, tenant) !== true) {
      return 'refused';
    }
    const isFresh = this.stale.isEmpty || this.index.allows(origin, tenant, (text) => this.stale.has(text, since));
    return isFresh ? 'allowed' : 'stale';
  }

  /** A change has named an origin or pattern. */
  change(text: string): void {
    // A reading under way may bring a row that was removed meanwhile.
    if (this.wholeReadings > 0 || this.singleReadings.has(text) || this.has(text)) {
      this.stale.mark(text);
    }
  }

  async readAll(signal: AbortSignal): Promise<void> {
    this.wholeReadings++;
    try {
      await this.loadAll(signal);
    } finally {
      this.wholeReadings--;
    }
  }

  readSome(origins: readonly string[], signal: AbortSignal): Promise<void> {
    const left = origins.values();
    const readOneByOne = async (): Promise<void> => {
      for (const origin of left) {
        await this.readOne(origin, signal);
      }
    };
    return Promise.all(Array.from({ length: Math.min(READERS, origins.length) }, readOneByOne)).then(() => undefined);
  }

  private async readOne(origin: string, signal: AbortSignal): Promise<void> {
    const { singleReadings } = this;
    singleReadings.set(origin, (singleReadings.get(origin) ?? 0) + 1);
    try {
      await this.loadOne(origin, signal);
    } finally {
      const left = (singleReadings.get(origin) as number) - 1;
      if (left > 0) {
        singleReadings.set(origin, left);
      } else {
        singleReadings.delete(origin);
      }
    }
  }

  private async loadAll(signal: AbortSignal): Promise<void> {
    const [startedAt, startedAtDate, change] = [performance.now(), Date.now(), this.stale.latest];
    const index = new OriginIndex();
    const skipped = new SkippedRows();
    await walkRows(this.list.loadOrigins({ signal }), signal, (row) => index.add(row), skipped, this.allowedCodes);
    // In one step: each request sees either all old rows or all new ones.
    this.index = index;
    this.readAt = startedAt;
    this.readAtDate = startedAtDate;
    this.stale.settleAll(change);
    const before = this.skipped;
    this.skipped = skipped;
    if (JSON.stringify(skipped) !== JSON.stringify(before)) {
      this.report({ kind: 'skipped', rows: skipped });
    }
    this.onRead({});
  }

  private async loadOne(origin: string, signal: AbortSignal): Promise<void> {
    const change = this.stale.latest;
    const rows: ReadRow[] = [];
    const skipped = new SkippedRows();
    const ofOrigin: OriginRowProblem[] = [];
    const others: [row: OriginRowProblem, text: string | undefined][] = [];
    const noted = {
      add: (row: OriginRowProblem, text?: string) => {
        skipped.add(row);
        if (text === origin) {
          ofOrigin.push(row);
        } else {
          others.push([row, text]);
        }
      },
    };
    const stored = this.list.loadOrigin?.(origin, { signal }) ?? [];
    await walkRows(stored, signal, (row) => rows.push(row), noted, this.allowedCodes, origin);
    // In one step: no request may see the origin without its rows.
    this.index?.remove(origin);
    rows.filter(({ text }) => text === origin).forEach((row) => this.index?.add(row));
    this.stale.settle(origin, change);
    this.skipped.replace(origin, ofOrigin);
    this.skipped.addOthers(origin, others);
    if (skipped.count > 0) {
      this.report({ kind: 'skipped', rows: skipped });
    }
    this.onRead({ origin });
  }
}
