import TestSequencer from '@jest/test-sequencer';
import { basename } from 'node:path';
import { BUNDLES } from './bundles.js';

/**
 * Runs bundles first, and the long ones first of all, so that all workers end at about the same time. jest itself goes by the size
 * of files where it has not run them yet, which says nothing about a bundle.
 */
export default class BundlesFirst extends TestSequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ path }) {
  const place = BUNDLES.indexOf(basename(path, '.spec.ts'));
  return place === -1 ? BUNDLES.length : place;
}
