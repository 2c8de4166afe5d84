import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  assertNotOutdated,
  isOlder,
  OLDEST_VERSIONS,
  type OptionalPackage,
  outdatedClient,
  outdatedPackage,
} from '../../lib/support/optional-package.js';

const packageJson = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
};
const NAMES = Object.keys(OLDEST_VERSIONS) as OptionalPackage[];

describe('packages that only some entry points use', () => {
  it('package.json: does not have them as peer dependencies, beside which npm would refuse to install', () => {
    expect(Object.keys(packageJson.peerDependencies).filter((name) => name in OLDEST_VERSIONS)).toEqual([]);
  });

  it('pnpm and Yarn, which hide other packages from the library: have them as optional peers of any version', () => {
    expect(Object.keys(packageJson.peerDependenciesMeta).sort()).toEqual([...NAMES].sort());
    expect(Object.values(packageJson.peerDependenciesMeta)).toEqual(NAMES.map(() => ({ optional: true })));
  });

  it.each(NAMES)('version that works: is not outdated: %s', (name) => {
    expect(outdatedPackage(name)).toBeUndefined();
    expect(() => assertNotOutdated('nestjs-cors/typeorm', name)).not.toThrow();
  });

  it('outdated version: is refused with what was found and what is needed', () => {
    const outdated = { version: '0.2.45', folder: '/app/node_modules/typeorm' };
    expect(() => assertNotOutdated('nestjs-cors/typeorm', 'typeorm', outdated)).toThrow(
      'nestjs-cors/typeorm needs typeorm 0.3.0 or later; got 0.2.45 in /app/node_modules/typeorm. Run: npm install typeorm@latest',
    );
  });

  it('error for a client: names it, whether or not the copy is known', () => {
    const outdated = { version: '3.1.2', folder: '/app/node_modules/redis' };
    expect(outdatedClient('redis', outdated).message).toBe(
      '`client` must be of redis 4.0.0 or later; got one of 3.1.2 in /app/node_modules/redis. Run: npm install redis@latest',
    );
    expect(outdatedClient('redis', undefined).message).toMatch(/; got one of an older version\. Run/);
  });
});

describe('a version', () => {
  it.each([
    ['0.13.2', '0.14.0', true],
    ['0.14.0', '0.14.0', false],
    ['0.14.0-rc.1', '0.14.0', false],
    ['0.2.45', '0.3.0', true],
    ['1.0.0', '0.3.0', false],
    ['4.31.0', '5.0.0', true],
    ['10.0.0', '5.0.0', false],
    ['of the day', '5.0.0', false],
  ])('%s, compared with %s: older is %p', (version, oldest, older) => {
    expect(isOlder(version, oldest)).toBe(older);
  });
});
