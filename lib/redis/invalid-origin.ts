import { inspectOrigin } from '../origin/origin-entry.js';
import { isPublicSuffix } from '../origin/public-suffix.js';
import { malformedOrigin } from '../policy/malformed-origin.js';
import type { CorsConfigurationProblem } from '../policy/problem.js';
import { quoted } from '../policy/quoted.js';

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

/** What keeps a text from being stored: it would be skipped when it is read. */
export function problemOf(value: unknown): CorsConfigurationProblem | undefined {
  const problem = (
    code: CorsConfigurationProblem['code'],
    message: string,
    hint: string,
  ): CorsConfigurationProblem => ({ code, path: 'origin', value, message: `${quoted(value)} ${message}.`, hint });

  if (typeof value !== 'string') {
    return problem('invalid-value', 'is no text', 'Pass the origin as text: "https://app.example.com".');
  }
  const inspection = inspectOrigin(value);
  switch (inspection.kind) {
    case 'origin':
      return undefined;
    case 'pattern':
      // https://publicsuffix.org
      return inspection.pattern.subdomains && isPublicSuffix(inspection.pattern.host)
        ? problem(
            'public-suffix',
            'allows everybody who can register a name there',
            `Put a domain of your own before the suffix: ${quoted(value.replace('*.', '*.example.'))}.`,
          )
        : undefined;
    case 'null':
      return problem(
        'null-origin',
        'is what every sandboxed frame and local file sends: any site can be it',
        'Serve the client from an origin of its own.',
      );
    case 'wildcard':
      return problem('wildcard-in-list', 'is no origin', "Write `origin: '*'` in the policy, if everybody is meant.");
    case 'malformed':
      return malformedOrigin('origin', value, inspection);
  }
}
