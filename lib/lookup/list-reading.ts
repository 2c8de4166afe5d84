import { setImmediate as eventLoop } from 'node:timers/promises';
import type { StoredOrigins } from '../interfaces/index.js';
import { type ReadRow, type SkippedRow, isSkipped, readRow } from './row-reader.js';

/** After so many rows requests get their turn: a million rows take a second, and nobody is to wait that long. */
const ROWS_AT_A_TIME = 5_000;
/** Skipped rows that are kept for reports; all of them are counted. */
const MAX_KEPT = 100;

/** The rows that were skipped in one reading. */
export class SkippedRows {
  count = 0;
  readonly first: SkippedRow[] = [];

  add(row: SkippedRow): void {
    this.count++;
    if (this.first.length < MAX_KEPT) {
      this.first.push(row);
    }
  }
}

/**
 * Walks through what a list returned, without keeping the event loop to itself.
 *
 * @throws what the list throws; a TypeError when it returned nothing that can be walked through; the signal's reason when
 *   it is aborted
 */
export async function walkRows(
  stored: StoredOrigins | Promise<StoredOrigins>,
  signal: AbortSignal,
  add: (row: ReadRow) => void,
  skipped: SkippedRows,
): Promise<void> {
  const rows: unknown = await stored;
  let place = 0;
  const take = (row: unknown): void => {
    const read = readRow(row, place++);
    if (isSkipped(read)) {
      skipped.add(read);
    } else {
      add(read);
    }
  };
  const isPauseDue = (): boolean => {
    signal.throwIfAborted();
    return place % ROWS_AT_A_TIME === 0;
  };
  if (isIterable(rows)) {
    // Not `for await`, which costs a promise for each row.
    for (const row of rows) {
      take(row);
      if (isPauseDue()) {
        await eventLoop();
      }
    }
  } else if (isAsyncIterable(rows)) {
    for await (const row of rows) {
      take(row);
      if (isPauseDue()) {
        await eventLoop();
      }
    }
  } else {
    throw new TypeError('loadOrigins() returned no rows: return an array, or anything else that can be iterated over');
  }
  signal.throwIfAborted();
}

/** A text can be iterated over too, and holds no rows. */
function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
