import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packedPages } from '../tools/packed-links.js';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const ADDRESS = 'https://github.com/owner/name';
const PAGES = packedPages();

/** Targets of the links and images of a page, without its code. */
function targetsOf(text: string): string[] {
  const prose = text.replace(/^ *```.*?^ *```/gms, '');
  return [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
}

/** A checkout as far as packing goes, whose build does nothing. */
function checkout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-links-'));
  for (const file of [...PAGES, 'package.json', 'LICENSE', '.github', 'test/tools']) {
    cpSync(join(REPOSITORY, file), join(folder, file), { recursive: true });
  }
  const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  description.scripts.build = 'node --version';
  writeFileSync(join(folder, 'package.json'), JSON.stringify(description));
  return folder;
}

/** @returns by name, the pages of the package that `npm pack` makes */
function pagesOfPackage(folder: string): Map<string, string> {
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const output = execFileSync('npm', ['pack', '--silent'], options);
  execFileSync('tar', ['-xzf', output.trim().split('\n').at(-1) ?? ''], options);
  return new Map(PAGES.map((page) => [page, readFileSync(join(folder, 'package', page), 'utf8')]));
}

describe('the pages of the published package', () => {
  it('pages: are the README and those that package.json names', () => expect(PAGES).toContain('README.md'));

  const folders: string[] = [];
  let withAddress: Map<string, string>;
  let withoutAddress: Map<string, string>;

  beforeAll(() => {
    folders.push(checkout(), checkout());
    const [first = '', second = ''] = folders;
    withoutAddress = pagesOfPackage(first);
    execFileSync(process.execPath, ['test/tools/publish.js', '--set', ADDRESS], { cwd: second });
    withAddress = pagesOfPackage(second);
  });

  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  it.each(PAGES)('%s, address known: links to files of the repository that exist', (page) => {
    const targets = targetsOf(withAddress.get(page) ?? '').filter((target) => !target.startsWith('#'));
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.filter((target) => !/^https?:\/\//.test(target))).toEqual([]);
    const ours = targets.filter((target) => target.startsWith(ADDRESS));
    const files = ours.map((target) => /^[^#]*\/(?:blob|raw)\/HEAD\/([^#]+)/.exec(target)?.[1] ?? target);
    expect(files.filter((file) => !existsSync(join(REPOSITORY, file)))).toEqual([]);
  });

  it.each(PAGES)('%s, address unknown: links to no file', (page) => {
    const targets = targetsOf(withoutAddress.get(page) ?? '');
    expect(targets.filter((target) => !/^https?:\/\/|^#/.test(target))).toEqual([]);
  });

  it.each(PAGES)('%s after packing: is the same, with as many links', (page) => {
    const source = readFileSync(join(REPOSITORY, page), 'utf8');
    expect(targetsOf(withAddress.get(page) ?? '')).toHaveLength(targetsOf(source).length);
    for (const folder of folders) {
      expect(readFileSync(join(folder, page), 'utf8')).toBe(source);
    }
  });

  it('interrupted run: brings them back, and never writes over them', () => {
    const [folder = ''] = folders;
    const source = readFileSync(join(folder, 'README.md'), 'utf8');
    const run = (...more: string[]) =>
      spawnSync(process.execPath, ['test/tools/packed-links.js', ...more], { cwd: folder, encoding: 'utf8' });
    run();
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).not.toBe(source);
    run();
    run('--restore');
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe(source);

    run();
    writeFileSync(join(folder, 'README.md'), 'changed meanwhile');
    expect(run('--restore').stderr).toContain('README.md was changed while it was packed');
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('changed meanwhile');
  });
});
