import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { packed } from '../tools/package-sizes.js';

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** By the version of NestJS, the folder that it is installed in. */
export const INSTALLED = {
  'NestJS 11': join(import.meta.dirname, 'node_modules'),
  'NestJS 12': join(REPOSITORY, 'node_modules'),
};

/** A folder with application.mjs and a node_modules that holds the files which npm publishes. */
export class InstalledLibrary {
  readonly folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-package-'));

  constructor(nest: keyof typeof INSTALLED) {
    const library = join(this.folder, 'node_modules/nestjs-cors');
    for (const path of packed().files) {
      mkdirSync(dirname(join(library, path)), { recursive: true });
      cpSync(join(REPOSITORY, path), join(library, path));
    }
    // Dependencies of the library that this version of NestJS does not bring along are in the repository's node_modules.
    for (const modules of [INSTALLED[nest], INSTALLED['NestJS 12']]) {
      for (const name of packagesIn(modules)) {
        this.link(join(modules, name), join(this.folder, 'node_modules', name));
      }
    }
    cpSync(join(import.meta.dirname, 'application.mjs'), join(this.folder, 'application.mjs'));
  }

  /** Runs a file of the folder away from its node_modules: a bundle has everything in it. */
  runAlone(file: string): unknown {
    const alone = mkdtempSync(join(tmpdir(), 'nestjs-cors-bundle-'));
    try {
      cpSync(join(this.folder, file), join(alone, file));
      return JSON.parse(execFileSync(process.execPath, [join(alone, file)], { cwd: alone, encoding: 'utf8' }));
    } finally {
      rmSync(alone, { recursive: true });
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private link(target: string, path: string): void {
    mkdirSync(dirname(path), { recursive: true });
    try {
      symlinkSync(target, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw error;
      }
    }
  }
}

/** Names with their scopes. */
function packagesIn(modules: string): readonly string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.') && name !== 'nestjs-cors')
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((each) => `${name}/${each}`) : [name],
    );
}
