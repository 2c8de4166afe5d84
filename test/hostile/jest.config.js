import { FOLDERS_WITH_PACKAGES, base } from '../tools/jest.base.js';

/** Generated hostile requests at the socket, 100,000 per adapter: `npm run test:hostile`. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/hostile/*.hostile-spec.ts'],
  modulePathIgnorePatterns: [FOLDERS_WITH_PACKAGES],
  testTimeout: 1_500_000,
};
