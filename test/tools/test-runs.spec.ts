import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BUNDLES, bundledFiles } from './bundles.js';

// A script: it has no types.
const { GENERATED, PROCESSES } = (await import('./test-runs.js' as string)) as {
  readonly GENERATED: readonly string[];
  readonly PROCESSES: readonly string[];
};
const test = resolve(import.meta.dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(test, '../package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe('the tests that npm test leaves to other scripts', () => {
  it('exist, and belong to one script each', () => {
    const paths = [...GENERATED, ...PROCESSES];
    expect(paths.filter((path) => !existsSync(join(test, path)))).toEqual([]);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it.each(['generated', 'processes', 'all'])('have a script with a configuration of jest: %s', (run) => {
    const script = scripts[run === 'all' ? 'test:coverage' : `test:${run}`];
    expect(script).toContain(`test/tools/jest.${run}.js`);
    expect(existsSync(join(test, `tools/jest.${run}.js`))).toBe(true);
  });

  it('are in the run that continuous integration makes', () => {
    expect(readFileSync(join(test, '../.ci/run'), 'utf8')).toContain('test:coverage');
  });
});

describe('the bundles of npm test', () => {
  it('are files that import one bundle each', () => {
    const texts = readdirSync(join(test, 'bundles')).map((name) => readFileSync(join(test, 'bundles', name), 'utf8'));
    const numbers = texts.map((text) => Number(/^await importBundle\((\d+)\);$/m.exec(text)?.[1]));
    expect(numbers.sort()).toEqual(Array.from({ length: BUNDLES }, (_, index) => index + 1));
  });

  it('hold every e2e file that no other script has', () => {
    const files = readdirSync(test, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.e2e-spec.ts') && !name.includes('node_modules'))
      .filter((name) => !GENERATED.some((path) => name.startsWith(path)));
    expect(files.length).toBeGreaterThan(50);
    expect([...bundledFiles()].sort()).toEqual(files.sort());
  });
});
