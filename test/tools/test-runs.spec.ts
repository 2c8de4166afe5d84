import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

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
