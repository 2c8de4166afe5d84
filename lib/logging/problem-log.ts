import { Logger } from '@nestjs/common';
import { printable } from '../support/secrets/printable.js';

/** How long a problem stays quiet after it was logged, in milliseconds. */
const QUIET_PERIOD = 60_000;
/** Problems that are told apart: kinds and policies, which no client can invent. */
const MAX_PROBLEMS = 1000;
const MAX_LINE_LENGTH = 1000;

/** Logs what goes wrong with decisions, live and shadow, once per problem and minute, with the number of times it happened meanwhile. Never throws. */
export class ProblemLog {
  private readonly problems = new Map<string, { loggedAt: number; since: number }>();

  constructor(private readonly logger: Pick<Logger, 'error' | 'warn'> = new Logger('CorsModule')) {}

  warn(problem: string, line: string): void {
    this.write(problem, (repeated) => this.logger.warn(printable(`${line}${repeated}`, MAX_LINE_LENGTH)));
  }

  error(problem: string, line: string, stack?: string): void {
    this.write(problem, (repeated) => this.logger.error(printable(`${line}${repeated}`, MAX_LINE_LENGTH), stack));
  }

  private write(problem: string, log: (repeated: string) => void): void {
    const now = Date.now();
    const known = this.problems.get(problem);
    if (known !== undefined && now - known.loggedAt < QUIET_PERIOD) {
      known.since++;
      return;
    }
    if (known === undefined && this.problems.size >= MAX_PROBLEMS) {
      return;
    }
    this.problems.set(problem, { loggedAt: now, since: 0 });
    try {
      log(known?.since ? ` (and ${known.since} times since it was last logged)` : '');
    } catch {
      // A logger that fails: the request has been decided all the same.
    }
  }
}
