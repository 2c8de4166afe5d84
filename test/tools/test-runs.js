/*
 * The tests that `npm test` leaves to scripts of their own, because they take longer than the rest together. `npm run
 * test:coverage`, and so continuous integration, runs all of them. Paths are those of files or folders in `test`.
 */

/** Properties of generated cases, models, floods and corpora: `npm run test:generated`. */
export const GENERATED = [
  'e2e/hostile-requests.e2e-spec.ts',
  'e2e/node-heads.e2e-spec.ts',
  'entry-points/class-validator/is-cors-origin.spec.ts',
  'lookup/call-budget.spec.ts',
  'lookup/lookup-cache-flood.spec.ts',
  'lookup/lookup-cache-model.spec.ts',
  'lookup/origin-snapshot-flood.spec.ts',
  'lookup/origin-snapshot-model.spec.ts',
  'lookup/recorded-changes.spec.ts',
  'lookup/segmented-lru.spec.ts',
  'lookup/split-map.spec.ts',
  'lookup/turned-away.spec.ts',
  'origin/effort.spec.ts',
  'origin/expression-faults.spec.ts',
  'origin/regexp-cost.spec.ts',
  'performance/growth.spec.ts',
  'policy/expression-risks.spec.ts',
  'policy/origin-check.spec.ts',
  'policy/read-origins.spec.ts',
  'policy/structure-problems.spec.ts',
  'routing/canary.e2e-spec.ts',
  'routing/equivalence/',
  'routing/express/path-index.spec.ts',
  'routing/route-order.e2e-spec.ts',
  'routing/versions.e2e-spec.ts',
  'server/generated-preflights.e2e-spec.ts',
  'support/secrets/without-secrets.spec.ts',
];

/** The command and applications in processes of their own, and PostgreSQL in this one (PGlite): `npm run test:processes`. */
export const PROCESSES = [
  'entry-points/cli/process.spec.ts',
  'entry-points/postgres/notifying-triggers.spec.ts',
  'entry-points/postgres/rows.spec.ts',
  'entry-points/postgres/schema.spec.ts',
  'entry-points/postgres/sql-literal.spec.ts',
  'gateways/imports.spec.ts',
];

/** As patterns of jest. */
export function patternsOf(paths) {
  return paths.map((path) => `<rootDir>/test/${path.replaceAll('.', '\\.')}${path.endsWith('/') ? '' : '$'}`);
}
