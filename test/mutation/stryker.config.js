/** Mutation testing of the rooms that decide. `test/tools/mutation.js` runs this twice; see there. */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.js', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  mutate: ['lib/{origin,fetch,policy,decision,routing}/**/*.ts'],
  ignorePatterns: [
    'dist',
    'coverage',
    'docs',
    'sample',
    'test/recipes-lane',
    'test/integrations',
    'test/commonjs',
    '.data',
    'reports',
  ],
  ignoreStatic: true,
  reporters: ['progress-append-only', 'json'],
  jsonReporter: { fileName: `reports/mutation-${process.env.MUTATION_TESTS ?? 'all'}.json` },
  concurrency: 2,
  tempDirName: '.stryker',
};
