import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export const REPOSITORY = resolve(import.meta.dirname, '../..');

/** What a command printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export function ended(command: string, given: readonly string[], cwd = REPOSITORY): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(command, given, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', failed);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
}

/** A script of package.json that goes on running. */
export class Started {
  private constructor(
    private readonly npm: ChildProcess,
    /** What it printed until it was ready. */
    readonly output: string,
  ) {}

  /** npm, the Nest CLI and the application make one process group, as they do in a terminal. */
  static async script(name: string, environment: Readonly<Record<string, string>>, ready: RegExp): Promise<Started> {
    const npm = spawn('npm', ['run', name], {
      cwd: REPOSITORY,
      detached: true,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const printed = new Promise<void>((done, failed) => {
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        if (ready.test(output)) {
          done();
        }
      };
      npm.stdout.on('data', read);
      npm.stderr.on('data', read);
      npm.once('error', failed);
      npm.once('exit', (code) => failed(new Error(`npm run ${name} ended with ${code}. It printed:\n${output}`)));
    });
    const started = new Started(npm, '');
    const timer = new AbortController();
    const late = delay(150_000, undefined, { signal: timer.signal, ref: false }).then(() => {
      throw new Error(`npm run ${name} was not ready after 150 seconds. It printed:\n${output}`);
    });
    try {
      await Promise.race([printed, late]);
    } catch (error) {
      await started.stop();
      throw error;
    } finally {
      timer.abort();
      late.catch(() => undefined);
    }
    return new Started(npm, output);
  }

  /** What Ctrl+C does. Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.signal('SIGINT');
    for (let waited = 0; waited < 20_000 && this.signal(0); waited += 50) {
      await delay(50);
    }
    if (this.signal(0)) {
      this.signal('SIGKILL');
      throw new Error('The application was still running 20 seconds after SIGINT.');
    }
  }

  /** Whether the group still has a process. */
  private signal(signal: NodeJS.Signals | 0): boolean {
    try {
      return this.npm.pid !== undefined && process.kill(-this.npm.pid, signal);
    } catch {
      return false;
    }
  }
}
