import { setImmediate as eventLoop } from 'node:timers/promises';
import type { StoredOrigins } from '../options/index.js';
import type { AllowableProblemCode } from '../options/problem.js';
import { type ReadRow, isSkipped, readRow } from './row-reader.js';
import type { SkippedRows } from './skipped-rows.js';

/** After this many rows, or this many milliseconds, requests have their turn. */
const ROWS_AT_A_TIME = 5_000;
const TIME_AT_A_TIME = 5;
/** The clock is read after this many rows. */
const ROWS_PER_GLANCE = 128;

/**
 * Reads all rows that a list returned, in parts between which requests have their turn.
 *
 * @param allowedCodes as in {@link readRow}
 * @param name What reports call a row without an `id`. Default: its place.
 * @throws the error of the list; a TypeError when there are no rows to iterate over; the signal's reason when it is aborted
 */
export async function walkRows(
  stored: StoredOrigins | Promise<StoredOrigins>,
  signal: AbortSignal,
  add: (row: ReadRow) => void,
  skipped: Pick<SkippedRows, 'add'>,
  allowedCodes: readonly AllowableProblemCode[] = [],
  name?: string,
): Promise<void> {
  const rows: unknown = await stored;
  let place = 0;
  const take = (row: unknown): void => {
    const read = readRow(row, name ?? place, allowedCodes);
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

/** The origin of a row of any type, where that is a string. */
function textOf(row: unknown): string | undefined {
  try {
    const origin: unknown = typeof row === 'string' ? row : (row as { origin?: unknown } | null | undefined)?.origin;
    return typeof origin === 'string' ? origin : undefined;
  } catch {
    return undefined;
  }
}

/** A string is iterable too, and holds no rows. */
function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
