import type { AllowableProblemCode, CorsConfigurationProblem } from '../options/problem.js';
import { encryptedOrigin } from '../origin/canonical-origin.js';
import { inspectOrigin, type OriginInspection } from '../origin/origin-entry.js';
import { malformedOrigin, risksOfOrigin, riskWording } from './origin-problems.js';
import { problemAt, worded, WRITE_IN_FULL } from './problems.js';

/** Options of the check of an origin before it is stored. */
export interface OriginCheckOptions {
  /** Whether patterns (`https://*.example.com`, `https://app.example.com:*`) may be stored. Default: `false`. */
  patterns?: boolean | undefined;
  /** Whether the policy that reads the store allows credentials, so that plain http is a problem. Default: `true`. */
  credentials?: boolean | undefined;
  /** Codes of problems to allow, as in the policy's own `dangerouslyAllow`. Default: none. */
  dangerouslyAllow?: readonly AllowableProblemCode[] | undefined;
  /** The `path` of the problems. Default: `'origin'`. */
  path?: string | undefined;
}

/**
 * The problems of a value that is to be stored as an allowed origin. They have the codes that an entry of an `origin` list gets
 * at boot. An empty list: the value can be stored as it is.
 *
 * Takes a value of any type and never throws. Message and hint are for the person who filled in the form. They have a bounded
 * length, and the value in them is quoted and escaped. The hint of a malformed origin gives a form that is accepted.
 *
 * @example
 * ```ts
 * originProblems('https://Example.com/');
 * // [{ code: 'malformed-origin', path: 'origin', value: 'https://Example.com/',
 * //    message: '`origin` must be an origin without a slash at the end; got "https://Example.com/".',
 * //    hint: 'Write "https://example.com".' }]
 * originProblems('https://example.com'); // []
 * ```
 */
export function originProblems(value: unknown, options: OriginCheckOptions = {}): readonly CorsConfigurationProblem[] {
  if (typeof value === 'string') {
    return inspectionProblems(value, inspectOrigin(value), options);
  }
  // Only the type is shown: a hostile object may throw when it is looked at.
  const hint = 'Write an origin such as "https://app.example.com".';
  const wording = { expectation: 'a string', got: typeInWords(value), hint };
  return [worded('invalid-value', options.path ?? 'origin', value, wording)];
}

/** {@link originProblems} of a string that has been inspected already. */
export function inspectionProblems(
  value: string,
  inspection: OriginInspection,
  options: OriginCheckOptions,
): readonly CorsConfigurationProblem[] {
  const { patterns = false, credentials = true, dangerouslyAllow = [], path = 'origin' } = options;
  if (!patterns && isMeantAsPattern(inspection)) {
    return [problemAt('pattern-not-allowed', path, value)];
  }
  switch (inspection.kind) {
    case 'wildcard':
      return [problemAt('wildcard-in-list', path, value, 'origin', WRITE_IN_FULL)];
    case 'malformed': {
      const canonical = acceptableForm(inspection.canonical, options);
      return [malformedOrigin(path, value, { reason: inspection.reason, canonical })];
    }
    default:
      return risksOfOrigin(inspection)
        .filter(({ code }) => (credentials || code !== 'insecure-origin') && !dangerouslyAllow.includes(code))
        .map((risk) => worded(risk.code, path, value, riskWording(risk, value, { expressions: false, credentials })));
  }
}

/** A form of a malformed origin that has no other problem. */
function acceptableForm(canonical: string | undefined, options: OriginCheckOptions): string | undefined {
  const forms = canonical === undefined ? [] : [canonical, encryptedOrigin(canonical)];
  return forms.find((form) => originProblems(form, options).length === 0);
}

function isMeantAsPattern(inspection: OriginInspection): boolean {
  return (
    inspection.kind === 'pattern' ||
    (inspection.kind === 'malformed' &&
      (inspection.reason === 'misplaced-wildcard' || inspection.canonical?.includes('*') === true))
  );
}

/** The type of a value, as it reads in a sentence. */
export function typeInWords(value: unknown): string {
  if (value === undefined || value === null) {
    return 'nothing';
  }
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
