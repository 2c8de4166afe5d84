import { Logger } from '@nestjs/common';
import { LogThrottle, repeatedInWords } from '../support/log-throttle.js';
import { printable } from '../support/secrets/printable.js';

/** The most problems that are distinguished: kinds and policies, which clients cannot invent. */
const MAX_PROBLEMS = 1000;
const MAX_LINE_LENGTH = 1000;

/** Logs the problems of decisions, live and shadow, once per problem and minute. Never throws. */
export class ProblemLog {
  private readonly throttle = new LogThrottle(MAX_PROBLEMS, 'suppress');

  constructor(private readonly logger: Pick<Logger, 'error' | 'warn'> = new Logger('CorsModule')) {}

  warn(problem: string, line: string): void {
    this.write(problem, line, (written) => this.logger.warn(written));
  }

  error(problem: string, line: string, stack?: string): void {
    this.write(problem, line, (written) => this.logger.error(written, stack));
  }

  private write(problem: string, line: string, log: (line: string) => void): void {
    const suppressed = this.throttle.pass(problem);
    if (suppressed === undefined) {
      return;
    }
    try {
      log(printable(`${line}${repeatedInWords(suppressed)}`, MAX_LINE_LENGTH));
    } catch {
      // The logger has failed: the decision stays as it is, without a log line.
    }
  }
}
