import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { defineConfig } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { formatsOf, isBoundToFormat, nameOf } from './test/tools/package-formats.js';

/*
 * `npm run build`: bundles what tsc has compiled file by file (`dist/files`). The code is in the package once, as CommonJS in
 * `dist/shared`; `dist/esm` and `dist/cjs` give it the packages of the application, and export it (test/tools/package-formats.js).
 * What entry points share is in chunks. tsc compiles, because Nest needs the types that TypeScript writes for decorators.
 */

const root = import.meta.dirname;
const lib = join(root, 'lib');
const compiled = join(root, 'dist/files');
const { exports: entryPoints, bin, ...packageJson } = readJson('package.json');
const { dependencies, peerDependencies, peerDependenciesMeta, devDependencies } = packageJson;

/** The modules of the entry points, without extensions. */
const library = Object.values(entryPoints)
  .filter((target) => typeof target === 'object')
  .map((target) => relative('dist/esm', target.import.default).replace(/\.js$/, ''));

/** The command, and the process that it starts. */
const command = relative('dist/esm', bin['nestjs-cors']).replace(/\.js$/, '');
const applicationProcess = join(command, '../application-process');

/**
 * Packages that are imported, not bundled. Routes are matched by the application's own path-to-regexp and find-my-way; a
 * copy of ours could match others. Development dependencies are types of optional peers.
 */
const external = patterns({ ...dependencies, ...peerDependencies, ...devDependencies });

/** Packages of the application that can be ES modules, so that the code in `dist/shared` cannot require them itself. */
const provided = patterns({ ...peerDependencies, ...peerDependenciesMeta });
const isProvided = (name) => provided.some((pattern) => pattern.test(name));

/** The text is loaded when the first name is looked up. */
const ON_DEMAND = ['public-suffix-rules'];

/**
 * Names of local variables and whitespace are shortened. Nest and stack traces show the names of classes, functions and
 * properties, which stay.
 */
const shortened = {
  minify: {
    compress: false,
    mangle: { keepNames: { function: true, class: true } },
    codegen: { removeWhitespace: true },
  },
  comments: { legal: true, annotation: false, jsdoc: false },
};

export default defineConfig([
  {
    input: inputOf([...library, applicationProcess], '.js'),
    external,
    platform: 'node',
    checks: { bundlerTimings: false },
    plugins: [
      withTexts(),
      formatsOf({
        library,
        applicationProcess,
        isProvided,
        onDemand: ON_DEMAND,
        assets: { 'esm/entry-points/postgres/schema.sql': schema() },
      }),
    ],
    treeshake: { moduleSideEffects: false },
    output: {
      dir: join(root, 'dist'),
      entryFileNames: ({ name }) => `shared/${nameOf(name)}.cjs`,
      chunkFileNames: 'shared/chunks/[name].cjs',
      format: 'cjs',
      exports: 'named',
      esModule: false,
      codeSplitting: {
        groups: [group('shared', { bound: false, priority: 1 }), group('nest', { bound: true, priority: 0 })],
      },
      ...shortened,
    },
  },
  ...ON_DEMAND.map((name) => ({
    input: { [name]: join(compiled, 'origin', `${name}.cjs`) },
    platform: 'node',
    output: {
      dir: join(root, 'dist/shared'),
      entryFileNames: '[name].cjs',
      format: 'cjs',
      comments: shortened.comments,
    },
  })),
  {
    input: inputOf([command], '.js'),
    platform: 'node',
    output: { dir: join(root, 'dist/esm'), entryFileNames: '[name].js', ...shortened },
  },
  {
    input: inputOf(library, '.d.ts'),
    external,
    plugins: [dts({ dtsInput: true })],
    output: {
      dir: join(root, 'dist/cjs'),
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name].js',
      format: 'es',
    },
  },
]);

/** Few large files load faster than many. What stores share stays apart, and what Fastify alone needs, which is imported on demand. */
function isShared(id) {
  return !/\/(?:routing\/fastify|entry-points)\//.test(id);
}

/** Code that needs packages of the application is apart from code that can be loaded alone. */
function group(debugName, { bound, priority }) {
  const name = (id, graph) => (isBoundToFormat(id, graph, isProvided) === bound ? debugName : undefined);
  return { name, debugName, priority, minShareCount: 2, test: isShared };
}

/** Replaces the modules that read a file beside them by modules that hold it, so that bundlers of applications find it. */
function withTexts() {
  const modules = new Map([
    [
      'page-text',
      () => `const texts = ${JSON.stringify(pageFiles())};\nexport const pageText = (name) => texts[name];`,
    ],
    ['schema-text', () => `export const schemaText = () => ${JSON.stringify(schema())};`],
  ]);
  const ID = '\0text:';
  return {
    name: 'texts',
    resolveId: (source) => {
      const name = source
        .split('/')
        .at(-1)
        .replace(/\.cjs$/, '');
      return modules.has(name) ? ID + name : undefined;
    },
    load: (id) => (id.startsWith(ID) ? modules.get(id.slice(ID.length))() : undefined),
  };
}

function inputOf(modules, extension) {
  return Object.fromEntries(modules.map((name) => [name, join(compiled, name + extension)]));
}

function patterns(packages) {
  return Object.keys(packages).map((name) => new RegExp(`^${name}(/|$)`));
}

function pageFiles() {
  const folder = join(lib, 'entry-points/devtools/page');
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function schema() {
  return readFileSync(join(lib, 'entry-points/postgres/schema.sql'), 'utf8');
}

function readJson(file) {
  return JSON.parse(readFileSync(resolve(root, file), 'utf8'));
}
