import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { installation, node, repository } from './lane.js';

/*
 * `npm run docs` serves the pages of `docs` as a site, and follows changes of them. `npm run docs:build` writes the site to
 * docs/.vitepress/dist; a dead link fails it. What follows `--` goes to VitePress: `npm run docs -- --port 4173`.
 *
 * What builds the site is installed in `docs`, where that has not been done: 150 MB that no other command needs.
 */

const docs = join(repository, 'docs');

/** Whether the packages in `docs` are those of its lockfile. */
function isInstalled() {
  const installed = join(docs, 'node_modules/.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(docs, 'package-lock.json')).mtimeMs;
}

if (!existsSync(join(repository, 'node_modules/@nestjs/common'))) {
  console.error('The API reference needs the types of NestJS. Run first: npm ci');
  process.exit(1);
}
const [command = 'dev', ...more] = process.argv.slice(2);
const [, install] = installation(docs);
const succeeded =
  (isInstalled() || install()) &&
  node(docs, ['node_modules/typedoc/bin/typedoc', '--options', 'typedoc.json', '--logLevel', 'Warn']) &&
  node(docs, ['node_modules/vitepress/bin/vitepress.js', command, '.', ...more]);

process.exit(succeeded ? 0 : 1);
