import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/*
 * `npm run test:recipes`: installs the database layers of docs/recipes/origins, compiles the recipes, and runs those whose
 * databases are there. `-- --results <folder>` keeps the run's results there, as a JSON file.
 */

const repository = resolve(import.meta.dirname, '../..');
const lane = join(repository, 'test/recipes-lane');
const { results } = parseArgs({ options: { results: { type: 'string' } } }).values;

const steps = [
  ['installation', () => node(lane, process.env.npm_execpath, 'ci')],
  ['Prisma client', generatePrismaClient],
  ['types', () => node(repository, 'node_modules/typescript/bin/tsc', '-p', join(lane, 'tsconfig.json'))],
  ['tests', test],
];
const failed = steps.filter(([, run]) => !run()).map(([name]) => name);
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`);
  process.exit(1);
}

/** Generates the client of the model that the recipe shows, where the recipe's import finds it (`rootDirs`). */
function generatePrismaClient() {
  const recipe = readFileSync(join(repository, 'docs/recipes/origins/prisma.ts'), 'utf8');
  const model = /\/\*\n(model [^]*?)\*\//.exec(recipe)?.[1];
  if (model === undefined) {
    console.error('docs/recipes/origins/prisma.ts has no comment with its model.');
    return false;
  }
  const schema = join(lane, 'dist/schema.prisma');
  mkdirSync(join(lane, 'dist'), { recursive: true });
  writeFileSync(
    schema,
    `generator client {
  provider            = "prisma-client"
  output              = "generated/prisma"
  importFileExtension = "js"
}
datasource db {
  provider = "postgresql"
}
${model}`,
  );
  return node(lane, join(lane, 'node_modules/prisma/build/index.js'), 'generate', '--schema', schema);
}

function test() {
  return node(
    repository,
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--config',
    join(lane, 'jest.config.js'),
    ...(results === undefined ? [] : ['--json', '--outputFile', resolve(results, 'recipes.json')]),
  );
}

function node(folder, ...commandLine) {
  const env = {
    ...process.env,
    CHECKPOINT_DISABLE: '1',
    // Generating needs no engine, but Prisma downloads one unless a file is named in its place.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  };
  return spawnSync(process.execPath, commandLine, { cwd: folder, env, stdio: 'inherit' }).status === 0;
}
