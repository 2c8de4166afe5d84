import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installation, node, repository, runLane } from './lane.js';

/*
 * `npm run test:recipes`: installs the database layers of docs/recipes/origins, compiles the recipes, and runs those whose
 * databases are there. `-- --results <folder>` keeps the run's results there, as a JSON file.
 */

const lane = join(repository, 'test/recipes-lane');
const env = {
  CHECKPOINT_DISABLE: '1',
  // Generating needs no engine, but Prisma downloads one unless a file is named in its place.
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
};

runLane(lane, 'recipes', [installation(lane, env), ['Prisma client', generatePrismaClient]], env);

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
  return node(lane, [join(lane, 'node_modules/prisma/build/index.js'), 'generate', '--schema', schema], env);
}
