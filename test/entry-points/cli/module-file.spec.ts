import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { assertLoadsOnly, defaultModule } from '../../../lib/entry-points/cli/module-file.js';

let folder: string;

function useFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-project-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
}

function write(files: Readonly<Record<string, string | object>>): void {
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

describe('the default of --module', () => {
  useFolder();

  it.each<[project: string, files: Record<string, string | object>, module: string]>([
    ['nothing but a build', {}, 'dist/app.module.js'],
    ['a build with tests or configuration beside src', {}, 'dist/src/app.module.js'],
    [
      'an outDir in tsconfig.build.json',
      { 'tsconfig.build.json': { compilerOptions: { outDir: './build' } } },
      'build/app.module.js',
    ],
    [
      'an outDir in what it extends, with comments',
      {
        'tsconfig.build.json': '{ "extends": "./tsconfig.json", /* tests */ "exclude": ["test"] }',
        'tsconfig.json': '{ // output\n "compilerOptions": { "outDir": "./out", }, }',
      },
      'out/app.module.js',
    ],
    [
      'a script that says where main is',
      { 'package.json': { scripts: { 'start:prod': 'node --enable-source-maps lib/main' } } },
      'lib/app.module.js',
    ],
    [
      'a monorepo with a default project',
      {
        'nest-cli.json': {
          monorepo: true,
          root: 'apps/shop',
          sourceRoot: 'apps/shop/src',
          compilerOptions: { webpack: false },
          projects: {
            shop: {
              root: 'apps/shop',
              sourceRoot: 'apps/shop/src',
              compilerOptions: { tsConfigPath: 'apps/shop/tsconfig.app.json' },
            },
          },
        },
        'apps/shop/tsconfig.app.json': { compilerOptions: { outDir: '../../dist/apps/shop' } },
      },
      'dist/apps/shop/app.module.js',
    ],
    [
      'a tsconfig and a nest-cli.json that are malformed',
      { 'nest-cli.json': '{', 'tsconfig.json': '[', 'package.json': 'null' },
      'dist/app.module.js',
    ],
  ])('project with %s: is found', (_project, files, module) => {
    write({ ...files, [module]: '' });
    expect(defaultModule(folder)).toBe(module);
  });

  it('no build: says that it has to be named', () => {
    expect(() => defaultModule(folder)).toThrow(
      /^There is no dist\/app\.module\.js, .*: build the application\. Say which module to boot: --module dist\/app\.module\.js#AppModule$/,
    );
  });

  it.each([
    { compilerOptions: { webpack: true } },
    { compilerOptions: { builder: 'rspack' } },
    { compilerOptions: { builder: { type: 'webpack' } } },
    { monorepo: true },
  ])('build that is one file: says how to build: %j', (configuration) => {
    write({ 'nest-cli.json': configuration, 'dist/main.js': '' });
    expect(() => defaultModule(folder)).toThrow(
      /built into one file, which exports no module .*npx tsc -p tsconfig\.json --outDir/,
    );
  });
});

describe('a file that is to be loaded', () => {
  useFolder();

  const MAIN = 'const app = await core_1.NestFactory.create(AppModule);\nawait app.listen(3000);\nbootstrap();';

  it.each([
    [
      'a bundle of webpack',
      'var __webpack_modules__ = ({});\nfunction __webpack_require__(id) {}',
      /is a bundle of webpack: .* has not been loaded/,
    ],
    ['a bundle of rspack', 'var __webpack_modules__ = {};', /is a bundle of webpack/],
    [
      'what main.ts is compiled to, as CommonJS',
      `Object.defineProperty(exports, "__esModule", { value: true });\n${MAIN}`,
      /dist\/app\.module\.js#AppModule$/,
    ],
    [
      'what main.ts is compiled to, as ESM',
      `import { NestFactory } from '@nestjs/core';\n${MAIN}\nexport {};`,
      /listens when it is loaded/,
    ],
  ])('%s: is refused', (_name, text, message) => {
    write({ 'dist/main.js': text });
    expect(() => assertLoadsOnly('dist/main.js', join(folder, 'dist/main.js'))).toThrow(message);
  });

  it.each([
    ['a module', 'export class AppModule {}'],
    ['a function that listens, which it exports', `exports.bootstrap = bootstrap;\n${MAIN}`],
  ])('%s: is loaded', (_name, text) => {
    write({ 'app.js': text });
    expect(() => assertLoadsOnly('app.js', join(folder, 'app.js'))).not.toThrow();
  });
});
