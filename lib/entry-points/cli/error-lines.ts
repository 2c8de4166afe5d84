import type { LoggerService } from '@nestjs/common';
import { sentenceOf } from './input-error.js';
import type { Output } from './terminal.js';

/** What fails while a question is answered, such as a lookup without its table: a line, and no stack. */
export class ErrorLines implements LoggerService {
  constructor(private readonly output: Output) {}

  error(message: unknown): void {
    this.output.write(`${sentenceOf(message)}\n`);
  }

  log(): void {}
  warn(): void {}
}
