import { type InstalledPackage, installedPackage } from './installed-package.js';

/**
 * The packages that only some entry points use, each with the oldest version that works there.
 *
 * They are not in `peerDependencies`: npm would refuse to install this package beside an older version that the application
 * has for other reasons.
 */
export const OLDEST_VERSIONS = {
  '@electric-sql/pglite': '0.2.0',
  'class-validator': '0.14.0',
  ioredis: '5.0.0',
  pg: '8.0.0',
  redis: '4.0.0',
  typeorm: '0.3.0',
} as const;

export type OptionalPackage = keyof typeof OLDEST_VERSIONS;

const installed = new Map<OptionalPackage, InstalledPackage | undefined>();

/** The installed copy if it is too old; `undefined` if it is new enough or its version is unknown. */
export function outdatedPackage(name: OptionalPackage): InstalledPackage | undefined {
  if (!installed.has(name)) {
    installed.set(name, installedPackage(name));
  }
  const found = installed.get(name);
  return found !== undefined && isOlder(found.version, OLDEST_VERSIONS[name]) ? found : undefined;
}

/**
 * @param outdated Default: the installed copy, where it is too old.
 * @throws Error when the copy that the entry point imports is too old
 */
export function assertNotOutdated(
  entryPoint: string,
  name: OptionalPackage,
  outdated: InstalledPackage | undefined = outdatedPackage(name),
): void {
  if (outdated !== undefined) {
    throw new Error(
      `${entryPoint} needs ${name} ${OLDEST_VERSIONS[name]} or later; got ${outdated.version} in ${outdated.folder}. ` +
        `Run: npm install ${name}@latest`,
    );
  }
}

/** The error for a client of a driver that is too old. */
export function outdatedClient(name: OptionalPackage, outdated: InstalledPackage | undefined): TypeError {
  const found = outdated === undefined ? 'an older version' : `${outdated.version} in ${outdated.folder}`;
  return new TypeError(
    `\`client\` must be of ${name} ${OLDEST_VERSIONS[name]} or later; got one of ${found}. Run: npm install ${name}@latest`,
  );
}

/** Compares major, minor and patch: a pre-release counts as its release. */
export function isOlder(version: string, oldest: string): boolean {
  const [numbers, bounds] = [numbersOf(version), numbersOf(oldest)];
  const first = bounds.findIndex((bound, index) => bound !== numbers[index]);
  return first !== -1 && (numbers[first] as number) < (bounds[first] as number);
}

function numbersOf(version: string): readonly number[] {
  return (version.split(/[-+]/, 1)[0] as string).split('.').map(Number);
}
