import { setImmediate as eventLoop } from 'node:timers/promises';
import type { StoredOrigins } from '../options/index.js';
import type { TolerableProblemCode } from '../options/problem.js';
import { quoted } from '../support/quoted.js';
import type { SkippedRow } from '../options/index.js';
import { type ReadRow, isSkipped, readRow } from './row-reader.js';

/** After so many rows, or so many milliseconds, requests get their turn. */
const ROWS_AT_A_TIME = 5_000;
const TIME_AT_A_TIME = 5;
/** The clock is read every so many rows. */
const ROWS_PER_GLANCE = 128;
/** Skipped rows that are kept for reports; all of them are counted. */
const MAX_KEPT = 100;

/** Skipped rows that can be told apart when they change; beyond that, the next reading of the list puts it right. */
const MAX_TOLD_APART = 10_000;

/** A skipped row, and where it comes from. */
interface ToldApart {
  readonly row: SkippedRow;
  /** What the row holds as its origin; `undefined` where that is no text. */
  readonly text: string | undefined;
  /** The origin whose own reading returned the row; `undefined`: a reading of the whole list. */
  readonly readFor: string | undefined;
}

/** The rows that were skipped: in the last reading of the whole list, and in readings of single origins since. */
export class SkippedRows {
  count = 0;
  first: SkippedRow[] = [];
  #toldApart: ToldApart[] = [];

  /**
   * @param text what the row holds as its origin; `undefined` where that is no text
   * @param readFor the origin that was read alone; `undefined`: the whole list was read
   */
  add(row: SkippedRow, text?: string, readFor?: string): void {
    this.count++;
    if (this.#toldApart.length < MAX_TOLD_APART) {
      this.#toldApart.push({ row, text, readFor });
    }
    if (this.first.length < MAX_KEPT) {
      this.first.push(row);
    }
  }

  /** Puts the rows that were skipped when an origin was read alone in the place of those that were known of it. */
  replace(origin: string, rows: readonly SkippedRow[]): void {
    const gone = new Set<SkippedRow>();
    this.#toldApart = this.#toldApart.filter(({ row, text, readFor }) => {
      const stays = text !== origin && readFor !== origin;
      if (!stays) {
        gone.add(row);
      }
      return stays;
    });
    this.count -= gone.size;
    this.first = this.first.filter((row) => !gone.has(row));
    rows.forEach((row) => this.add(row, origin, origin));
  }

  /**
   * Adds the rows of other texts that an origin's own reading returned, `*` for example, unless they are known: a list may
   * return more than it was asked for. A row without an `id` is known where as many rows hold its text.
   */
  addOthers(origin: string, rows: readonly (readonly [row: SkippedRow, text: string | undefined])[]): void {
    const known = new Map<string | undefined, string[]>();
    rows.forEach(([, text]) => known.set(text, []));
    this.#toldApart.forEach(({ row, text }) => known.get(text)?.push(row.row));
    const unnamed = quoted(origin);
    const unknown = rows.filter(([{ row }, text]) => row !== unnamed && !takeOut(known.get(text) ?? [], row));
    // Those with a name have taken theirs by now, and the rest may be any of those without one.
    const unknownUnnamed = rows.filter(([{ row }, text]) => row === unnamed && known.get(text)?.pop() === undefined);
    [...unknown, ...unknownUnnamed].forEach(([row, text]) => this.add(row, text, origin));
  }
}

/** Whether the name was there. */
function takeOut(names: string[], name: string): boolean {
  const place = names.indexOf(name);
  return place !== -1 && names.splice(place, 1).length === 1;
}

/**
 * Walks through what a list returned, without keeping the event loop to itself.
 *
 * @param tolerated as in {@link readRow}
 * @param name What reports call a row without an `id`. Default: its place.
 * @throws what the list throws; a TypeError when it returned nothing that can be walked through; the signal's reason when
 *   it is aborted
 */
export async function walkRows(
  stored: StoredOrigins | Promise<StoredOrigins>,
  signal: AbortSignal,
  add: (row: ReadRow) => void,
  skipped: Pick<SkippedRows, 'add'>,
  tolerated: readonly TolerableProblemCode[] = [],
  name?: string,
): Promise<void> {
  const rows: unknown = await stored;
  let place = 0;
  const take = (row: unknown): void => {
    const read = readRow(row, name ?? place, tolerated);
    place++;
    if (isSkipped(read)) {
      skipped.add(read, textOf(row));
    } else {
      add(read);
    }
  };
  let resumedAt = performance.now();
  const isPauseDue = (): boolean => {
    signal.throwIfAborted();
    return (
      place % ROWS_AT_A_TIME === 0 || (place % ROWS_PER_GLANCE === 0 && performance.now() - resumedAt >= TIME_AT_A_TIME)
    );
  };
  const pause = async (): Promise<void> => {
    await eventLoop();
    resumedAt = performance.now();
  };
  if (isIterable(rows)) {
    // Not `for await`, which costs a promise for each row.
    for (const row of rows) {
      take(row);
      if (isPauseDue()) {
        await pause();
      }
    }
  } else if (isAsyncIterable(rows)) {
    for await (const row of rows) {
      take(row);
      if (isPauseDue()) {
        await pause();
      }
    }
  } else {
    throw new TypeError('loadOrigins() returned no rows: return an array, or anything else that can be iterated over');
  }
  signal.throwIfAborted();
}

/** What a row of any type holds as its origin, where that is a text. */
function textOf(row: unknown): string | undefined {
  try {
    const origin: unknown = typeof row === 'string' ? row : (row as { origin?: unknown } | null | undefined)?.origin;
    return typeof origin === 'string' ? origin : undefined;
  } catch {
    return undefined;
  }
}

/** A text can be iterated over too, and holds no rows. */
function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
