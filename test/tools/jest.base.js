import { readFileSync } from 'node:fs';

/** How swc compiles the project's TypeScript where nothing is built: in jest, and in processes that tests start. */
export const jsc = {
  target: 'es2022',
  keepClassNames: true,
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true },
};

/** The packages of these folders are their own, and many. */
export const FOLDERS_WITH_PACKAGES =
  '<rootDir>/test/(recipes-lane|integrations|mutation|package|templates|installation|runtimes|release|benchmark/node_modules)/';

/** What every jest run of the project shares. `rootDir` is the repository in all of them. */
export const base = {
  testEnvironment: 'node',
  testSequencer: '<rootDir>/test/tools/sequencer.js',
  // jest leaves a core free by itself: on two cores all files would run one after the other, in one process that grows.
  maxWorkers: '100%',
  // What hangs is found all the same; what takes its time on a busy machine is no failure.
  testTimeout: 20_000,
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'cts', 'js', 'cjs', 'mjs', 'json', 'node'],
  resolver: '<rootDir>/test/tools/resolver.cjs',
  transform: {
    '\\.c?ts$': ['@swc/jest', { jsc }],
  },
};

/** The `@nestjs` packages that a package.json pins, by name: the versions that a test run has to see. */
export function pinnedNestPackages(packageJson) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(packageJson, 'utf8'));
  const pinned = Object.entries({ ...dependencies, ...devDependencies });
  return Object.fromEntries(pinned.filter(([name]) => name.startsWith('@nestjs/')));
}

/** What the runs of unit and e2e tests on the newest supported NestJS share. They need nothing but `npm ci`. */
export const shared = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  // Folders whose tests need more than `npm ci`, and have scripts of their own.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/(browser|services|benchmark|commonjs|recipes-lane|integrations)/',
  ],
  modulePathIgnorePatterns: [FOLDERS_WITH_PACKAGES],
  globals: { pinnedNestPackages: pinnedNestPackages(new URL('../../package.json', import.meta.url)) },
};
