import { base } from '../tools/jest.base.js';

/** The site of the documentation in Chromium, after `npm run docs:build`: `npm run test:docs`. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/docs'],
  testMatch: ['<rootDir>/test/docs/*.docs-spec.ts'],
  // There is one browser, and it has all that it needs.
  maxWorkers: 1,
  testTimeout: 120_000,
};
