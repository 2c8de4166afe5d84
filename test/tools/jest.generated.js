import all from './jest.all.js';
import { GENERATED } from './test-runs.js';

const { coverageThreshold: _ofAllTests, ...shared } = all;

/** Generated cases, models, floods and corpora: `npm run test:generated`. */
export default {
  ...shared,
  testMatch: GENERATED.map((path) =>
    path.endsWith('/') ? `<rootDir>/test/${path}**/*spec.ts` : `<rootDir>/test/${path}`,
  ),
};
