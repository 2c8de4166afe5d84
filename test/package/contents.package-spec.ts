import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { addedPackages, packed, sum } from '../tools/package-sizes.js';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const packageJson = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
  sideEffects: boolean;
  exports: Record<string, string | { import: { default: string } }>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, object>;
};
/** The files of the entry points below the folder of a format. */
const ENTRY_POINTS = Object.values(packageJson.exports).flatMap((target) =>
  typeof target === 'string' ? [] : [relative('dist/esm', target.import.default)],
);
const SHARED = join(REPOSITORY, 'dist/shared');
/** In bytes. */
const LIMITS = { packed: 310_000, unpacked: 1_000_000, added: 5_000_000 };
/** In characters. Node.js prints the line of an error that nothing catches. */
const LONGEST_LINE = 1000;

/** A class with a name of its own, or with that of its variable. */
const CLASS = /(?:\b(?:var|let|const) ([A-Z]\w*)=)?(?:\w+=)?\bclass(?=[ {])(?: (?!extends\b)([A-Z]\w*))?/g;

/** A package that an application has as CommonJS or as ES modules, by its version. */
const OF_APPLICATION = new RegExp(
  `^(?:${Object.keys({ ...packageJson.peerDependencies, ...packageJson.peerDependenciesMeta }).join('|')})(?:/|$)`,
);

/** By its path in `dist/shared`, the code of each file. */
function sharedFiles(): ReadonlyMap<string, string> {
  const names = readdirSync(SHARED, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.cjs'));
  return new Map(names.map((name) => [name, readFileSync(join(SHARED, name), 'utf8')]));
}

/** By name, the files that declare the class. */
function declarations(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [file, code] of sharedFiles()) {
    for (const [, assigned, name = assigned] of code.matchAll(CLASS)) {
      if (name !== undefined) {
        found.set(name, [...(found.get(name) ?? []), file]);
      }
    }
  }
  return found;
}

/** The files of an entry point in `dist/shared`: its own and those that it requires. */
function filesOf(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (!found.has(file)) {
    found.add(file);
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/require\(["'`](\.[^"'`]+)["'`]\)/g)) {
      filesOf(join(dirname(file), path), found);
    }
  }
  return found;
}

/** Packages that code takes from the argument of its function: `packages["@nestjs/common"]`. */
function takenBy(files: Iterable<string>): readonly string[] {
  const names = [...files].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/packages\["([^"]+)"\]/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)].sort();
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

  it.each(['express', 'fastify'] as const)('application on %s: its node_modules grow by little', (platform) => {
    const added = addedPackages(platform);
    expect([...added.keys()].filter((name) => ['tldts', 'lru-cache'].includes(name))).toEqual([]);
    expect(sum([...added.values()])).toBeLessThan(LIMITS.added);
  });

  it('files: are no sources, maps or single modules', () => {
    expect(files.filter((file) => /\.map$|(?<!\.d)\.ts$|dist\/files/.test(file))).toEqual([]);
  });

  it('routers that match paths: are imported, and none is bundled', () => {
    const code = [...sharedFiles().values()].join('\n');
    for (const router of ['find-my-way', 'path-to-regexp']) {
      expect(code).toContain(`require("${router}")`);
      expect(code).not.toContain(`node_modules/${router}`);
    }
    expect(code).not.toMatch(/class RegExpParser|function findMyWay|function pathToRegexp/i);
  });

  it('unused entry points: are left out by bundlers, because there are no side effects', () =>
    expect(packageJson.sideEffects).toBe(false));
});

describe('the code that both formats share', () => {
  it('package of the application, which may be an ES module: is not required', () => {
    const required = [...sharedFiles()].flatMap(([file, code]) =>
      [...code.matchAll(/require\(["'`]([^"'`]+)["'`]\)/g)].map(([, name = '']) => `${file}: ${name}`),
    );
    expect(required.length).toBeGreaterThan(10);
    expect(required.filter((each) => OF_APPLICATION.test(each.split(': ')[1] as string))).toEqual([]);
  });

  it.each(ENTRY_POINTS)('packages that it takes: come from both formats: %s', (entry) => {
    const loader = readFileSync(join(REPOSITORY, 'dist/esm', entry.replace(/js$/, 'cjs')), 'utf8');
    const [, shared = ''] = /require\('([^']+)'\)/.exec(loader) ?? [];
    const taken = takenBy(filesOf(join(REPOSITORY, 'dist/esm', dirname(entry), shared)));
    const esm = readFileSync(join(REPOSITORY, 'dist/esm', entry), 'utf8');
    const cjs = readFileSync(join(REPOSITORY, 'dist/cjs', entry), 'utf8');
    const imported = [...esm.matchAll(/^import \{[^}]+\} from '([^']+)'/gm)].map(([, name = '']) => name);
    expect(imported).toEqual(taken);
    expect([...cjs.matchAll(/require\('([^.'][^']*)'\)/g)].map(([, name = '']) => name)).toEqual(taken);
  });

  it('can be loaded alone as far as it does not import NestJS: the command starts without it', () => {
    for (const file of ['chunks/shared.cjs', 'testing.cjs']) {
      const loaded = execFileSync(
        process.execPath,
        ['-e', `require(${JSON.stringify(join(SHARED, file))}); console.log(Object.keys(require.cache).join('\\n'))`],
        { encoding: 'utf8' },
      );
      expect(loaded).toContain('chunks/shared.cjs');
      expect(loaded).not.toMatch(/@nestjs|rxjs/);
    }
  });

  it('strict mode: is on, as in the ES modules that it was compiled from', () => {
    const others = [...sharedFiles()].filter(([, code]) => !/^['"]use strict['"];/.test(code)).map(([file]) => file);
    expect(others).toEqual([]);
  });

  it('lines: can be read, because Node.js prints one with an error that nothing catches', () => {
    const lines = [...sharedFiles().values()].flatMap((code) => code.split('\n'));
    expect(lines.filter((line) => line.length > LONGEST_LINE)).toEqual([]);
  });

  it('each class: is declared once, under its own name, so that entry points and formats share it', () => {
    const classes = declarations();
    expect([...classes].filter(([, declaredIn]) => declaredIn.length > 1)).toEqual([]);
    expect([...classes.keys()].filter((name) => /\$\d+$/.test(name))).toEqual([]);
    const names = new Set(classes.keys());
    expect(declaredClasses().length).toBeGreaterThan(100);
    expect(declaredClasses().filter((name) => !names.has(name))).toEqual([]);
  });
});
