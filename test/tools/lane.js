import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const repository = resolve(import.meta.dirname, '../..');

/** Runs Node.js in a folder. @returns whether it ended well */
export function node(folder, commandLine, env = {}) {
  const options = { cwd: folder, env: { ...process.env, ...env }, stdio: 'inherit' };
  return spawnSync(process.execPath, commandLine, options).status === 0;
}

/**
 * The library as npm packs it, in a folder; `undefined` where packing fails. Continuous integration packs what it has built once, and
 * names the archive in `PACKED_LIBRARY`.
 */
export function packedLibrary(folder) {
  const { PACKED_LIBRARY: packed } = process.env;
  if (packed) {
    return packed;
  }
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const isPacked = node(repository, [process.env.npm_execpath, 'pack', '--pack-destination', folder]);
  return isPacked ? join(folder, `nestjs-cors-${version}.tgz`) : undefined;
}

/** A step that installs what a folder's lockfile names. */
export function installation(folder, env) {
  return ['installation', () => node(folder, [process.env.npm_execpath, 'ci'], env)];
}

/**
 * Runs every step of a folder with packages of its own, whatever fails: the given ones, the type check, the tests.
 * `-- --results <folder>` keeps the results of the tests there, as a JSON file of that name.
 */
export function runLane(lane, name, steps, env) {
  const { results } = parseArgs({ options: { results: { type: 'string' } } }).values;
  const kept = results === undefined ? [] : ['--json', '--outputFile', resolve(results, `${name}.json`)];
  const types = ['node_modules/typescript/bin/tsc', '-p', join(lane, 'tsconfig.json')];
  const tests = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--config',
    join(lane, 'jest.config.js'),
  ];
  const all = [
    ...steps,
    ['types', () => node(repository, types, env)],
    ['tests', () => node(repository, [...tests, ...kept], env)],
  ];
  const failed = all.filter(([, run]) => !run()).map(([title]) => title);
  if (failed.length > 0) {
    console.error(`Failed: ${failed.join(', ')}`);
    process.exit(1);
  }
}
