import { ValidateBy, type ValidationArguments, type ValidationOptions } from 'class-validator';
import { type OriginCheckOptions, originProblems } from '../../policy/origin-check.js';
import { constraintMessage } from './constraint-message.js';
import { IS_CORS_ORIGIN, type OriginCheck, withCheck } from './origin-check-context.js';

/** Options of {@link IsCorsOrigin}: those of `originProblems()`, whose `path` is the property. */
export type IsCorsOriginOptions = Omit<OriginCheckOptions, 'path'>;

/**
 * Has class-validator judge a property as `originProblems()` does, so that no origin is stored that no browser sends, or
 * that lets strangers in. With `each: true` in `validationOptions`, every origin of an array, a `Set` or a `Map` is judged.
 *
 * The default message is the problem's message and its hint. `corsOriginProblems()` finds the problems
 * themselves, with their codes, in the `ValidationError`s.
 *
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
  const check: OriginCheck = (value, path) =>
    (validationOptions.each === true ? elementsOf(value) : undefined)?.flatMap((element, index) =>
      originProblems(element, { ...options, path: `${path}[${index}]` }),
    ) ?? originProblems(value, { ...options, path });
  return ValidateBy(
    {
      name: IS_CORS_ORIGIN,
      validator: {
        validate: (value: unknown) => originProblems(value, options).length === 0,
        defaultMessage: (judged?: ValidationArguments) =>
          constraintMessage(check(judged?.value, String(judged?.property))),
      },
    },
    { ...validationOptions, context: withCheck(validationOptions.context, check) },
  );
}

/** The elements that class-validator judges one by one with `each: true`; it judges anything else as a whole. */
function elementsOf(value: unknown): readonly unknown[] | undefined {
  if (value instanceof Map) {
    return [...value.values()];
  }
  return Array.isArray(value) ? value : value instanceof Set ? [...value] : undefined;
}
