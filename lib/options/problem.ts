import { maskedIfSecret } from '../support/secrets/without-secrets.js';

/** Stable codes of configuration problems. */
export const CORS_PROBLEM_CODES = [
  'malformed-origin',
  'wildcard-with-credentials',
  'exposed-wildcard-with-credentials',
  'null-origin',
  'nonstandard-origin',
  'insecure-origin',
  'public-suffix',
  'unanchored-regexp',
  'unescaped-dot',
  'wide-regexp',
  'slow-regexp',
  'stateful-regexp',
  'wildcard-in-list',
  'pattern-not-allowed',
  'method-case',
  'forbidden-method',
  'forbidden-header',
  'invalid-token',
  'out-of-range',
  'unknown-policy',
  'unknown-option',
  'circular-extends',
  'duplicate-policy',
  'invalid-value',
  'invalid-path',
  'conflicting-decorators',
  'misplaced-decorator',
  'not-allowable',
  'lookup-not-found',
  'lookup-not-singleton',
  'gateway-cors-option',
  'gateway-credentials-differ',
  'gateway-not-guarded',
] as const;

/** Code of a {@link CorsConfigurationProblem}. */
export type CorsProblemCode = (typeof CORS_PROBLEM_CODES)[number];

/** Codes that `dangerouslyAllow` accepts: unsafe in general, and right in some applications. */
export const ALLOWABLE_PROBLEM_CODES = [
  'null-origin',
  'nonstandard-origin',
  'insecure-origin',
  'public-suffix',
  'unanchored-regexp',
  'unescaped-dot',
  'wide-regexp',
  'slow-regexp',
] as const satisfies readonly CorsProblemCode[];

/** Code of a problem that a policy can allow. */
export type AllowableProblemCode = (typeof ALLOWABLE_PROBLEM_CODES)[number];

/** One thing that is wrong with a configuration. */
export interface CorsConfigurationProblem {
  readonly code: CorsProblemCode;
  /** Where it is written: `policies.partners.origin[0]`, `OrdersController.replace: maxAge`. */
  readonly path: string;
  /** The value that is written there. */
  readonly value: unknown;
  /** `<path> must be <expectation>; got <value>.`, and what else has to be known. */
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}

/** Takes problems one by one, so that all of them can be shown at once. */
export type ReportProblem = (problem: CorsConfigurationProblem) => void;

/** Thrown at boot, with everything that is wrong with the configuration. */
export class CorsConfigurationError extends Error {
  override readonly name = 'CorsConfigurationError';

  /** All problems. Secrets in a `value` are masked, since Node.js prints the values with an uncaught error. */
  readonly problems: readonly CorsConfigurationProblem[];

  constructor(problems: readonly CorsConfigurationProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const list = problems.map(({ code, message, hint }, index) => `${index + 1}. [${code}] ${message}\n   ${hint}`);
    super([`The CORS configuration has ${count}:`, ...list].join('\n\n'));
    this.problems = problems.map((problem) =>
      typeof problem.value === 'string' ? { ...problem, value: maskedIfSecret(problem.value) } : problem,
    );
  }
}

/** Problems in the order in which they were found, each once. */
export class ProblemList {
  readonly #problems: CorsConfigurationProblem[] = [];
  readonly #values = new Map<string, unknown[]>();

  /** Adds a problem, unless its code was found for the same value in the same place. */
  readonly report: ReportProblem = (problem) => {
    const key = `${problem.code} ${problem.path}`;
    const values = this.#values.get(key) ?? [];
    // Object.is: NaN, symbols and functions cannot be part of the key.
    if (!values.some((value) => Object.is(value, problem.value))) {
      this.#values.set(key, [...values, problem.value]);
      this.#problems.push(problem);
    }
  };

  all(): readonly CorsConfigurationProblem[] {
    return [...this.#problems];
  }
}
