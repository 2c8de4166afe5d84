import root from '../../jest.config.js';

/** Samples in a real browser. Needs Chromium and a built library. */
export default {
  testEnvironment: root.testEnvironment,
  extensionsToTreatAsEsm: root.extensionsToTreatAsEsm,
  moduleFileExtensions: root.moduleFileExtensions,
  resolver: root.resolver,
  transform: root.transform,
  rootDir: '../..',
  roots: ['<rootDir>/test/browser'],
  testMatch: ['<rootDir>/test/browser/**/*.browser-spec.ts'],
  // `npm start` builds the library into the one dist/ that there is.
  maxWorkers: 1,
  // Starting takes a build, a compilation and PostgreSQL in WebAssembly.
  testTimeout: 180_000,
};
