import type { LoggerService } from '@nestjs/common';

/** Errors that the application makes on purpose. */
const ON_PURPOSE =
  /This handler fails on purpose|The database said no|gave no answer within 100 ms|^RangeError: (?:Invalid WebSocket frame|Max payload size exceeded)|^Error: aborted\n    at abortIncoming \(node:_http_server/;
/** A log line is one line: an origin that ends one and begins another would forge what people read. */
// oxlint-disable-next-line no-control-regex
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const MOST = 100;

/** Keeps of the log what should not be there. */
export class JudgingLogger implements LoggerService {
  private complaints: string[] = [];

  log(message: unknown, context?: unknown): void {
    this.judgeLine(message, context);
  }

  warn(message: unknown, context?: unknown): void {
    this.judgeLine(message, context);
  }

  error(message: unknown, ...rest: unknown[]): void {
    const text = [message, ...rest].map((part) => (part instanceof Error ? part.stack : String(part))).join(' | ');
    if (!ON_PURPOSE.test(text)) {
      this.complain(`error in the log: ${text}`);
    }
  }

  /** What there was to complain of since the last time. */
  take(): string[] {
    const { complaints } = this;
    this.complaints = [];
    return complaints;
  }

  private judgeLine(message: unknown, context: unknown): void {
    if (context === 'CorsModule' && CONTROL_CHARACTER.test(String(message))) {
      this.complain(`a log line with a control character: ${JSON.stringify(message)}`);
    }
  }

  /** Keeps a complaint of someone else, too. */
  complain(complaint: string): void {
    if (this.complaints.length < MOST) {
      this.complaints.push(complaint.slice(0, 4000));
    }
  }
}
