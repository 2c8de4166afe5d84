import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import { assertOneCopy, ONE_COPY_OF_CORE } from '../../lib/inspect/core-copies.js';
import { folderOf } from '../support/folder-of-packages.js';

const folder = folderOf({
  'node_modules/@nestjs/core/package.json': '{"name":"@nestjs/core","version":"11.0.0"}',
  'node_modules/@nestjs/core/injector/injector.js': '',
});
const core = join(folder.path, 'node_modules/@nestjs/core');
const injector = join(core, 'injector/injector.js');

afterAll(() => folder.remove());

/** What Nest calls a factory on. */
function wrapperWith(modules: unknown) {
  return { host: { container: { getModules: () => modules } } };
}

describe('the check for a second copy of @nestjs/core', () => {
  it.each([
    ['the same copy', wrapperWith(new ModulesContainer())],
    ['a wrapper of another form', {}],
    ['no wrapper', undefined],
  ])('%s: boots', (_name, wrapper) => {
    expect(() => assertOneCopy(wrapper, () => undefined)).not.toThrow();
    expect(ONE_COPY_OF_CORE.useFactory.call(wrapper)).toBe(true);
  });

  it.each([
    ['a path', `    at Injector.instantiateClass (${injector}:340:42)`],
    ['a URL', `    at async Injector.instantiateClass (${pathToFileURL(injector).href}:340:42)`],
    ['a path without a function', `    at ${injector}:340:42`],
  ])('caller on another copy, shown in the stack as %s: is named with that copy', (_name, line) => {
    const stack = `Error\n    at useFactory (/app/dist/main.js:1:2)\n${line}\n    at process.processTicks (node:internal:1:2)`;
    expect(() => assertOneCopy(wrapperWith(new Map()), () => stack)).toThrow(
      `the application runs on 11.0.0 in ${core}, and nestjs-cors imports `,
    );
  });

  it.each([
    ['is missing', undefined],
    ['shows one file for everything', 'Error\n    at useFactory (/app/dist/main.js:1:2)'],
    ['shows a file that is gone', 'Error\n    at load (/gone/node_modules/@nestjs/core/injector/injector.js:1:2)'],
  ])('two copies, and a stack that %s: does not boot', (_name, stack) => {
    expect(() => assertOneCopy(wrapperWith(new Map()), () => stack)).toThrow(
      /^There must be one copy of @nestjs\/core; got two: the application runs on one that cannot be located, and nestjs-cors imports \d/,
    );
  });

  it('container of another copy: does not boot', () => {
    expect(() => ONE_COPY_OF_CORE.useFactory.call(wrapperWith(new Map()))).toThrow(/^There must be one copy/);
  });
});
