import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { thisFile } from './this-file.cjs';

/** A package in `node_modules`. */
export interface InstalledPackage {
  readonly version: string;
  /** Path of the folder with its package.json. */
  readonly folder: string;
}

/**
 * The copy of a package that this package imports; `undefined` where it is not installed or its package.json cannot be read,
 * as in an application that is bundled into one file.
 *
 * @param from path of the file that imports it. Default: a file of this package.
 */
export function installedPackage(name: string, from = thisFile): InstalledPackage | undefined {
  try {
    return packageAround(createRequire(from).resolve(name), name);
  } catch {
    return undefined;
  }
}

/** The package of this name that contains a file. The nearest package.json may only set the module type of its folder. */
export function packageAround(file: string, name: string): InstalledPackage | undefined {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const version = versionIn(folder, name);
    if (version !== undefined) {
      return { version, folder };
    }
  }
  return undefined;
}

function versionIn(folder: string, name: string): string | undefined {
  try {
    const read = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
    return read['name'] === name && typeof read['version'] === 'string' ? read['version'] : undefined;
  } catch {
    // There is no file, or it cannot be read.
    return undefined;
  }
}
