import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BUNDLES, bundledFiles, filesOf } from './bundles.js';

// A script: it has no types.
const { GENERATED, PROCESSES, isByFile } = (await import('./test-runs.js' as string)) as {
  readonly GENERATED: readonly string[];
  readonly PROCESSES: readonly string[];
  readonly isByFile: (commandLine: readonly string[]) => boolean;
};
const test = resolve(import.meta.dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(test, '../package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe('the tests that npm test leaves to other scripts', () => {
  it('each file: exists, and belongs to one script', () => {
    const paths = [...GENERATED, ...PROCESSES];
    expect(paths.filter((path) => !existsSync(join(test, path)))).toEqual([]);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it.each(['generated', 'processes', 'all'])('script: has a configuration of jest: %s', (run) => {
    const script = scripts[run === 'all' ? 'test:coverage' : `test:${run}`];
    expect(script).toContain(`test/tools/jest.${run}.js`);
    expect(existsSync(join(test, `tools/jest.${run}.js`))).toBe(true);
  });

  it('continuous integration: runs them, beside npm test', () => {
    const commands = readFileSync(join(test, '../.ci/run'), 'utf8');
    expect(commands).toMatch(/^test_run .* test:coverage /m);
    expect(commands).toMatch(/^test_run .* test /m);
    const configurations = ['../jest.config.js', 'tools/jest.all.js'].map((path) =>
      readFileSync(join(test, path), 'utf8'),
    );
    const [unnamed, all] = configurations.map(
      (text) => /testMatch: isByFile\(\) \? FILES : (\[.*\]),$/m.exec(text)?.[1],
    );
    expect(unnamed).toBe("['<rootDir>/test/bundles/*.spec.ts']");
    expect(all).toBe("['<rootDir>/test/bundles/*.spec.ts', ...globsOf([...GENERATED, ...PROCESSES])]");
  });
});

describe('the bundles of npm test', () => {
  it('bundle: is a file that imports one', () => {
    const bundles = readdirSync(join(test, 'bundles')).map((name) => {
      const text = readFileSync(join(test, 'bundles', name), 'utf8');
      expect(name).toBe(`${/^await importBundle\('(.+)'\);$/m.exec(text)?.[1]}.spec.ts`);
      return name.replace('.spec.ts', '');
    });
    expect(bundles.sort()).toEqual([...BUNDLES].sort());
  });

  it('e2e files that no other script has: are all in them', () => {
    const files = readdirSync(test, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.e2e-spec.ts') && !name.includes('node_modules'))
      .filter((name) => !GENERATED.some((path) => name.startsWith(path)));
    expect(files.length).toBeGreaterThan(50);
    expect(bundledFiles().filter((name) => name.endsWith('.e2e-spec.ts'))).toEqual(files.sort());
  });

  it('unit files that no other script has: are all in them, once', () => {
    const files = readdirSync(test, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.spec.ts'))
      .filter((name) => !/^(bundles|commonjs)\/|node_modules/.test(name))
      .filter((name) => ![...GENERATED, ...PROCESSES].some((path) => name.startsWith(path)));
    expect(files.length).toBeGreaterThan(150);
    expect(bundledFiles().filter((name) => !name.endsWith('.e2e-spec.ts'))).toEqual(files.sort());
    expect(BUNDLES.flatMap((bundle) => filesOf(bundle)).sort()).toEqual([...bundledFiles()].sort());
  });

  it('files whose hooks would prepare the tests of all others: are not in them', () => {
    const prepares = /^beforeEach\(|^afterEach\(.*jest\./m;
    const texts = bundledFiles().map((path) => [path, readFileSync(join(test, path), 'utf8')] as const);
    expect(texts.filter(([, text]) => prepares.test(text)).map(([path]) => path)).toEqual([]);
  });
});

describe('what a command line of jest runs', () => {
  it.each([
    [[], false],
    [['--json', '--outputFile=a.json'], false],
    [['--config', 'test/tools/jest.all.js', '--coverage', '-w', '1'], false],
    [['-t', 'a title'], false],
    [['test/bundles/lookup'], false],
    [['test/routing'], true],
    [['--config', 'test/tools/jest.all.js', '-w', '1', 'test/routing'], true],
    [['--watch'], true],
    [['-o'], true],
  ])('%j: is single files or bundles', (commandLine, byFile) => {
    expect(isByFile(commandLine)).toBe(byFile);
  });
});
