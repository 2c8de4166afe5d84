import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from './lane.js';

/*
 * `node test/tools/changelog.js 1.2.0`: the part "Unreleased" of CHANGELOG.md becomes that of the version. A release without entries is
 * none.
 */

const UNRELEASED = '## Unreleased\n';

/** @throws Error where the changelog has no entries for a release, or has the version already */
export function released(changelog, version) {
  if (!/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)) {
    throw new Error(`The version must be one of semantic versioning; got ${version}. Write: changelog.js 1.2.0`);
  }
  const start = changelog.indexOf(UNRELEASED);
  const rest = changelog.slice(start + UNRELEASED.length);
  const [entries = ''] = rest.split(/^## /m);
  if (start === -1 || !/^- /m.test(entries)) {
    throw new Error('CHANGELOG.md has no entries below "## Unreleased". Write what changed for users first.');
  }
  const title = `## ${version}\n`;
  if (changelog.includes(title)) {
    throw new Error(`CHANGELOG.md has ${version} already.`);
  }
  return `${changelog.slice(0, start)}${title}${rest}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = join(repository, 'CHANGELOG.md');
  writeFileSync(file, released(readFileSync(file, 'utf8'), process.argv[2] ?? ''));
}
