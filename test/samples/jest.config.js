import { base } from '../tools/jest.base.js';

/**
 * The smallest sample and the tools beside it, as their users start them: `npm run test:samples`. The other samples are started so
 * in `test/browser`. `npm run start:00` builds the library.
 */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/samples'],
  testMatch: ['<rootDir>/test/samples/**/*.samples-spec.ts'],
  testTimeout: 180_000,
};
