import { FOLDERS_WITH_PACKAGES, base } from '../tools/jest.base.js';

/** Applications behind a caching reverse proxy. Needs nginx. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/proxy/*.proxy-spec.ts'],
  modulePathIgnorePatterns: [FOLDERS_WITH_PACKAGES],
  testTimeout: 60_000,
};
