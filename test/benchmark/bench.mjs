import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/*
 * `npm run bench`: builds the library, measures what requests cost, and writes docs/benchmarks/http.*. A full run takes
 * some twenty minutes on a machine that does nothing else.
 *
 *   npm run bench -- --quick                       few rounds, to a temporary folder: whether it runs
 *   npm run bench -- --only fastify/handler        also `get-allowed`, `express/large`; what it is compared with comes along
 *   npm run bench -- --adapter fastify             that one alone; what the pages have of the other is kept
 *   npm run bench -- --output <folder>             writes there
 *   npm run bench -- http profile decision scale expressions changes start memory sockets preflights   all parts; but for `http` they know `--quick` alone
 */

const repository = resolve(import.meta.dirname, '../..');
const PARTS = [
  'http',
  'profile',
  'decision',
  'scale',
  'expressions',
  'changes',
  'start',
  'memory',
  'sockets',
  'preflights',
];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    adapter: { type: 'string' },
    output: { type: 'string' },
  },
});
const parts = positionals.length === 0 ? ['http'] : positionals;

const unknown = parts.find((part) => !PARTS.includes(part));
if (unknown !== undefined) {
  fail(`There is no part ${unknown}: the parts are ${PARTS.join(', ')}.`);
}
if (values.adapter !== undefined && !['express', 'fastify'].includes(values.adapter)) {
  fail(`There is no adapter ${values.adapter}: there are express and fastify.`);
}
if (!existsSync(join(repository, 'dist/esm/index.js'))) {
  fail('The library is not built: run `npm run bench`, or `npm run build` first.');
}
for (const part of parts.filter((each) => each !== 'http')) {
  const script = join(import.meta.dirname, part, 'run.mjs');
  // In processes of their own, with a core of their choice.
  const { status } = spawnSync(
    process.execPath,
    [...(part === 'sockets' ? ['--expose-gc'] : []), script, ...(values.quick ? ['--quick'] : [])],
    { stdio: 'inherit' },
  );
  if (status !== 0) {
    fail(`${part} failed.`);
  }
}
if (parts.includes('http')) {
  const partial = values.quick || values.only !== undefined;
  const folder = partial ? join(tmpdir(), 'nestjs-cors-bench') : join(repository, 'docs/benchmarks');
  const output = resolve(values.output ?? folder);
  const { run } = await import('./http/index.mjs');
  await run({ ...values, output, tell: (line) => console.log(line) });
  console.log(`Written to ${output}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
