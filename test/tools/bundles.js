import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { GENERATED, PROCESSES, isListed } from './test-runs.js';

/*
 * jest gives every test file a module registry of its own, so each file reads, compiles and links jest's own modules, the library,
 * and mostly NestJS and both adapters anew: up to 1,400 modules. Bundles do that once for many files. The figures are in
 * CONTRIBUTING.md. A file that is named on the command line runs by itself.
 */

const test = resolve(import.meta.dirname, '..');

/** Folders without files for bundles: packages, the bundles themselves, and a folder whose tests need more than `npm ci`. */
const FOREIGN = new Set(['node_modules', 'bundles', 'commonjs']);

/** The number of bundles that the e2e files are dealt out to. */
const E2E_BUNDLES = 6;

/** The folders whose unit files make a bundle. Files of all other folders are in the bundle `others`. */
const UNIT_BUNDLES = {
  'entry-points': ['entry-points'],
  lookup: ['lookup'],
  policies: ['decision', 'fetch', 'origin', 'policy'],
  routing: ['request', 'routing'],
};

/** The names of all bundles, each of them a file in `test/bundles`, in the order in which they are best run: long ones first. */
export const BUNDLES = [
  ...Array.from({ length: E2E_BUNDLES }, (_, index) => `e2e-${index + 1}`),
  ...Object.keys(UNIT_BUNDLES),
  'others',
];

/** The files that are run in bundles, as paths below `test`: all that have no script of their own (test-runs.js). */
export function bundledFiles() {
  return filesBelow(test)
    .map((path) => relative(test, path).replaceAll('\\', '/'))
    .filter((path) => /\.(e2e-)?spec\.ts$/.test(path) && !isListed(path, [...GENERATED, ...PROCESSES]))
    .sort();
}

/** The files of a bundle, as paths below `test`. */
export function filesOf(bundle) {
  const files = bundledFiles();
  const e2e = files.filter((path) => path.endsWith('.e2e-spec.ts'));
  if (bundle.startsWith('e2e-')) {
    return e2e.filter((_, index) => `e2e-${(index % E2E_BUNDLES) + 1}` === bundle);
  }
  return files.filter((path) => !e2e.includes(path) && unitBundleOf(path) === bundle);
}

/** Imports the files of a bundle, which define their suites thereby. */
export async function importBundle(bundle) {
  for (const path of filesOf(bundle)) {
    await import(join(test, path));
  }
}

function unitBundleOf(path) {
  const [folder] = path.split('/');
  return Object.keys(UNIT_BUNDLES).find((bundle) => UNIT_BUNDLES[bundle].includes(folder)) ?? 'others';
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !FOREIGN.has(name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]));
}
