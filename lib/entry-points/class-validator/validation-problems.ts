import type { ValidationError } from 'class-validator';
import type { CorsConfigurationProblem } from '../../options/problem.js';
import { keyPath } from '../../support/quoted.js';
import { checkIn, IS_CORS_ORIGIN } from './origin-check-context.js';

/**
 * The problems that `@IsCorsOrigin()` found, with their codes, for an API whose clients shall tell them apart. Their `path` is
 * that of the value in what was validated: `tenants[0].origins[2]`.
 *
 * Needs the `value` of each error, which is there unless class-validator's `validationError.value` is `false`. Without it a
 * problem has the code `invalid-value`, the constraint's message and no hint.
 *
 * @param errors What `validate()` returns, and what the `exceptionFactory` of Nest's `ValidationPipe` is called with. Errors
 * of other decorators are passed over.
 *
 * @example
 * ```ts
 * new ValidationPipe({
 *   exceptionFactory: (errors) => new BadRequestException({ problems: corsOriginProblems(errors) }),
 * });
 * ```
 */
export function corsOriginProblems(errors: readonly ValidationError[]): readonly CorsConfigurationProblem[] {
  return errors.flatMap((error) => problemsOf(error, error.property));
}

function problemsOf(error: ValidationError, path: string): readonly CorsConfigurationProblem[] {
  return [
    ...ownProblems(error, path),
    ...(error.children ?? []).flatMap((child) => problemsOf(child, childPath(path, child.property))),
  ];
}

function ownProblems(error: ValidationError, path: string): readonly CorsConfigurationProblem[] {
  const message = error.constraints?.[IS_CORS_ORIGIN];
  if (message === undefined) {
    return [];
  }
  const check = checkIn(error.contexts?.[IS_CORS_ORIGIN]);
  const problems = Object.hasOwn(error, 'value') ? check?.(error.value, path) : undefined;
  // None, where two decorators on one property had different options: class-validator keeps one context of them.
  return problems === undefined || problems.length === 0
    ? [{ code: 'invalid-value', path, value: undefined, message, hint: '' }]
    : problems;
}

function childPath(parent: string, property: string): string {
  return /^[0-9]+$/.test(property) ? `${parent}[${property}]` : keyPath(parent, property);
}
