import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PLATFORMS, addedPackages, packed, sum } from '../../tools/package-sizes.js';

/*
 * `npm run bench -- start`: what an application pays for the library before its first request. CPU time of the import over
 * that of NestJS with a platform, the median of fresh processes in turns, after the garbage of NestJS is collected; and the
 * bytes of the package and its dependencies.
 */

const rounds = process.argv.includes('--quick') ? 3 : 25;
const FORMATS = ['esm', 'cjs'];
const cases = Object.keys(PLATFORMS).flatMap((platform) => FORMATS.map((format) => ({ platform, format, runs: [] })));

for (let round = 0; round < rounds; round++) {
  for (const { platform, format, runs } of cases) {
    const output = execFileSync(process.execPath, [
      '--expose-gc',
      join(import.meta.dirname, 'measure.mjs'),
      platform,
      format,
    ]);
    runs.push(JSON.parse(output));
  }
}

console.log(`import 'nestjs-cors' over NestJS with a platform, CPU time, median of ${rounds} (aim: 0.050)`);
for (const { platform, format, runs } of cases) {
  const ratio = median(runs.map(({ nest, library }) => library / nest));
  const library = median(runs.map((run) => run.library));
  console.log(`  ${platform}, ${format}: ${ratio.toFixed(3)} (${library.toFixed(0)} ms)`);
}
const { size, unpackedSize, files } = packed();
console.log(`packed ${kilobytes(size)}, unpacked ${kilobytes(unpackedSize)}, ${files.length} files`);
for (const platform of Object.keys(PLATFORMS)) {
  const added = addedPackages(platform);
  const parts = [...added].map(([name, bytes]) => `${name} ${kilobytes(bytes)}`).join(', ');
  console.log(`node_modules of an application on ${platform}: ${kilobytes(sum([...added.values()]))} more (${parts})`);
}

function median(numbers) {
  return numbers.toSorted((first, second) => first - second)[Math.floor(numbers.length / 2)];
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} KB`;
}
