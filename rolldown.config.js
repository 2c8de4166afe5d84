import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { defineConfig } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

/*
 * `npm run build`: bundles what tsc has compiled file by file (`dist/files`) into one file per entry point and format. What
 * entry points share is in chunks, so that all of them see one set of classes and maps. tsc compiles, because Nest needs
 * the types that TypeScript writes for decorators.
 */

const root = import.meta.dirname;
const lib = join(root, 'lib');
const compiled = join(root, 'dist/files');
const { exports: entryPoints, dependencies, peerDependencies, devDependencies, bin } = readJson('package.json');

const library = Object.values(entryPoints)
  .filter((target) => typeof target === 'object')
  .map((target) => target.import.default);

/** What both formats import from `dist/shared`, with the modules that it is made of. */
const SHARED_FOLDER = join(root, 'dist/shared');
const SHARED = new Map([
  ['public-suffix-rules', join(compiled, 'origin/public-suffix-rules.js')],
  ['page-text', 'page-text.cjs'],
]);

/** The command and the process that it starts. They are ES modules only. */
const COMMAND = [bin['nestjs-cors'], join(bin['nestjs-cors'], '../application-process.js')];

/**
 * Packages that are imported, not bundled. Routes are matched by the application's own path-to-regexp and find-my-way; a
 * copy of ours could match others. Development dependencies are types of optional peers.
 */
const external = Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }).map(
  (name) => new RegExp(`^${name}(/|$)`),
);

export default defineConfig([
  scripts('esm', [...library, ...COMMAND], { 'entry-points/postgres/schema.sql': schema(), ...typesOfModules() }),
  scripts('cjs', library, { 'package.json': JSON.stringify({ type: 'commonjs' }) }),
  shared(),
  types(),
]);

/** @param assets further files of the format, by name */
function scripts(format, files, assets) {
  return {
    input: entriesOf(files, '.js'),
    external,
    platform: 'node',
    plugins: [withSharedFiles(), withTexts(format), withAssets(assets)],
    makeAbsoluteExternalsRelative: true,
    treeshake: { moduleSideEffects: false },
    output: {
      ...outputOf(format),
      format,
      exports: 'named',
      codeSplitting: { groups: [{ name: 'shared', minShareCount: 2, test: isShared }] },
      // Not minified: Nest shows the names of classes, and Node.js prints the line of an error that nothing catches.
      comments: { legal: true, annotation: true, jsdoc: false },
    },
  };
}

/** Few large files load faster than many. What stores share stays apart, and what Fastify alone needs, which is imported on demand. */
function isShared(id) {
  return !/\/(?:routing\/fastify|entry-points)\//.test(id);
}

/** Large texts without imports, once for both formats: ES modules can import CommonJS, and bundlers find what is imported. */
function shared() {
  return {
    input: Object.fromEntries(SHARED),
    platform: 'node',
    plugins: [withTexts('cjs')],
    output: {
      dir: SHARED_FOLDER,
      entryFileNames: '[name].cjs',
      format: 'cjs',
      exports: 'named',
      comments: { legal: true, annotation: false, jsdoc: false },
    },
  };
}

/** Imports the shared files instead of bundling them. */
function withSharedFiles() {
  return {
    name: 'shared-files',
    resolveId(source) {
      const name = [...SHARED.keys()].find((each) => source.split('/').at(-1).startsWith(`${each}.`));
      return name === undefined ? undefined : { id: join(SHARED_FOLDER, `${name}.cjs`), external: true };
    },
  };
}

/** The types of both formats are those of CommonJS: an ES module may refer to them, and one set has one identity. */
function types() {
  return {
    input: entriesOf(library, '.d.ts'),
    external,
    plugins: [dts({ dtsInput: true })],
    output: { ...outputOf('cjs'), format: 'es' },
  };
}

function typesOfModules() {
  return Object.fromEntries(
    library.map((file) => {
      const name = relative('dist/esm', file).replace(/\.js$/, '.d.ts');
      const target = relative(join(root, 'dist/esm', name, '..'), join(root, 'dist/cjs', name));
      return [name, `export * from '${target.replaceAll('\\', '/').replace(/\.d\.ts$/, '.js')}';\n`];
    }),
  );
}

function outputOf(format) {
  return { dir: join(root, 'dist', format), entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' };
}

function entriesOf(files, extension) {
  return Object.fromEntries(
    files.map((file) => {
      const name = relative('dist/esm', file).replace(/\.js$/, '');
      return [name, join(compiled, name + extension)];
    }),
  );
}

/**
 * Replaces the modules that read a file beside them by modules that hold it, so that bundlers of applications find it, and the one that
 * says its own path by what says it in the format.
 */
function withTexts(format) {
  const modules = new Map([
    [
      'page-text',
      () => `const texts = ${JSON.stringify(pageFiles())};\nexport const pageText = (name) => texts[name];`,
    ],
    ['this-file', () => `export const thisFile = ${format === 'esm' ? 'import.meta.filename' : '__filename'};`],
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

function withAssets(assets) {
  return {
    name: 'assets',
    generateBundle() {
      for (const [fileName, source] of Object.entries(assets)) {
        this.emitFile({ type: 'asset', fileName, source });
      }
    },
  };
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
