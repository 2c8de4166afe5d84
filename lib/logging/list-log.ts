import { Logger } from '@nestjs/common';
import type { OriginRowProblem } from '../options/index.js';
import { printable } from '../support/secrets/printable.js';
import { describeFailure } from '../support/log-line.js';
import { LogThrottle } from '../support/log-throttle.js';

/** What happened to a list. */
export type ListEvent =
  /** A reading has skipped rows; none where an earlier one skipped some. */
  | { readonly kind: 'skipped'; readonly rows: { readonly count: number; readonly first: readonly OriginRowProblem[] } }
  /** A reading has failed. The list of `age` milliseconds ago stays in force; `undefined`: there is none. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly age: number | undefined }
  | { readonly kind: 'recovered' };

/** The skipped rows that a line names; `CorsOriginCache.stats()` has more. */
const MAX_NAMED = 5;
const MAX_LINE_LENGTH = 1000;

/** Logs the skipped rows and failed readings of one list, and the first good reading after a failure. */
export class ListLog {
  private readonly throttle = new LogThrottle();
  private isFailing = false;

  constructor(private readonly logger: Pick<Logger, 'error' | 'warn' | 'log'> = new Logger('CorsModule')) {}

  /** Never throws. */
  readonly report = (subject: string, event: ListEvent): void => {
    try {
      this.write(subject, event);
    } catch {
      // The logger has failed: the list stays in use without its line.
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
            count === 1 ? '1 row was skipped, and allows no origin' : `${count} rows were skipped, and allow no origin`;
          this.logger.warn(printable(`${subject}: ${were}. ${named.join(' ')}${more}`, MAX_LINE_LENGTH));
        }
        return;
      }
      case 'failed': {
        this.isFailing = true;
        if (this.throttle.pass() !== undefined) {
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
        if (this.isFailing) {
          this.isFailing = false;
          this.throttle.reset();
          this.logger.log(`${subject} was read again.`);
        }
    }
  }
}
