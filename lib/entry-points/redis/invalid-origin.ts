import { originProblems } from '../../policy/origin-check.js';
import type { CorsConfigurationProblem } from '../../options/problem.js';
import { quoted } from '../../support/quoted.js';

/** Thrown by `add()` for what can be no row. */
export class InvalidOriginError extends Error {
  override readonly name = 'InvalidOriginError';

  constructor(
    /** What is wrong with it, and what to write instead. */
    readonly problem: CorsConfigurationProblem,
  ) {
    super(`${problem.message} ${problem.hint}`);
  }
}

/**
 * What keeps a text from being stored: it would be skipped when it is read. Whether http or `file://` will do is the policy's
 * affair.
 */
export function problemOf(value: unknown): CorsConfigurationProblem | undefined {
  if (typeof value !== 'string') {
    return textProblem('invalid-value', value, 'is no text', 'Pass the origin as text: "https://app.example.com".');
  }
  if (value === '*') {
    return textProblem(
      'wildcard-in-list',
      value,
      'is no origin',
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
