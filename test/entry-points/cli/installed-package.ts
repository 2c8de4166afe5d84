import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { transformSync } from '@swc/core';

const REPOSITORY = resolve(import.meta.dirname, '../../..');

/** What a command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with the fixtures and a node_modules in which the library is installed, both builds of it, as from npm. */
export class InstalledPackage {
  readonly folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-cli-'));
  private readonly library = join(this.folder, 'node_modules/nestjs-cors');

  constructor() {
    const installed = join(REPOSITORY, 'node_modules');
    mkdirSync(this.library, { recursive: true });
    for (const name of readdirSync(installed).filter((entry) => entry !== 'nestjs-cors' && !entry.startsWith('.'))) {
      symlinkSync(join(installed, name), join(this.folder, 'node_modules', name));
    }
    cpSync(join(REPOSITORY, 'package.json'), join(this.library, 'package.json'));
    cpSync(join(import.meta.dirname, 'fixtures'), this.folder, { recursive: true });
    this.compile('es6', 'dist/esm');
    this.compile('commonjs', 'dist/cjs');
    writeFileSync(join(this.library, 'dist/cjs/package.json'), '{ "type": "commonjs" }');
  }

  /** Runs what `bin` of package.json names, in a process of its own. */
  run(...argv: string[]): Promise<Finished> {
    const command = this.spawn(argv);
    let [stdout, stderr] = ['', ''];
    command.stdout.on('data', (chunk) => (stdout += String(chunk)));
    command.stderr.on('data', (chunk) => (stderr += String(chunk)));
    return new Promise((done) => {
      command.on('close', (code) => done({ code, stdout, stderr }));
    });
  }

  /** Starts the command, and leaves its end to the test. */
  start(...argv: string[]): {
    firstLine: Promise<string>;
    code: Promise<number | null>;
    kill(signal: NodeJS.Signals): void;
  } {
    const command = this.spawn(argv);
    return {
      firstLine: new Promise((done) => command.stderr.once('data', (chunk) => done(String(chunk).trim()))),
      code: new Promise((done) => command.once('exit', done)),
      kill: (signal) => void command.kill(signal),
    };
  }

  private spawn(argv: readonly string[]) {
    const { bin } = JSON.parse(readFileSync(join(this.library, 'package.json'), 'utf8')) as {
      bin: Record<'nestjs-cors', string>;
    };
    return spawn(process.execPath, [join(this.library, bin['nestjs-cors']), ...argv], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** swc instead of tsc, for speed: what the published package is made of is checked elsewhere. */
  private compile(type: 'es6' | 'commonjs', target: string): void {
    const sources = join(REPOSITORY, 'lib');
    for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
      if (/\.c?ts$/.test(name)) {
        const { code } = transformSync(readFileSync(join(sources, name), 'utf8'), {
          filename: name,
          swcrc: false,
          module: { type: name.endsWith('.cts') ? 'commonjs' : type },
          jsc: {
            target: 'es2022',
            keepClassNames: true,
            parser: { syntax: 'typescript', decorators: true },
            transform: { legacyDecorator: true, decoratorMetadata: true },
          },
        });
        const file = join(this.library, target, name.replace(/ts$/, 'js'));
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, code);
      }
    }
  }
}
