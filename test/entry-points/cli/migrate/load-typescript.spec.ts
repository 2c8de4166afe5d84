import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadTypeScript } from '../../../../lib/entry-points/cli/migrate/load-typescript.js';

const INSTALLED = resolve(import.meta.dirname, '../../../../node_modules');

describe('loadTypeScript()', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-typescript-'));
    mkdirSync(join(folder, 'node_modules'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const install = (name: string, as = name): void =>
    symlinkSync(join(INSTALLED, name), join(folder, 'node_modules', as));

  it('project with TypeScript: loads it', async () => {
    install('typescript');
    expect((await loadTypeScript(folder)).createSourceFile).toBeInstanceOf(Function);
  });

  it('project with TypeScript 7, which programs cannot call: loads that of the Nest CLI', async () => {
    install('typescript-7', 'typescript');
    const cli = join(folder, 'node_modules/@nestjs/cli');
    mkdirSync(join(cli, 'node_modules'), { recursive: true });
    writeFileSync(join(cli, 'package.json'), '{ "name": "@nestjs/cli", "version": "1.0.0" }');
    symlinkSync(join(INSTALLED, 'typescript'), join(cli, 'node_modules/typescript'));
    expect((await loadTypeScript(folder)).createSourceFile).toBeInstanceOf(Function);
  });

  it.each([
    ['nothing is installed', undefined],
    ['there is TypeScript 7 alone', 'typescript-7'],
  ])('%s: says what to install', async (_name, installed) => {
    if (installed !== undefined) {
      install(installed, 'typescript');
    }
    await expect(loadTypeScript(folder)).rejects.toThrow(
      /^migrate needs a TypeScript from 5 to 6 in .*npm i -D typescript@6$/,
    );
  });
});
