import { shared } from './jest.base.js';
import { FILES, GENERATED, PROCESSES, globsOf, isByFile } from './test-runs.js';

/**
 * All unit and e2e tests on the newest supported NestJS, those that `npm test` leaves out included: `npm run test:coverage`.
 * They need nothing but `npm ci`.
 */
export default {
  ...shared,
  testMatch: isByFile() ? FILES : ['<rootDir>/test/bundles/*.spec.ts', ...globsOf([...GENERATED, ...PROCESSES])],
  collectCoverageFrom: ['lib/**/*.ts', '!lib/**/index.ts', '!lib/options/!(problem).ts'],
  coverageThreshold: {
    './lib/origin/': { branches: 100 },
    './lib/policy/': { branches: 100 },
    './lib/fetch/': { branches: 100 },
    './lib/decision/': { branches: 100 },
    './lib/routing/': { branches: 100 },
    './lib/support/secrets/': { branches: 95 },
  },
};
