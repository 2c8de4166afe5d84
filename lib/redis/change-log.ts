import { Logger } from '@nestjs/common';

/** How long unreadable payloads stay quiet after one was logged, in milliseconds. */
const QUIET_PERIOD = 60_000;
const MAX_REASON_LENGTH = 300;

/** What is logged of a subscription: one line when it is lost, one when it is back, however many attempts lie between. */
export class ChangeLog {
  private lost = false;
  private unreadableSince = 0;
  private unreadableLoggedAt: number | undefined;

  constructor(
    private readonly channel: string,
    private readonly logger: Pick<Logger, 'log' | 'warn'> = new Logger('CorsModule'),
  ) {}

  /** There is no connection. */
  onLost(reason: unknown): void {
    if (!this.lost) {
      this.lost = true;
      this.logger.warn(
        `No connection to Redis channel ${this.channel} (${describeReason(reason)}): changes of origins are not heard until it is back`,
      );
    }
  }

  /** There is a connection. */
  onListening(): void {
    if (this.lost) {
      this.lost = false;
      this.logger.log(`Redis channel ${this.channel} is heard again: origins are read anew`);
    }
  }

  /** Somebody published what is no change. */
  onUnreadable(size: number): void {
    const now = Date.now();
    if (this.unreadableLoggedAt !== undefined && now - this.unreadableLoggedAt < QUIET_PERIOD) {
      this.unreadableSince++;
      return;
    }
    const repeated = this.unreadableSince === 0 ? '' : ` (and ${this.unreadableSince} more since it was last logged)`;
    this.unreadableLoggedAt = now;
    this.unreadableSince = 0;
    this.logger.warn(
      `Something of ${size} bytes that is no change was published on Redis channel ${this.channel}${repeated}, so all origins ` +
        'are read anew: publish {"origin":"…","tenant":"…"} or {}',
    );
  }
}

/** One line of bounded length, without what stands before an `@` in a URL. */
function describeReason(reason: unknown): string {
  const text = reason instanceof Error ? reason.message || String((reason as { code?: unknown }).code) : typeof reason;
  return text
    .replace(/\/\/\S+@/g, '//***@')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .slice(0, MAX_REASON_LENGTH);
}
