import { base } from '../tools/jest.base.js';

/** The package as npm publishes it, after `npm run build`, and bundlers with it: `npm run test:package`. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/package'],
  modulePathIgnorePatterns: ['<rootDir>/test/package/node_modules/'],
  testMatch: ['<rootDir>/test/package/*.package-spec.ts'],
};
