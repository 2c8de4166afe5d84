import { Logger } from '@nestjs/common';
import { LogThrottle } from '../../support/log-throttle.js';

/** What is logged of abandoned queries: one line when the first is abandoned, one when the store answers again. */
export class AbandonedQueriesLog {
  private isOpen = false;
  private readonly throttle = new LogThrottle();

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
