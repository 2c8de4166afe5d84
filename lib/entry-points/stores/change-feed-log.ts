import { Logger } from '@nestjs/common';
import { LogThrottle } from '../../support/log-throttle.js';
import { oneLine } from '../../support/one-line.js';
import { quoted } from '../../support/quoted.js';
import type { Channel } from './channel.js';

const MAX_REASON_LENGTH = 300;

/** Logs one line when a channel is lost and one when it is back, whatever the number of attempts. */
export class ChangeFeedLog {
  private readonly channel: string;
  private isLost = false;
  private readonly unreadablePayloads = new LogThrottle();

  constructor(
    { store, name }: Pick<Channel, 'store' | 'name'>,
    private readonly logger: Pick<Logger, 'log' | 'warn'> = new Logger('CorsModule'),
  ) {
    this.channel = `channel ${quoted(name)} of ${store}`;
  }

  /** There is no connection. */
  lost(reason: unknown): void {
    if (!this.isLost) {
      this.isLost = true;
      this.write(
        'warn',
        `Not listening on ${this.channel} (${describeReason(reason)}), and trying again until it works. Meanwhile changed ` +
          'origins are noticed late: when cached answers expire and lists are read again',
      );
    }
  }

  /** There is a connection. */
  listens(): void {
    if (this.isLost) {
      this.isLost = false;
      this.write('log', `Listening on ${this.channel} again: all origins are read anew`);
    }
  }

  /** A payload is not a change. Only its size is logged. */
  unreadable(payload: string | Uint8Array): void {
    const suppressed = this.unreadablePayloads.pass();
    if (suppressed === undefined) {
      return;
    }
    const repeated = suppressed === 0 ? '' : ` (and ${suppressed} more since it was last logged)`;
    this.write(
      'warn',
      `Something of ${Buffer.byteLength(payload)} bytes on ${this.channel} is not a change${repeated}, so all origins are read ` +
        'anew: somebody else sends on this channel, or in another format than {"origin":"…","tenant":"…"} or {}',
    );
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
 * One line of bounded length. An error of the network is described by its code alone, because a misread URL may put a
 * password into the host name. Errors of PostgreSQL, which have a severity, are described by their message.
 */
function describeReason(reason: unknown): string {
  try {
    if (reason instanceof Error) {
      const { code, severity } = reason as { code?: unknown; severity?: unknown };
      const text = typeof code === 'string' && severity === undefined ? code : reason.message || reason.name;
      return oneLine(text, MAX_REASON_LENGTH);
    }
  } catch {
    // Its properties throw or are not strings.
  }
  return 'unknown reason';
}
