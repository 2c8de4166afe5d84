import { shared } from './test/tools/jest.base.js';
import { FILES, GENERATED, PROCESSES, isByFile, patternsOf } from './test/tools/test-runs.js';

/**
 * What `npm test` runs: unit and e2e tests, in bundles (test/tools/bundles.js), without those that have scripts of their own
 * (test/tools/test-runs.js).
 */
export default {
  ...shared,
  rootDir: '.',
  testMatch: isByFile() ? FILES : ['<rootDir>/test/bundles/*.spec.ts'],
  testPathIgnorePatterns: [...shared.testPathIgnorePatterns, ...patternsOf([...GENERATED, ...PROCESSES])],
};
