import { join } from 'node:path';
import { separateCores } from '../http/cores.mjs';
import { machine, outputFolder, watchMachine, write } from '../report/index.mjs';
import { PLATFORMS, addedPackages, installedPackages, packed, sum } from '../../tools/package-sizes.js';
import { firstAnswer } from './measure.mjs';
import { startChart, startTable } from './report.mjs';

/*
 * `npm run bench -- start`: what an application pays before its first answer, with the library, with `enableCors()` and
 * without CORS: time, CPU time, memory, and bytes in node_modules. Each figure is of fresh processes, in turns. Imports are
 * measured in processes of their own, which collect the garbage of NestJS before they import the library.
 */

const quick = process.argv.includes('--quick');
const rounds = quick ? 2 : 15;
const KINDS = [
  { format: 'esm', cors: 'none' },
  { format: 'esm', cors: 'built-in' },
  { format: 'esm', cors: 'library' },
  { format: 'cjs', cors: 'library' },
];
const cases = Object.keys(PLATFORMS).flatMap((platform) => KINDS.map((kind) => ({ platform, ...kind, runs: [] })));

const { busy, note } = await watchMachine();
const { serverCore, note: cores } = separateCores();
// The first start of each reads its files from the disk.
for (let round = 0; round <= rounds; round++) {
  for (const each of cases) {
    const run = await firstAnswer(each, serverCore);
    if (each.cors === 'library') {
      const { nest, library } = await firstAnswer(each, serverCore, ['--expose-gc']);
      Object.assign(run, { nest, library });
    }
    if (round > 0) {
      each.runs.push(rounded(run));
    }
  }
}
const sizes = Object.fromEntries(
  Object.keys(PLATFORMS).map((platform) => [
    platform,
    { installed: sum([...installedPackages(platform).values()]), added: sum([...addedPackages(platform).values()]) },
  ]),
);
const measured = { measuredOn: machine(), busy, note: `${cores} ${note}`, rounds, cases, sizes };
const folder = outputFolder(quick);
await write(join(folder, 'start.json'), JSON.stringify(measured));
await write(join(folder, 'start.svg'), startChart(measured));

console.log(note);
console.log(startTable(measured));
const { size, unpackedSize, files } = packed();
console.log(`packed ${kilobytes(size)}, unpacked ${kilobytes(unpackedSize)}, ${files.length} files`);
for (const platform of Object.keys(PLATFORMS)) {
  const parts = [...addedPackages(platform)].map(([name, bytes]) => `${name} ${kilobytes(bytes)}`).join(', ');
  console.log(`node_modules of an application on ${platform}: ${kilobytes(sizes[platform].added)} more (${parts})`);
}

function rounded(run) {
  return Object.fromEntries(
    Object.entries(run).map(([name, value]) => [name, name === 'rss' ? value : Number(value.toFixed(2))]),
  );
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} KB`;
}
