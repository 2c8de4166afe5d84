import { Logger } from '@nestjs/common';
import { LogThrottle } from '../../support/log-throttle.js';

/** Logs one line when the first query is abandoned, and one when the store answers again. */
export class AbandonedQueriesLog {
  private isOpen = false;
  private readonly throttle = new LogThrottle();

  /**
   * @param subject the name of the table for the log
   * @param hint what to do, as a sentence without its full stop
   */
  constructor(
    private readonly subject: string,
    private readonly hint: string,
    private readonly logger: Pick<Logger, 'log' | 'warn'> = new Logger('CorsModule'),
  ) {}

  /** A query was abandoned, or the server ended it at its limit. */
  abandoned(): void {
    if (!this.isOpen && this.throttle.pass() !== undefined) {
      this.isOpen = true;
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
