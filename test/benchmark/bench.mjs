import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/*
 * `npm run bench`: builds the library, measures requests, the start of applications and memory, and writes
 * docs/benchmarks/{http,start,memory}.* and a part of docs/performance.md. Wants a machine that does nothing else.
 *
 *   npm run bench -- --quick                       few rounds, to a temporary folder: whether it runs
 *   npm run bench -- http --stage fastify          `express`, `fastify` or `peers` alone, also several; what http.json has of
 *                                                  the others is kept, so that a run that was interrupted goes on
 *   npm run bench -- http --only fastify/handler   also `get-allowed`, `express/large`; what it is compared with comes along;
 *                                                  to a temporary folder
 *   npm run bench -- http --output <folder>        writes there
 *   npm run bench -- pages                         writes http.md and the part of docs/performance.md from figures that are there
 *   npm run bench -- http start boot memory profile decision scale expressions changes sockets preflights   these parts; but for `http` they
 *                                                  know `--quick` alone
 */

const repository = resolve(import.meta.dirname, '../..');
/** What a run without a name measures. */
const WHOLE = ['http', 'start', 'memory'];
const PARTS = [
  ...WHOLE,
  'pages',
  'profile',
  'decision',
  'scale',
  'expressions',
  'changes',
  'boot',
  'sockets',
  'preflights',
];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    stage: { type: 'string', multiple: true },
    output: { type: 'string' },
  },
});
const parts = positionals.length === 0 ? WHOLE : positionals;

const unknown = parts.find((part) => !PARTS.includes(part));
if (unknown !== undefined) {
  fail(`There is no part ${unknown}: the parts are ${PARTS.join(', ')}.`);
}
if (!existsSync(join(repository, 'dist/esm/index.js'))) {
  fail('The library is not built: run `npm run bench`, or `npm run build` first.');
}
const { STAGES, run } = await import('./http/index.mjs');
const stage = values.stage?.find((each) => !STAGES.includes(each));
if (stage !== undefined) {
  fail(`There is no stage ${stage}: the stages are ${STAGES.join(', ')}.`);
}

const startedAt = performance.now();
for (const part of parts) {
  if (part === 'http') {
    await measureRequests();
  } else if (part !== 'pages') {
    runPart(part);
  }
}
// What was asked for in another folder, or in part, is no result.
const isResult = values.only === undefined && values.output === undefined;
if (isResult && parts.some((part) => part === 'pages' || WHOLE.includes(part))) {
  const { writeOverview } = await import('./overview.mjs');
  console.log(`Written to ${await writeOverview(values.quick)}`);
}
console.log(`After ${Math.round((performance.now() - startedAt) / 1000)} s.`);

async function measureRequests() {
  const partial = values.quick || values.only !== undefined;
  const folder = partial ? join(tmpdir(), 'nestjs-cors-bench') : join(repository, 'docs/benchmarks');
  const output = resolve(values.output ?? folder);
  const { quick, only, stage: stages } = values;
  await run({ quick, only, stages, output, tell: (line) => console.log(line) });
  console.log(`Written to ${output}`);
}

/** In a process of its own, with a core of its choice. */
function runPart(part) {
  const { status } = spawnSync(
    process.execPath,
    [
      ...(part === 'sockets' ? ['--expose-gc'] : []),
      join(import.meta.dirname, part, 'run.mjs'),
      ...(values.quick ? ['--quick'] : []),
    ],
    { stdio: 'inherit' },
  );
  if (status !== 0) {
    fail(`${part} failed.`);
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
