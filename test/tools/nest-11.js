import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packedLibrary } from './lane.js';

/*
 * `npm run test:nest11`: the e2e suite on the oldest supported and on the latest NestJS 11, and a CommonJS application
 * that installs the packed library. `-- --results <folder>` keeps the runs' results there, one JSON file each.
 */

const repository = resolve(import.meta.dirname, '../..');
const jest = join(repository, 'node_modules/jest/bin/jest.js');
const typescript = join(repository, 'node_modules/typescript/bin/tsc');
const { results } = parseArgs({ options: { results: { type: 'string' } } }).values;

const lanes = [
  ['nest-11.1', () => testLane('nest-11.1')],
  ['nest-11', () => testLane('nest-11')],
  ['commonjs', testCommonJs],
];
const failed = lanes.filter(([, run]) => !run()).map(([name]) => name);
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`);
  process.exit(1);
}

/** The library's sources with the NestJS of the lane, in ESM jest like the main run. */
function testLane(name) {
  const folder = join(repository, 'test', name);
  return (
    npm(folder, 'ci') &&
    node(
      repository,
      '--experimental-vm-modules',
      jest,
      '--config',
      join(folder, 'jest.config.js'),
      ...keepResults(name),
    )
  );
}

/** The built package as npm installs it, in CommonJS jest without flags. */
function testCommonJs() {
  const folder = join(repository, 'test/commonjs');
  const packed = mkdtempSync(join(tmpdir(), 'nestjs-cors-'));
  try {
    const archive = packedLibrary(packed);
    return (
      archive !== undefined &&
      npm(folder, 'ci') &&
      npm(folder, 'install', '--no-save', archive) &&
      node(folder, typescript, '-p', 'tsconfig.json') &&
      node(folder, jest, '--config', 'jest.config.cjs', ...keepResults('commonjs'))
    );
  } finally {
    rmSync(packed, { recursive: true });
  }
}

function keepResults(name) {
  return results === undefined ? [] : ['--json', '--outputFile', resolve(results, `${name}.json`)];
}

function npm(folder, ...commandLine) {
  return node(folder, process.env.npm_execpath, ...commandLine);
}

function node(folder, ...commandLine) {
  return spawnSync(process.execPath, commandLine, { cwd: folder, stdio: 'inherit' }).status === 0;
}
