import { inspectOrigin } from '../origin/origin-entry.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import { originProblems } from '../policy/origin-check.js';
import { checkPolicy } from '../policy/policy-rules.js';
import { type CorsConfigurationProblem, ALLOWABLE_PROBLEM_CODES } from '../options/problem.js';
import { quoted } from '../support/quoted.js';
import { type CorsReason, textsOf } from '../decision/reasons.js';

/** An origin, and the policy that refused it. */
export interface AdvisedRequest {
  readonly origin: string;
  readonly policy: EffectivePolicy;
}

/**
 * What to do about a decision, under its policy. An application that follows the advice boots: the checks of the
 * configuration run first, and their problems are part of the advice.
 * @param names as in {@link textsOf}
 */
export function adviceOn(reason: CorsReason, names: readonly string[], request: AdvisedRequest): string {
  const { fix } = textsOf(reason, ...names);
  switch (reason) {
    case 'credentials-not-allowed':
      return credentialsAdvice(request);
    case 'origin-not-listed':
    case 'origin-list-empty':
    case 'cors-disabled': {
      const { credentials } = request.policy.fields;
      const risks = risksOfListing(request, credentials.value);
      return risks === '' ? fix : `${fix} ${risks}`;
    }
    default:
      return fix;
  }
}

/** What a policy needs to allow credentials. */
export function credentialsAdvice({ origin, policy }: AdvisedRequest): string {
  const { fields } = policy;
  const problems: CorsConfigurationProblem[] = [];
  const credentials = { ...fields.credentials, value: true };
  checkPolicy({ ...policy, fields: { ...fields, credentials } }, (problem) => problems.push(problem));
  const steps = new Set(problems.map((problem) => stepFor(problem, origin)));
  const isToBeListed = problems.some(({ code }) => code === 'wildcard-with-credentials');
  const risks = isToBeListed ? risksOfListing({ origin, policy }, true) : '';
  return `${['Set `credentials: true`', ...steps].join(', and ')}.${risks === '' ? '' : ` ${risks}`}`;
}

function stepFor({ code, value }: CorsConfigurationProblem, origin: string): string {
  switch (code) {
    case 'wildcard-with-credentials': {
      const example = inspectOrigin(origin).kind === 'malformed' ? 'https://app.example.com' : origin;
      return `list the origins in place of '*', as in \`origin: ['${example}']\``;
    }
    case 'exposed-wildcard-with-credentials':
      return "write `exposedHeaders: 'all'` in place of '*'";
    default:
      return `replace ${quoted(value)}, which is a problem with credentials, or add '${code}' to \`dangerouslyAllow\``;
  }
}

/** The risks of listing the origin, and the code that allows it if there is one. Empty for a safe origin. */
function risksOfListing({ origin, policy }: AdvisedRequest, credentials: boolean): string {
  const dangerouslyAllow = policy.fields.dangerouslyAllow.value;
  const [problem] = originProblems(origin, { credentials, dangerouslyAllow });
  if (problem === undefined) {
    return '';
  }
  const { code, message, hint } = problem;
  const isAllowable = (ALLOWABLE_PROBLEM_CODES as readonly string[]).includes(code);
  return `${message} ${hint}${isAllowable ? ` If you mean it, add '${code}' to \`dangerouslyAllow\`.` : ''}`;
}
