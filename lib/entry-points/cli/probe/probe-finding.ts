/** Codes of the findings of a probe. */
export const PROBE_FINDING_CODES = [
  'same-origin',
  'mixed-content',
  'local-network',
  'no-connection',
  'untrusted-certificate',
  'preflight-redirected',
  'preflight-needs-login',
  'preflight-not-answered',
  'preflight-refused',
  'gateway-error',
  'limited',
  'duplicated-header',
  'answer-for-another-origin',
  'wildcard-with-credentials',
  'missing-header',
  'credentials-not-allowed',
  'method-not-allowed',
  'header-not-allowed',
  'redirect-changes-origin',
  'redirect-blocked',
  'vary-without-origin',
  'third-party-cookies',
  'unknown-route',
  'changed-status',
  'replaced-preflight',
  'changed-header',
  'added-header',
  'removed-header',
  'stripped-vary',
  'granted-although-refused',
] as const;

/** Code of a {@link ProbeFinding}. */
export type ProbeFindingCode = (typeof PROBE_FINDING_CODES)[number];

/** One thing that a probe found, with what to do. */
export interface ProbeFinding {
  readonly code: ProbeFindingCode;
  /** `note`: true, and nothing to correct. A `fault` makes `--strict` fail. */
  readonly level: 'fault' | 'note';
  readonly message: string;
  readonly hint: string;
}

export function fault(code: ProbeFindingCode, message: string, hint: string): ProbeFinding {
  return { code, level: 'fault', message, hint };
}

export function note(code: ProbeFindingCode, message: string, hint: string): ProbeFinding {
  return { code, level: 'note', message, hint };
}
