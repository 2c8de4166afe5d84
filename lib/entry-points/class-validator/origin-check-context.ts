import type { CorsConfigurationProblem } from '../../options/problem.js';

/** The key of `@IsCorsOrigin()` in the `constraints` and `contexts` of a `ValidationError`. */
export const IS_CORS_ORIGIN = 'isCorsOrigin';

/** Checks a property's value as its decorator does. */
export type OriginCheck = (value: unknown, path: string) => readonly CorsConfigurationProblem[];

/** A symbol, so that JSON leaves it out. It is registered, so that both builds share it. */
const ORIGIN_CHECK = Symbol.for('nestjs-cors:origin-check');

/** The `context` of a decorator: class-validator passes only this from a decorator to an error. */
export function withCheck(context: unknown, check: OriginCheck): object {
  return { ...(context as object | undefined), [ORIGIN_CHECK]: check };
}

/** The check in a `context`, if it is one of {@link withCheck}. */
export function checkIn(context: unknown): OriginCheck | undefined {
  return (context as { readonly [ORIGIN_CHECK]?: OriginCheck } | undefined)?.[ORIGIN_CHECK];
}
