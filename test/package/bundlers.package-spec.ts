import { createRequire } from 'node:module';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { BuildOptions, BuildResult } from 'esbuild';
import type { Configuration, Stats } from 'webpack';
import { INSTALLED, InstalledLibrary } from './installed-library.js';

const require = createRequire(import.meta.url);

/** Packages that @nestjs/core and its platforms load where an application has them. They are the application's to name. */
const OPTIONAL_IN_NEST = [
  '@nestjs/microservices',
  '@nestjs/microservices/microservices-module',
  '@nestjs/microservices/microservices-module.js',
  '@nestjs/websockets/socket-module',
  '@nestjs/websockets/socket-module.js',
  '@nestjs/platform-express/multer',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  'class-transformer',
  'class-transformer/storage',
  'class-validator',
];

/** The modules that only NestJS 12 has, which the library imports there. */
const ONLY_IN_12 = /route-(?:specificity-sorter|conflict-detector)\.js/;

const ANSWERS = { granted: [204, 'https://app.example'], refused: 403, entry: 'https://files.example', devtools: true };

async function bundledByEsbuild(folder: string): Promise<readonly string[]> {
  const { build } = require('esbuild') as { build(options: BuildOptions): Promise<BuildResult> };
  const { warnings } = await build({
    absWorkingDir: folder,
    entryPoints: ['application.mjs'],
    outfile: 'esbuild.mjs',
    bundle: true,
    platform: 'node',
    format: 'esm',
    keepNames: true,
    external: OPTIONAL_IN_NEST,
    // What esbuild's manual says of CommonJS packages in an ES module.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    logLevel: 'silent',
  });
  return warnings.map(({ text }) => text);
}

async function bundledByWebpack(folder: string): Promise<readonly string[]> {
  const webpack = require('webpack') as typeof import('webpack');
  const stats = await new Promise<Stats>((resolve, reject) => {
    const configuration: Configuration = {
      context: folder,
      entry: './application.mjs',
      output: { path: folder, filename: 'webpack.mjs', module: true, chunkFormat: 'module' },
      experiments: { outputModule: true },
      target: 'node20',
      mode: 'none',
      externals: OPTIONAL_IN_NEST.map((name) => ({ [name]: `node-commonjs ${name}` })),
      plugins: [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 })],
    };
    webpack(configuration, (error, built) => (built === undefined ? reject(error as Error) : resolve(built)));
  });
  expect(stats.toJson().errors?.map(({ message }) => message)).toEqual([]);
  return stats.toJson().warnings?.map(({ message }) => message) ?? [];
}

const BUNDLERS = { esbuild: bundledByEsbuild, webpack: bundledByWebpack };

describe.each(Object.keys(INSTALLED) as (keyof typeof INSTALLED)[])('an application on %s', (nest) => {
  const installed = new InstalledLibrary(nest);

  afterAll(() => installed.remove());

  it.each(Object.keys(BUNDLERS) as (keyof typeof BUNDLERS)[])(
    'one file of %s: answers as from node_modules, the devtools included',
    async (bundler) => {
      const warnings = await BUNDLERS[bundler](installed.folder);
      expect(installed.runAlone(`${bundler}.mjs`)).toMatchObject({
        express: ANSWERS,
        fastify: ANSWERS,
        problem: ['CorsConfigurationError', true],
        module: 'CorsModule',
        schema: true,
      });
      // Bundlers may tell of modules that only NestJS 12 has. Of the library, nothing else is missing.
      const ofLibrary = warnings.filter((warning) => /nestjs-cors|route-/.test(warning));
      expect(ofLibrary.filter((warning) => !ONLY_IN_12.test(warning))).toEqual([]);
    },
    180_000,
  );
});
