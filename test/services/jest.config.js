import root from '../../jest.config.js';

/** Samples against real servers. Needs PostgreSQL (TEST_DATABASE_URL) and a built library. */
export default {
  testEnvironment: root.testEnvironment,
  extensionsToTreatAsEsm: root.extensionsToTreatAsEsm,
  moduleFileExtensions: root.moduleFileExtensions,
  resolver: root.resolver,
  transform: root.transform,
  rootDir: '../..',
  roots: ['<rootDir>/test/services'],
  testMatch: ['<rootDir>/test/services/*.services-spec.ts'],
  // `npm start` builds the library into the one dist/ that there is.
  maxWorkers: 1,
  // A process of its own, which jest ends: in jest's own process, Node.js takes many minutes to give up all that the files loaded.
  workerIdleMemoryLimit: '1GB',
  // Starting takes a build and a compilation.
  testTimeout: 180_000,
};
