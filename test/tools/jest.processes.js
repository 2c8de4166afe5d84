import all from './jest.all.js';
import { PROCESSES } from './test-runs.js';

const { coverageThreshold: _ofAllTests, ...shared } = all;

/** The command in processes of its own, and PostgreSQL in this one: `npm run test:processes`. */
export default {
  ...shared,
  testMatch: PROCESSES.map((path) =>
    path.endsWith('/') ? `<rootDir>/test/${path}**/*spec.ts` : `<rootDir>/test/${path}`,
  ),
};
