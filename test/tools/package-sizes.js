import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/** A file takes whole blocks of a disk. */
const BLOCK = 4096;
const onDisk = (size) => Math.ceil(size / BLOCK) * BLOCK;

/** What NestJS applications install anyway. */
export const PLATFORMS = {
  express: ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'],
  fastify: ['@nestjs/common', '@nestjs/core', '@nestjs/platform-fastify', 'reflect-metadata', 'rxjs'],
};

/** The published package, as npm packs what is built: bytes, and the paths of its files. */
export function packed() {
  const [{ size, unpackedSize, files }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: repository, encoding: 'utf8' }),
  );
  return {
    size,
    unpackedSize,
    files: files.map(({ path }) => path),
    onDisk: sum(files.map((file) => onDisk(file.size))),
  };
}

/** Bytes on disk that the library adds to the node_modules of an application on this platform, by package. */
export function addedPackages(platform) {
  const installed = new Set(PLATFORMS[platform].flatMap((name) => [...closureOf(name, repository)]));
  const { dependencies } = readJson(join(repository, 'package.json'));
  const needed = new Set(Object.keys(dependencies).flatMap((name) => [...closureOf(name, repository)]));
  const added = [...needed].filter((folder) => !installed.has(folder));
  return new Map([
    ...added.map((folder) => [
      folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
      sizeOf(folder),
    ]),
    ['nestjs-cors', packed().onDisk],
  ]);
}

/** Bytes on disk of the packages that an application on this platform installs without the library, by folder. */
export function installedPackages(platform) {
  const installed = new Set(PLATFORMS[platform].flatMap((name) => [...closureOf(name, repository)]));
  return new Map([...installed].map((folder) => [folder, sizeOf(folder)]));
}

export function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The folders of a package and of what it depends on. */
function closureOf(name, from, found = new Set()) {
  const folder = folderOf(name, from);
  if (folder !== undefined && !found.has(folder)) {
    found.add(folder);
    for (const dependency of Object.keys(readJson(join(folder, 'package.json')).dependencies ?? {})) {
      closureOf(dependency, folder, found);
    }
  }
  return found;
}

/** As Node.js looks for a package: in this folder's node_modules, then in those above it. */
function folderOf(name, from) {
  for (let folder = from; folder !== dirname(repository); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

function sizeOf(folder) {
  return sum(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.slice(folder.length).includes('/node_modules'))
      .map((entry) => onDisk(statSync(join(entry.parentPath, entry.name)).size)),
  );
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
