import { base } from '../tools/jest.base.js';

/** The recipes of docs/recipes/origins with the database layers that this folder installs: `npm run test:recipes`. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/lib', '<rootDir>/docs', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/recipes-lane/*.recipes-spec.ts'],
  resolver: '<rootDir>/test/recipes-lane/resolver.cjs',
  // PGlite takes seconds to start.
  testTimeout: 30_000,
};
