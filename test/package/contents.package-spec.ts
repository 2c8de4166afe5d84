import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { addedPackages, packed, sum } from '../tools/package-sizes.js';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const FORMATS = ['esm', 'cjs'];
/** In bytes. */
const LIMITS = { packed: 560_000, unpacked: 2_050_000, added: 5_000_000 };

/** A class with a name of its own, or with that of its variable. */
const CLASS = /(?:\b(?:var|let|const) ([A-Z]\w*) = )?(?:\w+ = )?\bclass(?= )(?: (?!extends\b)([A-Z]\w*))?/g;

/** By name, the files of a format that declare the class. */
function classesOf(format: string): ReadonlyMap<string, readonly string[]> {
  const folder = join(REPOSITORY, 'dist', format);
  const found = new Map<string, string[]>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  )) {
    for (const [, assigned, name = assigned] of readFileSync(join(folder, file), 'utf8').matchAll(CLASS)) {
      if (name !== undefined) {
        found.set(name, [...(found.get(name) ?? []), file]);
      }
    }
  }
  return found;
}

/** Names of the classes that the sources declare. */
function declaredClasses(): readonly string[] {
  const lib = join(REPOSITORY, 'lib');
  return readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith(join('entry-points', 'cli')))
    .flatMap((name) => [...readFileSync(join(lib, name), 'utf8').matchAll(/^(?:export )?(?:abstract )?class (\w+)/gm)])
    .map(([, name = '']) => name);
}

describe('the published package', () => {
  const { size, unpackedSize, files }: { size: number; unpackedSize: number; files: readonly string[] } = packed();

  it('is small: files, and bytes packed and unpacked', () => {
    expect(files.length).toBeLessThanOrEqual(120);
    expect(size).toBeLessThan(LIMITS.packed);
    expect(unpackedSize).toBeLessThan(LIMITS.unpacked);
  });

  it.each(['express', 'fastify'] as const)('adds little to the node_modules of an application on %s', (platform) => {
    const added = addedPackages(platform);
    expect([...added.keys()].filter((name) => ['tldts', 'lru-cache'].includes(name))).toEqual([]);
    expect(sum([...added.values()])).toBeLessThan(LIMITS.added);
  });

  it('holds no sources, maps or files of single modules', () => {
    expect(files.filter((file) => /\.map$|(?<!\.d)\.ts$|dist\/files/.test(file))).toEqual([]);
  });

  it.each(FORMATS)('imports the routers that match paths, and bundles none (%s)', (format) => {
    const code = files
      .filter((file) => file.startsWith(`dist/${format}/`) && file.endsWith('.js'))
      .map((file) => readFileSync(join(REPOSITORY, file), 'utf8'))
      .join('\n');
    for (const router of ['find-my-way', 'path-to-regexp']) {
      expect(code).toMatch(new RegExp(`(?:from|require\\() ?"${router}"`));
      expect(code).not.toContain(`node_modules/${router}`);
    }
  });
});

describe.each(FORMATS)('the %s files of the package', (format) => {
  it('declare each class once, under its own name, so that entry points share it', () => {
    const classes = classesOf(format);
    expect([...classes].filter(([, declaredIn]) => declaredIn.length > 1)).toEqual([]);
    expect([...classes.keys()].filter((name) => /\$\d+$/.test(name))).toEqual([]);
    const names = new Set(classes.keys());
    expect(declaredClasses().length).toBeGreaterThan(100);
    expect(declaredClasses().filter((name) => !names.has(name))).toEqual([]);
  });
});
