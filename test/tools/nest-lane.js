import { join } from 'node:path';
import { base, pinnedNestPackages } from './jest.base.js';
import { GENERATED, globsOf, isByFile } from './test-runs.js';

/** jest configuration of a folder that pins another NestJS version: the whole e2e suite, on that version. */
export function nestLane(folder) {
  return {
    ...base,
    rootDir: '../..',
    roots: ['<rootDir>/lib', '<rootDir>/test'],
    testMatch: isByFile()
      ? ['<rootDir>/test/**/*.e2e-spec.ts']
      : ['<rootDir>/test/bundles/e2e-*.spec.ts', ...globsOf(GENERATED, '.e2e-spec.ts')],
    testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(browser|services|benchmark|commonjs)/'],
    resolver: join(folder, 'resolver.cjs'),
    globals: { pinnedNestPackages: pinnedNestPackages(join(folder, 'package.json')) },
  };
}
