import type { ModulesContainer } from '@nestjs/core';
import type { OriginSnapshot } from '../lookup/origin-snapshot.js';
import type { CorsEvaluator } from '../request/evaluator.js';
import { type CorsAuditFinding, finding } from './audit-finding.js';
import {
  doubtfulPolicies,
  externalPaths,
  overriddenDecorators,
  strayDecorators,
  unusedPolicies,
} from './policy-findings.js';
import { socketFindings } from './socket-findings.js';
import type { SocketPlaces } from './sockets.js';
import { foreignHeaderFindings, openToAll, sharedPreflights, uncachedPreflights } from './route-findings.js';

/** The parts of the application that an audit examines. */
export interface AuditedApplication {
  readonly evaluator: CorsEvaluator;
  readonly places: SocketPlaces;
  readonly modules: ModulesContainer;
  readonly lists: readonly AuditedList[];
  readonly enableCorsCalled: boolean;
}

type AuditedList = Pick<OriginSnapshot, 'subject' | 'skipped'>;

/** The most skipped rows of a list in a finding. */
const MAX_NAMED_ROWS = 5;

export function audit({ evaluator, places, modules, lists, enableCorsCalled }: AuditedApplication): CorsAuditFinding[] {
  const { registry } = places;
  const { routes } = evaluator.router;
  return [
    ...[...registry.policies].flatMap(doubtfulPolicies),
    ...openToAll(routes),
    ...sharedPreflights(routes),
    ...uncachedPreflights(evaluator),
    ...unusedPolicies(registry),
    ...lists.flatMap(skippedRows),
    ...foreignHeaderFindings(routes),
    ...externalPaths(registry),
    ...overriddenDecorators(registry),
    ...strayDecorators(modules, registry),
    ...socketFindings(places),
    ...(enableCorsCalled ? [ENABLE_CORS] : []),
  ];
}

const ENABLE_CORS = finding(
  'enable-cors',
  'the application',
  'enableCors() (or the `cors` option of NestFactory.create()) is on as well. The policies of CorsModule have the last word.',
);

function skippedRows({ subject, skipped: { count, first } }: AuditedList): CorsAuditFinding[] {
  const named = first
    .slice(0, MAX_NAMED_ROWS)
    .map(({ row, code, message, hint }) => `row ${row} [${code}]: ${message} ${hint}`);
  if (count > named.length) {
    named.push(`And ${count - named.length} more, of which CorsOriginCache.stats() names the first.`);
  }
  const rows = count === 1 ? '1 row was skipped, and allows' : `${count} rows were skipped, and allow`;
  return count === 0 ? [] : [finding('skipped-rows', subject, `${rows} no origin. ${named.join(' ')}`)];
}
