import { FOLDERS_WITH_PACKAGES, base, pinnedNestPackages } from './jest.base.js';

/** Folders whose tests need more than `npm ci`, and have scripts of their own. */
export const LANES = '<rootDir>/test/(browser|services|benchmark|commonjs|recipes-lane|integrations)/';

/**
 * All unit and e2e tests on the newest supported NestJS, those that `npm test` leaves out included: `npm run test:coverage`.
 * They need nothing but `npm ci`.
 */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.spec.ts', '<rootDir>/test/**/*.e2e-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', LANES, '<rootDir>/test/bundles/'],
  modulePathIgnorePatterns: [FOLDERS_WITH_PACKAGES],
  globals: { pinnedNestPackages: pinnedNestPackages(new URL('../../package.json', import.meta.url)) },
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
