import all, { LANES } from './test/tools/jest.all.js';
import { GENERATED, PROCESSES, patternsOf } from './test/tools/test-runs.js';

const { coverageThreshold: _ofAllTests, ...shared } = all;

/** Files that are named on the command line run by themselves. */
const isNamed = process.argv.slice(2).some((argument) => !argument.startsWith('-'));

/**
 * What `npm test` runs: unit tests, and e2e tests in bundles (test/tools/bundles.js), without those that have scripts of
 * their own (test/tools/test-runs.js).
 */
export default {
  ...shared,
  rootDir: '.',
  ...(isNamed ? {} : { testMatch: ['<rootDir>/test/**/*.spec.ts'] }),
  testPathIgnorePatterns: [
    '/node_modules/',
    LANES,
    ...(isNamed ? ['<rootDir>/test/bundles/'] : []),
    ...patternsOf([...GENERATED, ...PROCESSES]),
  ],
};
