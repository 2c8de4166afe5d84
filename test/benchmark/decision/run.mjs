import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { machine, outputFolder, write } from '../report/index.mjs';
import { charts } from './charts.mjs';
import { NODE_FLAGS } from './meter.mjs';
import { report } from './report.mjs';

// Measures decisions and route look-ups by themselves, and writes docs/benchmarks/decision.*: run it with `--quick` to see
// whether it works, without for figures, on a machine that does nothing else.

const quick = process.argv.includes('--quick');
const settings = quick
  ? { rounds: 1, milliseconds: 20, origins: [1, 1_000, 100_000], patterns: [1, 1_000], paths: [5, 500] }
  : {
      rounds: 2,
      milliseconds: 120,
      origins: [1, 10, 1_000, 100_000, 1_000_000],
      patterns: [1, 10, 100, 1_000, 10_000],
      paths: [5, 50, 500, 5_000],
    };

const EVERYWHERE = ['cors', '@fastify/cors', 'nestjs-cors, list', 'nestjs-cors, snapshot'];
const run = promisify(execFile);

function tasks({ milliseconds, origins, patterns, paths }) {
  const decisions = (allowed, sizes, contenders) =>
    sizes.flatMap((size) =>
      contenders.map((contender) => ({ script: 'measure.mjs', given: { contender, allowed, size, milliseconds } })),
    );
  return [
    ...decisions('origins', origins, [...EVERYWHERE, 'nestjs-cors, cached lookup']),
    // Patterns in a database are a list's: what a lookup makes of an origin is the application's.
    ...decisions('patterns', patterns, EVERYWHERE),
    ...paths.flatMap((size) =>
      ['express', 'fastify'].map((platform) => ({ script: 'routes.mjs', given: { platform, size, milliseconds } })),
    ),
  ];
}

async function figuresOf({ script, given }) {
  process.stderr.write(`${JSON.stringify(given)}\n`);
  const file = resolve(import.meta.dirname, script);
  const { stdout } = await run(process.execPath, [...NODE_FLAGS, file, JSON.stringify(given)], { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout);
}

/** The quietest round of each: what else the machine did can only have added to it. */
function quietest(rounds) {
  return rounds[0].map((first, index) => {
    const same = rounds.map((figures) => figures[index]);
    const rawNs = same.map(({ ns }) => ns);
    const rawBytes = same.map(({ bytes }) => bytes);
    return { ...first, ns: Math.min(...rawNs), bytes: Math.min(...rawBytes), rounds: { ns: rawNs, bytes: rawBytes } };
  });
}

const rounds = [];
while (rounds.length < settings.rounds) {
  const figures = [];
  for (const task of tasks(settings)) {
    figures.push(...(await figuresOf(task)));
  }
  rounds.push(figures);
}
const figures = quietest(rounds);
const folder = outputFolder(quick);
const measured = { machine: machine(), settings, figures };
await write(resolve(folder, 'decision.json'), JSON.stringify(measured));
for (const [name, svg] of Object.entries(charts(figures))) {
  await write(resolve(folder, name), svg);
}
await write(resolve(folder, 'decision.md'), report(measured));
