import all from './test/tools/jest.all.js';
import { GENERATED, PROCESSES, patternsOf } from './test/tools/test-runs.js';

const { coverageThreshold: _ofAllTests, ...shared } = all;

/** What `npm test` runs: unit and e2e tests, without those that have scripts of their own (test/tools/test-runs.js). */
export default {
  ...shared,
  rootDir: '.',
  testPathIgnorePatterns: [...all.testPathIgnorePatterns, ...patternsOf([...GENERATED, ...PROCESSES])],
};
