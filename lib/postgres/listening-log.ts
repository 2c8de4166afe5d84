import { Logger } from '@nestjs/common';

/** How long payloads that are not understood are not warned about again, in milliseconds. */
const QUIET_PERIOD = 60_000;
const MAX_CAUSE_LENGTH = 200;

/** What is logged of listening: a line when it ends, a line when it is back. */
export class ListeningLog {
  private silent = false;
  private payloadWarnedAt = -Infinity;

  constructor(
    private readonly channel: string,
    private readonly logger: Pick<Logger, 'log' | 'warn'> = new Logger('CorsModule'),
  ) {}

  /** Told of every failure of an outage, logs the first. */
  lost(cause: unknown): void {
    if (!this.silent) {
      this.silent = true;
      this.write(
        'warn',
        `Not listening on channel "${this.channel}" of PostgreSQL (${describeCause(cause)}), and trying again until it ` +
          'works. Meanwhile changed origins are noticed late: when cached answers expire and lists are read again',
      );
    }
  }

  listens(): void {
    if (this.silent) {
      this.silent = false;
      this.write('log', `Listening on channel "${this.channel}" of PostgreSQL again`);
    }
  }

  strangePayload(): void {
    const now = performance.now();
    if (now - this.payloadWarnedAt >= QUIET_PERIOD) {
      this.payloadWarnedAt = now;
      this.write(
        'warn',
        `A notification on channel "${this.channel}" of PostgreSQL was not understood, so all origins are read again: ` +
          'somebody else notifies on this channel, or by another format than {"origin": …, "tenant": …}',
      );
    }
  }

  /** A logger that fails must not end the listening. */
  private write(level: 'log' | 'warn', line: string): void {
    try {
      this.logger[level](line);
    } catch {
      // The line is lost.
    }
  }
}

/**
 * An error of the network by its code alone: a URL that was misread may bring a password into the name of the host. What the
 * server says carries a severity, and is for the person who reads the log.
 */
function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) {
    return 'unknown reason';
  }
  const { code, severity } = cause as { code?: unknown; severity?: unknown };
  const text = typeof code === 'string' && severity === undefined ? code : cause.message || cause.name;
  return text
    .replace(/\/\/\S*@/g, '//***@')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .slice(0, MAX_CAUSE_LENGTH);
}
