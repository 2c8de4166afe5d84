import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** Builds an entry point of modules as the package's are built: in a process of its own, since rolldown is native code. */
const BUILDING = `
  import { rolldown } from 'rolldown';
  import { formatsOf } from './test/tools/package-formats.js';
  const modules = JSON.parse(process.argv[1]);
  const isProvided = (name) => name.startsWith('@nestjs/');
  const given = { name: 'given', resolveId: (name) => (name in modules ? name : undefined), load: (id) => modules[id] };
  const formats = formatsOf({ library: ['index'], applicationProcess: 'process', isProvided, onDemand: ['list'], assets: {} });
  const bundle = await rolldown({ input: 'index', external: [/^@nestjs/], platform: 'node', plugins: [given, formats] });
  const { output } = await bundle.generate({ format: 'cjs', entryFileNames: 'shared/index.cjs', exports: 'named' });
  console.log(JSON.stringify(Object.fromEntries(output.map(({ fileName, code, source }) => [fileName, code ?? source]))));
`;

function build(modules: Record<string, string>) {
  return spawnSync(process.execPath, ['--input-type=module', '-e', BUILDING, JSON.stringify(modules)], {
    cwd: resolve(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
}

/** @returns by its name in `dist`, the content of each file */
function filesOf(modules: Record<string, string>): Record<string, string> {
  const { stdout, stderr } = build(modules);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, string>;
}

describe('the formats of the package', () => {
  it('names of NestJS that an entry point imports: are given to it by each format in its own way', () => {
    const files = filesOf({
      index: `import { inner } from 'inner'; export const outer = inner;`,
      inner: `import { Module } from '@nestjs/common'; export const inner = [Module];`,
    });
    expect(files['shared/index.cjs']).toContain('packages["@nestjs/common"]');
    expect(files['shared/index.cjs']).not.toContain('require("@nestjs/common")');
    expect(files['esm/index.js']).toContain(`import { Module } from '@nestjs/common';`);
    expect(files['cjs/index.js']).toContain(`require('@nestjs/common')`);
  });

  it('code without NestJS: is not changed', () => {
    const files = filesOf({ index: `export const alone = 'alone';` });
    expect(files['shared/index.cjs']).not.toContain('packages');
    expect(files['esm/index.js']).not.toContain('@nestjs');
  });

  it('module that is loaded on demand: is required where the code imports it', () => {
    const files = filesOf({
      index: `import { load } from './load.cjs'; export const list = () => load();`,
      './load.cjs': `exports.load = () => require('./list.cjs').LIST;`,
    });
    expect(files['shared/index.cjs']).toContain('require("./list.cjs").LIST');
  });

  it.each([
    ['its default export', `import common from '@nestjs/common'; export const all = common;`],
    ['all of it', `import * as common from '@nestjs/common'; export const all = common;`],
    ['all of it to export it', `export * from '@nestjs/common';`],
  ])('import of %s from NestJS: is not built', (_what, index) => {
    const { status, stderr } = build({ index });
    expect(stderr).toContain('index must import names of @nestjs/common.');
    expect(status).not.toBe(0);
  });

  it('module that awaits while it is loaded, which CommonJS cannot: is not built', () => {
    const { status, stderr } = build({ index: `export const later = await Promise.resolve(1);` });
    expect(stderr).toMatch(/await/i);
    expect(status).not.toBe(0);
  });
});
