import { originProblems } from '../../policy/origin-check.js';
import type { CorsConfigurationProblem } from '../../options/problem.js';
import { quoted } from '../../support/quoted.js';

/** Thrown by `add()` for a value that cannot be stored. */
export class InvalidOriginError extends Error {
  override readonly name = 'InvalidOriginError';

  constructor(
    /** The problem, with a hint. */
    readonly problem: CorsConfigurationProblem,
  ) {
    super(`${problem.message} ${problem.hint}`);
  }
}

/**
 * Why a value cannot be stored: lists and lookups would skip it. The policy, not the store, decides about http and `file://`.
 */
export function problemOf(value: unknown): CorsConfigurationProblem | undefined {
  if (typeof value !== 'string') {
    return textProblem(
      'invalid-value',
      value,
      'is not a string',
      'Pass the origin as a string: "https://app.example.com".',
    );
  }
  if (value === '*') {
    return textProblem(
      'wildcard-in-list',
      value,
      'is not an origin',
      "Write `origin: '*'` in the policy, if everybody is meant.",
    );
  }
  return originProblems(value, { patterns: true, credentials: false, dangerouslyAllow: ['nonstandard-origin'] })[0];
}

function textProblem(
  code: CorsConfigurationProblem['code'],
  value: unknown,
  fact: string,
  hint: string,
): CorsConfigurationProblem {
  return { code, path: 'origin', value, message: `${quoted(value)} ${fact}.`, hint };
}
