import { HttpException } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { corsOriginProblems } from 'nestjs-cors/class-validator';

/** What is wrong, and what to do about it, in the shape of the library's own problems. */
export interface Problem {
  /** Stable. The library's codes for what is wrong with an origin, or this service's for what it does not take. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** An answer that says what is wrong so that a page can show it and a program can tell it apart. */
export class ProblemException extends HttpException {
  constructor(statusCode: number, found: readonly Problem[]) {
    // Nothing else of them: a problem of the library also holds the value that it is about.
    const problems = found.map(({ code, message, hint }) => ({ code, message, hint }));
    super({ statusCode, message: problems.map(({ message }) => message).join(' '), problems }, statusCode);
  }
}

/** What the `ValidationPipe` answers: the library's problems with their codes, and what other decorators have to say. */
export function invalidRequest(errors: readonly ValidationError[]): ProblemException {
  const origins = corsOriginProblems(errors);
  const others = errors
    .flatMap(({ constraints = {} }) => Object.entries(constraints))
    .filter(() => origins.length === 0)
    .map(([code, message]) => ({ code, message: `${message}.`, hint: '' }));
  return new ProblemException(400, [...origins, ...others]);
}
