import { maskedIfSecret } from '../support/secrets/without-secrets.js';

/** Stable codes of everything that can be wrong with a configuration. */
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
  'max-age-out-of-range',
  'success-status-out-of-range',
  'lookup-timeout-out-of-range',
  'figure-out-of-range',
  'unknown-policy',
  'unknown-option',
  'circular-extends',
  'duplicate-policy',
  'invalid-value',
  'invalid-path',
  'conflicting-decorators',
  'misplaced-decorator',
  'not-tolerable',
  'lookup-not-found',
  'lookup-not-singleton',
] as const;

/** Code of a {@link CorsConfigurationProblem}. */
export type CorsProblemCode = (typeof CORS_PROBLEM_CODES)[number];

/** Codes that `dangerouslyAllow` accepts: what is unsafe in general, and may be meant in a particular application. */
export const TOLERABLE_PROBLEM_CODES = [
  'null-origin',
  'nonstandard-origin',
  'insecure-origin',
  'public-suffix',
  'unanchored-regexp',
  'unescaped-dot',
  'wide-regexp',
  'slow-regexp',
] as const satisfies readonly CorsProblemCode[];

/** A problem that a policy can tolerate. */
export type TolerableProblemCode = (typeof TOLERABLE_PROBLEM_CODES)[number];

/** One thing that is wrong with a configuration. */
export interface CorsConfigurationProblem {
  readonly code: CorsProblemCode;
  /** Where it is written: `policies.partners.origin[0]`, `OrdersController.replace: maxAge`. */
  readonly path: string;
  /** What is written there. */
  readonly value: unknown;
  /** What is wrong with it. */
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}

/** Takes problems as they are found, so that all of them can be shown at once. */
export type ReportProblem = (problem: CorsConfigurationProblem) => void;

/** Thrown at boot, with everything that is wrong with the configuration. */
export class CorsConfigurationError extends Error {
  override readonly name = 'CorsConfigurationError';

  /** Everything that is wrong; a `value` is without secrets, since Node.js prints these with an uncaught error. */
  readonly problems: readonly CorsConfigurationProblem[];

  constructor(problems: readonly CorsConfigurationProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`The CORS configuration has ${count}:`, ...problems.map(describeProblem)].join('\n\n'));
    this.problems = problems.map(withoutSecretValue);
  }
}

function describeProblem({ code, path, message, hint }: CorsConfigurationProblem, index: number): string {
  return `${index + 1}. ${path} [${code}]\n   ${message}\n   ${hint}`;
}

function withoutSecretValue(problem: CorsConfigurationProblem): CorsConfigurationProblem {
  return typeof problem.value === 'string' ? { ...problem, value: maskedIfSecret(problem.value) } : problem;
}

/** Problems in the order they were found, each once. */
export class ProblemList {
  readonly #problems: CorsConfigurationProblem[] = [];
  readonly #values = new Map<string, unknown[]>();

  /** Adds a problem, unless the same code was found for the same value in the same place. */
  readonly report: ReportProblem = (problem) => {
    const key = `${problem.code} ${problem.path}`;
    const values = this.#values.get(key) ?? [];
    // Not a Set of keys alone: NaN, symbols and functions have no text to tell them apart by.
    if (!values.some((value) => Object.is(value, problem.value))) {
      this.#values.set(key, [...values, problem.value]);
      this.#problems.push(problem);
    }
  };

  all(): readonly CorsConfigurationProblem[] {
    return [...this.#problems];
  }
}
