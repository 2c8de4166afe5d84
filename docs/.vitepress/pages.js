import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '../..');

/**
 * The pages of the site in their order, by file in the repository. The first line of a page is its title here, too.
 * The build fails where a page of `docs` is missing.
 */
const GROUPS = [
  ['Start', ['docs/quick-start.md', 'docs/migrating.md', 'docs/recipes.md', 'docs/limits.md']],
  ['Policies', ['docs/policies.md', 'docs/origin-language.md', 'docs/environment.md']],
  [
    'Origins from a database',
    [
      'docs/database.md',
      'docs/stores.md',
      'docs/tenants.md',
      'docs/recipes/origins/README.md',
      'docs/origins.md',
      'docs/scaling.md',
    ],
  ],
  ['Something is blocked', ['docs/browser-errors.md', 'docs/diagnostics.md', 'docs/errors.md', 'docs/testing.md']],
  ['In production', ['docs/deploying.md', 'docs/clients.md', 'docs/caches.md', 'SECURITY.md', 'SUPPORT.md']],
  ['WebSockets and streams', ['docs/sockets.md', 'docs/open-connections.md']],
  ['Beside others', ['docs/integrations.md', 'docs/browsers.md', 'docs/web-platform-tests.md']],
  ['Samples', filesBelow('sample')],
  ['API reference', filesBelow('docs/reference')],
  [
    'Performance',
    [
      'docs/performance.md',
      'docs/benchmarks/http.md',
      'docs/benchmarks/profile.md',
      'docs/benchmarks/decision.md',
      'docs/benchmarks/scale.md',
    ],
  ],
  [
    'Inside',
    [
      'docs/architecture.md',
      'docs/how-it-works.md',
      'docs/where-to-change.md',
      'docs/mutation-testing.md',
      'CONTRIBUTING.md',
      'CODE_OF_CONDUCT.md',
      'CHANGELOG.md',
    ],
  ],
];

export const groups = GROUPS.map(([title, files]) => ({ title, pages: files.map(pageOf) }));

const byFile = new Map([
  // The site has a first page of its own.
  ['README.md', { file: 'docs/index.md', path: 'index' }],
  ...[...groups.flatMap(({ pages }) => pages), { file: 'docs/index.md', path: 'index' }].map((page) => [
    page.file,
    page,
  ]),
]);

/** @returns the page of the site that a file of the repository becomes, if it becomes one */
export function pageOfFile(file) {
  return byFile.get(file);
}

/** Where a file of the repository is on the site, without `.md`. */
export function pathOf(file) {
  return file
    .replace(/\.md$/, '')
    .replace(/^docs\//, '')
    .replace(/^sample\//, 'samples/')
    .replace(/\/README$/, '')
    .replace(/^[A-Z_]+$/, (name) => name.toLowerCase().replaceAll('_', '-'));
}

/** Files in the folder of the pages that are on none of the lists above. */
export function missingPages() {
  return readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !/node_modules|^\.vitepress/.test(file))
    .map((file) => join('docs', file))
    .filter((file) => pageOfFile(file) === undefined);
}

function pageOf(file) {
  const text = readFileSync(join(repository, file), 'utf8');
  const [, title = file] = /^# (.+)$/m.exec(text) ?? [];
  return { file, path: pathOf(file), title: withoutMarkdown(title), summary: summaryOf(text) };
}

/** The first sentence. */
function summaryOf(text) {
  const [, paragraph = ''] = /^# .+\n\n((?!```|#|\|)(?:.+\n)+)/m.exec(text) ?? [];
  return /^.*?[.?!](?= |$)/.exec(withoutMarkdown(paragraph.trim().replaceAll('\n', ' ')))?.[0] ?? '';
}

function withoutMarkdown(text) {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}

/** The pages of a folder, those of the folder itself first. */
function filesBelow(folder) {
  return readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
    .map((file) => join(folder, file))
    .sort((a, b) => depthOf(a) - depthOf(b) || (a < b ? -1 : 1));
}

/** README.md stands for its folder. */
function depthOf(file) {
  return file.replace('/README.md', '').split('/').length;
}
