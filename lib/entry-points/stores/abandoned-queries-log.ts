import { Logger } from '@nestjs/common';

/** How long after a line no other says that queries are abandoned, in milliseconds. */
const QUIET_PERIOD = 60_000;

/** What is logged of abandoned queries: one line when the first is abandoned, one when the store answers again. */
export class AbandonedQueriesLog {
  private isOpen = false;
  private loggedAt = -Infinity;

  /**
   * @param subject what is queried, as the log has it
   * @param hint what to do, as a full sentence without its full stop
   */
  constructor(
    private readonly subject: string,
    private readonly hint: string,
    private readonly logger: Pick<Logger, 'log' | 'warn'> = new Logger('CorsModule'),
  ) {}

  /** A query was abandoned, or the server ended it because it took too long. */
  abandoned(): void {
    const now = performance.now();
    if (!this.isOpen && now - this.loggedAt >= QUIET_PERIOD) {
      this.isOpen = true;
      this.loggedAt = now;
      this.write(
        'warn',
        `A query of ${this.subject} was not answered in time, so it was abandoned. No other query starts until it is over. ${this.hint}`,
      );
    }
  }

  /** A query was answered while none is abandoned. */
  answered(): void {
    if (this.isOpen) {
      this.isOpen = false;
      this.write('log', `Queries of ${this.subject} are answered again`);
    }
  }

  /** A logger that fails must not fail the query. */
  private write(level: 'log' | 'warn', line: string): void {
    try {
      this.logger[level](line);
    } catch {
      // The line is lost.
    }
  }
}
