import type { EffectivePolicy } from '../policy/effective-policy.js';
import { originProblems } from '../policy/origin-check.js';
import { checkPolicy } from '../policy/policy-rules.js';
import type { CorsConfigurationProblem } from '../policy/problem.js';
import { type CorsReason, textsOf } from '../protocol/reasons.js';

/** Where advice goes to: the policy that refused, and what it refused. */
export interface AdvisedRequest {
  readonly origin: string;
  readonly policy: EffectivePolicy;
}

/**
 * What to do about a decision, under its policy. What it says to write boots: the checks of the configuration are asked
 * first, and what they would complain of is part of the advice.
 * @param names as in {@link textsOf}
 */
export function adviceOn(reason: CorsReason, names: readonly string[], request: AdvisedRequest): string {
  const { fix } = textsOf(reason, ...names);
  switch (reason) {
    case 'credentials-not-allowed':
      return credentialsAdvice(request);
    case 'origin-not-listed':
    case 'cors-disabled': {
      const { credentials } = request.policy.fields;
      const risks = toleratedWith(request, credentials.value);
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
  const steps = problems.map((problem) => stepFor(problem, { origin, policy }));
  return [`Set \`credentials: true\`${steps.length === 0 ? '' : ','}`, ...new Set(steps)].join(' and ') + '.';
}

function stepFor({ code, value }: CorsConfigurationProblem, request: AdvisedRequest): string {
  switch (code) {
    case 'wildcard-with-credentials': {
      const risks = toleratedWith(request, true);
      return `list the origins in place of '*', as in \`origin: ['${request.origin}']\`${risks === '' ? '' : `. ${risks.slice(0, -1)}`}`;
    }
    case 'exposed-wildcard-with-credentials':
      return "write `exposedHeaders: 'all'` in place of '*'";
    default:
      return `replace ${String(value)}, which is a problem with credentials ('${code}'), or add '${code}' to \`dangerouslyAllow\``;
  }
}

/** What has to be tolerated for the origin to be listed; empty where nothing has. */
function toleratedWith({ origin, policy }: AdvisedRequest, credentials: boolean): string {
  const dangerouslyAllow = policy.fields.dangerouslyAllow.value;
  const [problem] = originProblems(origin, { credentials, dangerouslyAllow });
  return problem === undefined
    ? ''
    : `${problem.message} ${problem.hint} If it is meant, add '${problem.code}' to \`dangerouslyAllow\`.`;
}
