import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = ['', 'docs', 'sample']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: folder !== '', encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  // `npm run test:docs` looks at what `npm run docs:build` writes.
  .filter((file) => file.endsWith('.md') && !/node_modules|^docs\/(?:reference|\.vitepress)\//.test(file))
  .sort();

/** Inline code that is the path of a file or folder here: with a folder of the repository in front, or a source file. */
const FILE = /^(?:(?:lib|test|docs|sample)\/[\w./*-]+|[\w-]+\/[\w./-]+\.(?:ts|js|mjs|sql|html)|cors\.[\w.-]+\.ts)$/;
/** Not files of the repository: of the web platform tests, exports of the package, what a sample keeps when it runs, the site. */
const ELSEWHERE = /^(?:resources|nestjs-cors)\/|\/\.data$|\/\.vitepress\/dist$/;

/** What a page says, without its blocks of code: commands name files of other projects. */
function prose(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8').replace(/^ *```.*?^ *```/gms, '');
}

/** Links within the repository, as the path of the file (empty for the page itself) and the anchor. */
function linksOf(page: string): { target: string; anchor: string | undefined }[] {
  return [...prose(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
    ([, target = '', anchor]) => ({ target, anchor }),
  );
}

/** What links can name in a page: its headings, as GitHub spells them; the site spells them in the same way. */
function anchorsOf(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function filesOf(page: string): string[] {
  return [...prose(page).matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)]
    .map(([, code]) => code as string)
    .filter((code) => FILE.test(code) && !ELSEWHERE.test(code));
}

function exists(page: string, file: string): boolean {
  // What a star stands for may be anything in a folder that exists.
  const fixed = file.replace(/[^/]*\*.*$/, '');
  // docs/architecture.md and docs/how-it-works.md name files of `lib` without it.
  return [ROOT, join(ROOT, dirname(page)), join(ROOT, 'lib')].some((folder) => existsSync(join(folder, fixed)));
}

describe('a file that is named', () => {
  it('documents: are all those that people read', () => {
    expect(PAGES).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md', 'docs/architecture.md']));
    expect(filesOf('SECURITY.md')).toContain('test/security/promises.spec.ts');
    expect(linksOf('README.md').length).toBeGreaterThan(5);
  });

  it.each(PAGES)('path: exists: %s', (page) => {
    const folder = join(ROOT, dirname(page));
    expect(linksOf(page).filter(({ target }) => !existsSync(join(folder, target)))).toEqual([]);
    expect(filesOf(page).filter((file) => !exists(page, file))).toEqual([]);
  });

  it.each(PAGES)('linked headings: exist: %s', (page) => {
    const withoutHeading = linksOf(page).filter(({ target, anchor }) => {
      const file = target === '' ? page : join(dirname(page), target);
      return anchor !== undefined && !anchorsOf(file).includes(anchor);
    });
    expect(withoutHeading).toEqual([]);
  });
});
