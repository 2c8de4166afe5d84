import { Logger } from '@nestjs/common';
import type { OriginRowProblem } from '../options/index.js';
import { printable } from '../support/secrets/printable.js';
import { describeFailure } from '../support/log-line.js';

/** What happened to a list, for those who must know. */
export type ListEvent =
  /** Rows were skipped in a reading; none, where there were some before. */
  | { readonly kind: 'skipped'; readonly rows: { readonly count: number; readonly first: readonly OriginRowProblem[] } }
  /** A reading failed; the list of `age` milliseconds ago stays in force, or nothing does (`undefined`). */
  | { readonly kind: 'failed'; readonly error: unknown; readonly age: number | undefined }
  | { readonly kind: 'recovered' };

/** How long a failing list stays quiet after it was logged, in milliseconds. */
const QUIET_PERIOD = 60_000;
/** Skipped rows that are spelled out in a line of the log; `CorsOriginCache.stats()` has more. */
const MAX_NAMED = 5;
const MAX_LINE_LENGTH = 1000;

/** Logs what happens to one list of origins: rows that were skipped, readings that failed, and when all is well again. */
export class ListLog {
  private failedAt: number | undefined;

  constructor(private readonly logger: Pick<Logger, 'error' | 'warn' | 'log'> = new Logger('CorsModule')) {}

  /** Never throws. */
  readonly report = (subject: string, event: ListEvent): void => {
    try {
      this.write(subject, event);
    } catch {
      // A logger that fails is no reason to lose a list.
    }
  };

  private write(subject: string, event: ListEvent): void {
    switch (event.kind) {
      case 'skipped': {
        const { count, first } = event.rows;
        if (count > 0) {
          const named = first.slice(0, MAX_NAMED).map(({ row, code, message, hint }) => {
            return `row ${row} [${code}]: ${message} ${hint}`;
          });
          const more = count > named.length ? ` And ${count - named.length} more.` : '';
          const were =
            count === 1 ? '1 row was skipped, and allows nobody' : `${count} rows were skipped, and allow nobody`;
          this.logger.warn(printable(`${subject}: ${were}. ${named.join(' ')}${more}`, MAX_LINE_LENGTH));
        }
        return;
      }
      case 'failed': {
        const now = performance.now();
        if (this.failedAt === undefined || now - this.failedAt >= QUIET_PERIOD) {
          this.failedAt = now;
          const inForce =
            event.age === undefined
              ? 'none of its origins is allowed'
              : `the list of ${Math.round(event.age / 1000)} s ago stays in force`;
          const line = `${subject} could not be read, so ${inForce}: ${describeFailure(event.error)}`;
          this.logger.error(printable(line, MAX_LINE_LENGTH));
        }
        return;
      }
      case 'recovered':
        if (this.failedAt !== undefined) {
          this.failedAt = undefined;
          this.logger.log(`${subject} was read again.`);
        }
    }
  }
}
