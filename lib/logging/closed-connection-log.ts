import { Logger } from '@nestjs/common';
import type { CorsReason } from '../decision/reasons.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { DecisionLogging } from '../policy/module-options.js';
import { LogThrottle, repeatedInWords } from '../support/log-throttle.js';
import { printable } from '../support/secrets/printable.js';
import { shownOrigin, shownTenant } from './shown.js';

/** The most lines in a minute. */
const MAX_LINES = 500;
const MAX_LINE_LENGTH = 1000;

/** In whose name connections were open. */
export interface ClosedConnections {
  readonly policy: CompiledPolicy;
  readonly origin: string;
  readonly tenant: string | undefined;
}

/** Logs that connections were closed because their origin has lost its access: once a minute per policy, origin and tenant. */
export class ClosedConnectionLog {
  private readonly throttle = new LogThrottle(MAX_LINES);

  constructor(
    private readonly level: DecisionLogging,
    private readonly logger: Pick<Logger, 'log'> = new Logger('CorsModule'),
  ) {}

  /** Never throws. */
  report({ policy, origin, tenant }: ClosedConnections, count: number, reason: CorsReason): void {
    if (this.level === 'off') {
      return;
    }
    try {
      const forTenant = tenant === undefined ? '' : ` for tenant ${shownTenant(tenant)}`;
      const whose = `from ${shownOrigin(origin)}${forTenant} under ${policy.label}`;
      const suppressed = this.throttle.pass(whose);
      if (suppressed !== undefined) {
        const connections = count === 1 ? '1 open connection' : `${count} open connections`;
        const line = `Closed ${connections} ${whose}: ${reason}.${repeatedInWords(suppressed)}`;
        this.logger.log(printable(line, MAX_LINE_LENGTH));
      }
    } catch {
      // The logger has failed: the connections are closed without the line.
    }
  }
}
