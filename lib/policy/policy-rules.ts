import type { EffectivePolicy } from './effective-policy.js';
import { nearerField } from './merge.js';
import { exposedWildcardWithCredentials, riskyOrigin, wildcardWithCredentials } from './origin-problems.js';
import type { ReportProblem } from '../options/problem.js';

/**
 * Reports what no single level can know: fields that are fine alone and unsafe together, and the risks that the merged
 * policy's `dangerouslyAllow` does not tolerate.
 */
export function checkPolicy({ label, fields }: EffectivePolicy, report: ReportProblem): void {
  const { origin, credentials, exposedHeaders, dangerouslyAllow } = fields;
  if (credentials.value && origin.value.kind === 'any') {
    report(wildcardWithCredentials(nearerField(origin, credentials).path, credentials, label));
  }
  if (credentials.value && exposedHeaders.value === '*') {
    report(exposedWildcardWithCredentials(nearerField(exposedHeaders, credentials).path, credentials, label));
  }
  for (const entry of origin.value.kind === 'list' ? origin.value.entries : []) {
    for (const risk of entry.risks) {
      const applies = risk.code !== 'insecure-origin' || credentials.value;
      if (applies && !dangerouslyAllow.value.includes(risk.code)) {
        report(riskyOrigin(risk, entry, credentials, label));
      }
    }
  }
}
