/*
 * The tests that `npm test` leaves to scripts of their own, because they take longer than the rest together. `npm run
 * test:coverage`, and so continuous integration, runs all of them. Paths are those of files or folders in `test`.
 */

/** Properties of generated cases, models, floods and corpora: `npm run test:generated`. */
export const GENERATED = [
  'e2e/hostile-requests.e2e-spec.ts',
  'e2e/node-heads.e2e-spec.ts',
  'entry-points/class-validator/is-cors-origin.spec.ts',
  'entry-points/stores/origin-change.spec.ts',
  'inspect/audit-origins.spec.ts',
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
  'performance/garbage.spec.ts',
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

/** What starts processes or compilers, and PostgreSQL in this process (PGlite): `npm run test:processes`. */
export const PROCESSES = [
  'entry-points/cli/migrate/migrated-applications.spec.ts',
  'entry-points/cli/process.spec.ts',
  'entry-points/postgres/notifying-triggers.spec.ts',
  'entry-points/postgres/rows.spec.ts',
  'entry-points/postgres/schema.spec.ts',
  'entry-points/postgres/sql-literal.spec.ts',
  'gateways/imports.spec.ts',
  'tools/publish.spec.ts',
];

/** Every unit and e2e file that needs nothing but `npm ci`, as globs of jest. */
export const FILES = ['<rootDir>/test/*.spec.ts', '<rootDir>/test/!(bundles)/**/*.{spec,e2e-spec}.ts'];

/** Options of jest whose value is an argument of its own. */
const HAS_VALUE = /^(-[ctw]|--(config|coverage\w+|maxWorkers|outputFile|reporters|seed|testNamePattern|testTimeout))$/;

/** Options that have jest choose files by what they import. A bundle imports its files in a way that jest does not follow. */
const CHOOSES_FILES = /^(-o|--(onlyChanged|changed\w+|lastCommit|findRelatedTests|watch\w*))(=|$)/;

/** Whether a command line of jest is for single files. All others run bundles (bundles.js). */
export function isByFile(commandLine = process.argv.slice(2)) {
  return commandLine.some((argument, index) => {
    const isPath = !argument.startsWith('-') && !HAS_VALUE.test(commandLine[index - 1] ?? '');
    return (isPath && !argument.includes('test/bundles')) || CHOOSES_FILES.test(argument);
  });
}

/** Whether a list of files and folders has a file, which is given as a path below `test`. */
export function isListed(path, paths) {
  return paths.some((each) => path === each || (each.endsWith('/') && path.startsWith(each)));
}

/** A list of files and folders as globs of jest. */
export function globsOf(paths, ending = 'spec.ts') {
  return paths
    .map((path) => `<rootDir>/test/${path}${path.endsWith('/') ? `**/*${ending}` : ''}`)
    .filter((glob) => glob.endsWith(ending));
}

/** A list of files and folders as patterns of jest. */
export function patternsOf(paths) {
  return paths.map((path) => `<rootDir>/test/${path.replaceAll('.', '\\.')}${path.endsWith('/') ? '' : '$'}`);
}
