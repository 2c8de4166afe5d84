import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { repository } from './lane.js';

/*
 * Links of the pages are relative, so that they work in a checkout. The package has few of the files that they lead to. npm runs
 * this script before it packs, and with `--restore` after that: in between, links lead to the repository that package.json names.
 * Where it names none yet, the text of a link stays without the link, so that no link of a package is dead.
 */

const kept = join(repository, 'node_modules/.packed-links');

/** A link or an image, or code, in which nothing is a link. */
const PARTS = /^ *```.*?^ *```|(!?)\[((?:[^[\]`]|`[^`]*`)*)\]\(([^)\s]+)\)|`[^`]*`/gms;

/**
 * The text of a page in the package.
 *
 * @param file its path in the repository
 * @param address of the repository, if that is known
 */
export function packedText(text, file, address) {
  return text.replace(PARTS, (all, image, label, target) => {
    if (target === undefined || /^[a-z]+:|^#/i.test(target)) {
      return all;
    }
    if (address === undefined) {
      return label;
    }
    const path = posix.join(posix.dirname(file), target);
    return `${image}[${label}](${address}/${image === '!' ? 'raw' : 'blob'}/HEAD/${path})`;
  });
}

/** The pages that npm packs. */
export function packedPages() {
  const { files } = packageJson();
  return ['README.md', ...files.filter((file) => file.endsWith('.md'))];
}

function packageJson() {
  return JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
}

/** Gives the pages back as they were. Those of a run that was interrupted are still kept. */
function restore(address) {
  for (const file of packedPages().filter((name) => existsSync(join(kept, name)))) {
    const original = readFileSync(join(kept, file), 'utf8');
    const current = readFileSync(join(repository, file), 'utf8');
    if (current !== packedText(original, file, address)) {
      throw new Error(
        `${file} was changed while it was packed. Compare it with ${join(kept, file)}, and remove that file`,
      );
    }
    renameSync(join(kept, file), join(repository, file));
  }
}

function replace(address) {
  mkdirSync(kept, { recursive: true });
  for (const file of packedPages()) {
    const text = readFileSync(join(repository, file), 'utf8');
    writeFileSync(join(kept, file), text);
    writeFileSync(join(repository, file), packedText(text, file, address));
  }
}

if (import.meta.filename === process.argv[1]) {
  const address = packageJson().repository?.url.replace(/^git\+|\.git$/g, '');
  restore(address);
  if (!process.argv.includes('--restore')) {
    replace(address);
  }
}
