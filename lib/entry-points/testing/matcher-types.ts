import type { NetworkErrorStep } from './network-error.js';

/**
 * The signatures of `corsMatchers`, which are added to those of jest and vitest here. Where that does not reach your test
 * runner (a package manager that hides it from this package), extend its interface yourself:
 *
 * @example
 * ```ts
 * declare module 'vitest' {
 *   interface Assertion<T = any> extends CorsMatchers<void> {}
 * }
 * ```
 */
export interface CorsMatchers<R = void> {
  /** The script gets status, headers and body. */
  toBeReadable(): R;
  /** The fetch ends in a network error, at this step if one is given. */
  toBeBlockedAt(step?: NetworkErrorStep): R;
  /** The script can read this header. */
  toExposeHeader(name: string): R;
}

/* oxlint-disable typescript/no-explicit-any, typescript/no-unused-vars, no-unused-vars -- an interface is only extended by one with the very same parameters */
/* oxlint-disable typescript/ban-ts-comment, typescript/prefer-ts-expect-error -- it is an error only where the package is missing */

/** @ts-ignore `@jest/globals`, where it is installed */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends CorsMatchers<R> {}
}

/** @ts-ignore vitest, where it is installed */
declare module 'vitest' {
  interface Assertion<T = any> extends CorsMatchers<void> {}
}

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- that is how @types/jest declares it
  namespace jest {
    interface Matchers<R, T = {}> extends CorsMatchers<R> {}
  }
}
