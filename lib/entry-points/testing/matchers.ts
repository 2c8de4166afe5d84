import { describeExchanges, type FetchResult } from './fetch-result.js';
import { NETWORK_ERROR_STEPS, type NetworkErrorStep } from './network-error.js';

/** The result of a matcher, as jest and vitest expect it. */
export interface MatcherResult {
  readonly pass: boolean;
  /** The message of a failed assertion, negated or not. */
  readonly message: () => string;
}

/**
 * Matchers for results of `TestBrowser.fetch()`, in jest and in vitest: `expect.extend(corsMatchers)`.
 *
 * @example
 * ```ts
 * expect.extend(corsMatchers);
 * expect(await partner.fetch('/orders')).toBeReadable();
 * expect(await stranger.fetch('PUT /orders/1')).toBeBlockedAt('preflight-origin');
 * expect(await partner.fetch('/orders')).toExposeHeader('X-Total-Count');
 * await expect(stranger.fetch('/orders')).resolves.not.toBeReadable();
 * ```
 */
export const corsMatchers = {
  /** The script gets status, headers and body. */
  toBeReadable(received: unknown): MatcherResult {
    const result = fetchResult(received, 'toBeReadable');
    return verdict(result.readable, result, 'to be readable');
  },

  /** The fetch ends in a network error, at this step if one is given. */
  toBeBlockedAt(received: unknown, step?: NetworkErrorStep): MatcherResult {
    const result = fetchResult(received, 'toBeBlockedAt');
    if (step !== undefined && !NETWORK_ERROR_STEPS.includes(step)) {
      throw new TypeError(`'${String(step)}' is not a step. Steps: ${NETWORK_ERROR_STEPS.join(', ')}`);
    }
    const pass = result.kind === 'network-error' && (step === undefined || result.step === step);
    return verdict(pass, result, step === undefined ? 'to be blocked' : `to be blocked at '${step}'`);
  },

  /** The script can read this header. */
  toExposeHeader(received: unknown, name: string): MatcherResult {
    const result = fetchResult(received, 'toExposeHeader');
    const pass = result.kind === 'response' && result.headers.has(name);
    return verdict(pass, result, `to expose the header '${name}'`);
  },
};

function verdict(pass: boolean, result: FetchResult, expectation: string): MatcherResult {
  return {
    pass,
    message: () => {
      const exchanges = describeExchanges(result.exchanges);
      return `Expected the fetch ${pass ? 'not ' : ''}${expectation}.\n\n${outcome(result)}\n${exchanges}`;
    },
  };
}

function outcome(result: FetchResult): string {
  if (result.kind === 'network-error') {
    return `It was blocked at '${result.step}': ${result.message}`;
  }
  const names = [...result.headers.keys()];
  return result.readable
    ? `It is readable: ${result.type}, status ${result.status}, with the headers ${names.join(', ') || '(none)'}`
    : `It is ${result.type}: the script sees neither status nor headers nor body`;
}

/** A forgotten `await` is the usual mistake. */
function fetchResult(received: unknown, matcher: string): FetchResult {
  const kind = (received as FetchResult | null | undefined)?.kind;
  if (kind !== 'response' && kind !== 'network-error') {
    const hint = received instanceof Promise ? ', and this is a promise: await it' : '';
    throw new TypeError(`${matcher}() takes what TestBrowser.fetch() resolves to${hint}`);
  }
  return received as FetchResult;
}

/**
 * The signatures of `corsMatchers`, added here to those of jest and vitest. Where your package manager hides the test runner
 * from this package, extend its interface yourself:
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
