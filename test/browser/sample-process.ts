import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface SampleSettings {
  /** The script of package.json that starts it. Default: `start`, which is sample 01. */
  script?: string;
  adapter: 'Express' | 'Fastify';
  /** Ports, and where the rows are; nothing of the kind is taken from the test's own environment. */
  environment: Readonly<Record<string, string>>;
}

/** What the scripts build, and then run. */
const PROGRAMS: Readonly<Record<string, string>> = {
  start: 'dist/sample/01-origins-from-a-database/src/main.js',
  'start:02': 'dist/sample/02-origins-of-many-tenants/src/main.js',
  'start:03': 'dist/sample/03-live-board/src/main.js',
};

/** Scripts that a test file has run: what they build is there. */
const built = new Set<string>();

/** A sample, started as its README says; a restart in the same test file runs what has been built. */
export class SampleProcess {
  private constructor(
    private readonly npm: ChildProcess,
    /** Everything it printed until it was ready. */
    readonly output: string,
  ) {}

  get api(): string {
    return this.url('API');
  }

  get firstPage(): string {
    return this.url('first page');
  }

  get secondPage(): string {
    return this.url('second page');
  }

  static async start({ script = 'start', adapter, environment }: SampleSettings): Promise<SampleProcess> {
    const { PORT, PORTS, WEB_PORTS, DATABASE_URL, DATA_DIR, ...inherited } = process.env;
    const options = adapter === 'Fastify' ? ['--fastify'] : [];
    const [command, ...parameters] = built.has(script)
      ? [process.execPath, '--enable-source-maps', PROGRAMS[script] as string, ...options]
      : ['npm', 'run', script, '--', ...options];
    const npm = spawn(command, parameters, {
      cwd: join(import.meta.dirname, '../..'),
      // npm, the Nest CLI and the sample make one process group, as they do in a terminal.
      detached: true,
      env: { ...inherited, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = await outputUntilReady(npm).catch(async (error: unknown) => {
      await endGroup(npm);
      throw error;
    });
    built.add(script);
    return new SampleProcess(npm, output);
  }

  /** The URL that it printed beside a name. */
  url(name: string): string {
    return new RegExp(`${name}\\s+(http://localhost:\\d+)`).exec(this.output)?.[1] ?? `no URL of the ${name}`;
  }

  /** What Ctrl+C does. Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    await endGroup(this.npm);
  }
}

function outputUntilReady(npm: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (/What to try:[^]*curl .*\n/.test(output)) {
        clearTimeout(deadline);
        resolve(output);
      }
    };
    const deadline = setTimeout(() => {
      reject(new Error(`The sample was not ready after two minutes. It printed:\n${output}`));
    }, 120_000);
    npm.stdout?.on('data', read);
    npm.stderr?.on('data', read);
    npm.once('error', reject);
    npm.once('exit', (code) => {
      clearTimeout(deadline);
      reject(new Error(`The sample ended with ${code}. It printed:\n${output}`));
    });
  });
}

async function endGroup({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) {
    return;
  }
  signalGroup(pid, 'SIGINT');
  for (let waited = 0; waited < 15_000; waited += 50) {
    if (!signalGroup(pid, 0)) {
      return;
    }
    await delay(50);
  }
  signalGroup(pid, 'SIGKILL');
  throw new Error('The sample was still running 15 seconds after SIGINT.');
}

/** Whether the group still has a process. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
