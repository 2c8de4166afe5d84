import { Logger } from '@nestjs/common';
import { LogThrottle } from '../../support/log-throttle.js';
import { oneLine } from '../../support/one-line.js';
import { alwaysFiring, TRIGGER_NAMES, type TriggerFinding } from './notifying-triggers.js';

/** How long a line is not repeated, in milliseconds: less than the pause between two readings of a list. */
const QUIET_PERIOD = 30_000;
const MAX_LENGTH = 4000;

/** Logs changes without notifications. */
export class NotificationLog {
  private isIncomplete = false;
  private readonly findings = new LogThrottle(1, 'evict', QUIET_PERIOD);
  private readonly differences = new LogThrottle(1, 'evict', QUIET_PERIOD);

  /** @param table quoted */
  constructor(
    private readonly table: string,
    private readonly logger: Pick<Logger, 'log' | 'warn'> = new Logger('CorsModule'),
  ) {}

  /** Logs the findings of a check of the triggers: none where all is well. */
  found(findings: readonly TriggerFinding[]): void {
    if (findings.length === 0) {
      if (this.isIncomplete) {
        this.isIncomplete = false;
        this.findings.reset();
        this.write('log', `The triggers of the table ${this.table} in PostgreSQL notify of changes again`);
      }
      return;
    }
    const line =
      `Changes of the table ${this.table} in PostgreSQL are not all notified of: ` +
      `${findings.map(({ fact }) => fact).join('; ')}. They are noticed late: when cached results expire and lists are ` +
      `read again. If that is meant, write listen: false. To mend it: ${findings.map(({ mend }) => mend).join(' ')}`;
    this.isIncomplete = true;
    if (this.findings.pass(line) !== undefined) {
      this.write('warn', line);
    }
  }

  /** Logs that a reading differs from the one before, although nothing was notified. */
  unexplained(): void {
    if (this.differences.pass() !== undefined) {
      this.write(
        'warn',
        `Rows of the table ${this.table} in PostgreSQL have changed without a notification. Sessions with ` +
          'session_replication_role = replica fire no triggers, and neither do writes to a partition. To have triggers fire ' +
          `in such sessions: ${alwaysFiring(TRIGGER_NAMES, this.table)}`,
      );
    }
  }

  /** A logger that fails must not fail the reading. */
  private write(level: 'log' | 'warn', line: string): void {
    try {
      // Names of triggers may have line breaks.
      this.logger[level](oneLine(line, MAX_LENGTH));
    } catch {
      // The line is lost.
    }
  }
}
