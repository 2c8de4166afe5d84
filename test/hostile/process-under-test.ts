import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Adapter, Versions } from './application/application.js';
import { Connections } from './wire/exchange.js';

const loader = new URL('application/register.mjs', import.meta.url).href;

/** What Node.js says of headers of HTTP/1.1 in HTTP/2. */
const EXPECTED_OUTPUT =
  /^.*UnsupportedWarning: The provided connection header is not valid.*\n|^\(Use `node --trace-warnings.*\n/gm;

/** What the process tells of itself, after a garbage collection. */
export interface Report {
  /** Log lines that should not be there, since the last report. */
  readonly complaints: readonly string[];
  /** In bytes. */
  readonly rss: number;
  readonly heapUsed: number;
}

/** The application under test in a process of its own, with Node.js's default limits. */
export class ProcessUnderTest {
  private readonly child: ChildProcess;
  private output = '';
  /** How it ended; `undefined`: it lives. */
  private ended: string | undefined;
  private tell: (message: unknown) => void = () => undefined;
  private connections: readonly Connections[] = [];
  /** Where the application listens whose versions are in the path, and the one whose versions are in a header. */
  ports: readonly number[] = [];

  private constructor(program: string, adapter: Adapter) {
    this.child = fork(fileURLToPath(new URL(program, import.meta.url)), [adapter], {
      execArgv: ['--expose-gc', '--import', loader],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child.stdout?.on('data', (data) => (this.output += String(data)));
    this.child.stderr?.on('data', (data) => (this.output += String(data)));
    this.child.on('message', (message) => this.tell(message));
    this.child.on('exit', (code, signal) => {
      this.ended = `it ended with ${code ?? signal}`;
      this.tell(undefined);
    });
  }

  /** @param program beside this file */
  static async start(program: string, adapter: Adapter): Promise<ProcessUnderTest> {
    const started = new ProcessUnderTest(program, adapter);
    const told = await started.message<{ readonly ports: readonly number[] }>();
    if (told === undefined) {
      throw new Error(`The application did not start: ${started.output}`);
    }
    started.ports = told.ports;
    started.connections = told.ports.map((port) => new Connections(port));
    return started;
  }

  /** Connections to the application with such versions. */
  to(versions: Versions): Connections {
    return this.connections[versions === 'in the path' ? 0 : 1] as Connections;
  }

  /** What there is to complain of about the process itself, and what it tells; no report: it is gone. */
  async report(): Promise<{ readonly complaints: readonly string[]; readonly report: Report | undefined }> {
    const message = this.message<Report>();
    if (this.ended === undefined) {
      this.child.send('report', () => undefined);
    } else {
      this.tell(undefined);
    }
    const report = await message;
    const output = this.output.replace(EXPECTED_OUTPUT, '');
    const printed = output === '' ? [] : [`it printed ${output.slice(0, 4000)}`];
    return report === undefined
      ? { complaints: [`the process is gone: ${this.ended}`, ...printed], report }
      : { complaints: [...report.complaints, ...printed], report };
  }

  async stop(): Promise<void> {
    this.connections.forEach((each) => each.close());
    if (this.ended === undefined) {
      const end = this.message();
      this.child.disconnect();
      await end;
    }
  }

  /** The next thing that it tells; `undefined` when it ends instead. */
  private message<T>(): Promise<T | undefined> {
    return new Promise((resolve) => {
      this.tell = (message) => resolve(message as T | undefined);
    });
  }
}
