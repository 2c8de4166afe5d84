import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { GENERATED } from './test-runs.js';

/*
 * jest gives every test file a module registry of its own, so each e2e file reads, compiles and links NestJS, both adapters
 * and the library anew: 1,400 modules. `npm test` runs the e2e files in bundles instead, which do that once. The figures
 * are in CONTRIBUTING.md. A file that is named on the command line, and `npm run test:coverage`, run file by file.
 */

const test = resolve(import.meta.dirname, '..');

/** The number of bundles, each of them a file in `test/bundles`. */
export const BUNDLES = 6;

/** The e2e files that `npm test` runs, as paths below `test`. */
export function bundledFiles() {
  return readdirSync(test, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.e2e-spec.ts'))
    .map((entry) => relative(test, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/') && !isGenerated(path))
    .sort();
}

/** Imports the files of a bundle, which define their suites thereby. */
export async function importBundle(number) {
  for (const [index, path] of bundledFiles().entries()) {
    if (index % BUNDLES === number - 1) {
      await import(join(test, path));
    }
  }
}

function isGenerated(path) {
  return GENERATED.some((each) => path === each || (each.endsWith('/') && path.startsWith(each)));
}
