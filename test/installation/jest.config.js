import { base } from '../tools/jest.base.js';

/** The packed library where its requirements are not met: `npm run test:installation`. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/installation'],
  testMatch: ['<rootDir>/test/installation/*.installation-spec.ts'],
};
