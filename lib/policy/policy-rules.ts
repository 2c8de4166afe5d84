import type { ReportProblem } from '../options/problem.js';
import type { DefinedBy, EffectivePolicy, PolicyField } from './effective-policy.js';
import { riskWording } from './origin-problems.js';
import { problemAt, worded } from './problems.js';

/**
 * Reports what only the merged policy shows: fields that are unsafe together, and risks that its
 * `dangerouslyAllow` does not allow.
 */
export function checkPolicy({ label, fields }: EffectivePolicy, report: ReportProblem): void {
  const { origin, credentials, exposedHeaders, dangerouslyAllow } = fields;
  const reportConflict = (
    code: `${'' | 'exposed-'}wildcard-with-credentials`,
    wildcard: PolicyField<unknown>,
  ): void => {
    const isNearer = NEARNESS[credentials.definedBy.kind] > NEARNESS[wildcard.definedBy.kind];
    const [nearer, other] = isNearer ? [credentials, wildcard] : [wildcard, credentials];
    report(problemAt(code, nearer.path, isNearer ? true : '*', other.path, label));
  };
  if (credentials.value && origin.value.kind === 'any') {
    reportConflict('wildcard-with-credentials', origin);
  }
  if (credentials.value && exposedHeaders.value === '*') {
    reportConflict('exposed-wildcard-with-credentials', exposedHeaders);
  }
  const context = { credentialsPath: credentials.path, credentials: credentials.value, expressions: true };
  for (const { value, path, risks } of origin.value.kind === 'list' ? origin.value.risky : []) {
    for (const risk of risks) {
      const applies = risk.code !== 'insecure-origin' || credentials.value;
      if (applies && !dangerouslyAllow.value.includes(risk.code)) {
        const { fact, hint, ...sentence } = riskWording(risk, value, context);
        const allow = `If it is meant, add '${risk.code}' to the policy's dangerouslyAllow.`;
        report(
          worded(risk.code, path, value, { ...sentence, fact: `${fact} Used by ${label}.`, hint: `${hint} ${allow}` }),
        );
      }
    }
  }
}

/** The field that is nearer to the handler is reported: its author can have known the other one. */
const NEARNESS: Readonly<Record<DefinedBy['kind'], number>> = {
  library: 0,
  module: 1,
  named: 2,
  path: 3,
  graphql: 3,
  gateways: 2,
  gateway: 3,
  controller: 3,
  handler: 4,
};
