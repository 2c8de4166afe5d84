import type { ValidationError } from 'class-validator';
import type { CorsConfigurationProblem } from '../../options/problem.js';
import { keyPath } from '../../policy/option-place.js';
import { checkIn, IS_CORS_ORIGIN } from './origin-check-context.js';

/**
 * The problems that `@IsCorsOrigin()` found, with their codes, for an API whose clients distinguish them. Their `path` leads to
 * the value in the validated object: `tenants[0].origins[2]`.
 *
 * Each error needs its `value`, which class-validator leaves out where `validationError.value` is `false`. A problem without
 * it has the code `invalid-value`, the constraint's message and no hint.
 *
 * @param errors The result of `validate()`, or the argument of the `exceptionFactory` of Nest's `ValidationPipe`. Errors of
 * other decorators are ignored.
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
  // There is none where two decorators of one property have different options: class-validator keeps one context.
  return problems === undefined || problems.length === 0
    ? [{ code: 'invalid-value', path, value: undefined, message, hint: '' }]
    : problems;
}

function childPath(parent: string, property: string): string {
  return /^[0-9]+$/.test(property) ? `${parent}[${property}]` : keyPath(parent, property);
}
