import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { table } from './table.mjs';

const repository = resolve(import.meta.dirname, '../../..');
const adapters = join(repository, 'node_modules/@nestjs');

/** What is measured with, and whose copy of it: the one that the package named beside it resolves. */
const PACKAGES = [
  ['nestjs-cors', repository],
  ['@nestjs/core', repository],
  ['@nestjs/platform-express', repository],
  ['@nestjs/platform-fastify', repository],
  ['express', join(adapters, 'platform-express')],
  ['cors', join(adapters, 'platform-express')],
  ['fastify', join(adapters, 'platform-fastify')],
  ['@fastify/cors', join(adapters, 'platform-fastify')],
];

/**
 * What the figures were measured on: nothing that tells one machine of a kind from another.
 *
 * @returns {{ date: string, cpu: string, cores: number, memory: string, system: string, node: string, versions: Record<string, string> }}
 */
export function machine() {
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release().split(/[-+]/u)[0]}, ${process.arch}`,
    node: process.version,
    versions: Object.fromEntries(PACKAGES.map(([name, from]) => [name, versionOf(name, from)])),
  };
}

/** The same as a table. */
export function machineTable({ date, cpu, cores, memory, system, node, versions } = machine()) {
  return table([
    { what: 'date', is: date },
    { what: 'machine', is: `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${memory}` },
    { what: 'system', is: `${system}, Node.js ${node}` },
    ...Object.entries(versions).map(([name, version]) => ({ what: name, is: version })),
  ]);
}

function versionOf(name, from) {
  if (name === 'nestjs-cors') {
    return JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).version;
  }
  // Not every package exports its package.json, but every one has it on the way up from its entry.
  let folder = dirname(createRequire(join(from, 'package.json')).resolve(name));
  for (;;) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (found.name === name) {
        return found.version;
      }
    } catch {
      // None here.
    }
    if (dirname(folder) === folder) {
      return 'unknown';
    }
    folder = dirname(folder);
  }
}
