import { ValidateBy, type ValidationArguments, type ValidationOptions } from 'class-validator';
import { type OriginCheckOptions, originProblems } from '../../policy/origin-check.js';
import type { CorsConfigurationProblem } from '../../options/problem.js';
import { assertNotOutdated } from '../../support/optional-package.js';
import { IS_CORS_ORIGIN, type OriginCheck, withCheck } from './origin-check-context.js';

/** Options of {@link IsCorsOrigin}: those of `originProblems()`, whose `path` is the property. */
export type IsCorsOriginOptions = Omit<OriginCheckOptions, 'path'>;

/**
 * Checks a property as `originProblems()` does: an origin that no browser sends, or that lets strangers in, is invalid.
 * With `each: true` in `validationOptions`, every origin of an array, a `Set` or a `Map` is checked.
 *
 * The default message is the problem's message and its hint. `corsOriginProblems()` returns the problems with their codes
 * from the `ValidationError`s.
 *
 * @throws Error for class-validator before 0.14
 * @example
 * ```ts
 * export class TenantOriginsDto {
 *   @IsCorsOrigin()
 *   login: string;
 *
 *   @IsCorsOrigin({ patterns: true }, { each: true })
 *   partners: string[];
 * }
 * // `login` must be an origin without a slash at the end; got "https://Example.com/". Write "https://example.com".
 * ```
 */
export function IsCorsOrigin(
  options: IsCorsOriginOptions = {},
  validationOptions: ValidationOptions = {},
): PropertyDecorator {
  assertNotOutdated('nestjs-cors/class-validator', 'class-validator');
  const check: OriginCheck = (value, path) =>
    (validationOptions.each === true ? elementsOf(value) : undefined)?.flatMap((element, index) =>
      originProblems(element, { ...options, path: `${path}[${index}]` }),
    ) ?? originProblems(value, { ...options, path });
  return ValidateBy(
    {
      name: IS_CORS_ORIGIN,
      validator: {
        validate: (value: unknown) => originProblems(value, options).length === 0,
        defaultMessage: (validated?: ValidationArguments) =>
          constraintMessage(check(validated?.value, String(validated?.property))),
      },
    },
    { ...validationOptions, context: withCheck(validationOptions.context, check) },
  );
}

/** The elements that class-validator checks one by one with `each: true`. It checks any other value as a whole. */
function elementsOf(value: unknown): readonly unknown[] | undefined {
  if (value instanceof Map) {
    return [...value.values()];
  }
  return Array.isArray(value) ? value : value instanceof Set ? [...value] : undefined;
}

/** Problems that a message spells out: a list may have thousands of elements. */
const MAX_PROBLEMS = 10;

/** Tokens that class-validator replaces in a message: https://github.com/typestack/class-validator#message-tokens */
const TOKEN = /\$(?=constraint[0-9]|value|property|target)/g;

/** One message for all problems of a property. */
function constraintMessage(problems: readonly CorsConfigurationProblem[]): string {
  const lines = problems.slice(0, MAX_PROBLEMS).map(({ message, hint }) => `${message} ${hint}`);
  const rest = problems.length > MAX_PROBLEMS ? [`There are ${problems.length - MAX_PROBLEMS} more like these.`] : [];
  // Otherwise class-validator would replace a token in a quoted value, without quotes and bounds.
  return [...lines, ...rest].join(' ').replace(TOKEN, '\\u0024');
}
