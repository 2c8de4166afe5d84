import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** How long a process may take until it listens, on a busy machine: for the hook that starts it, in milliseconds. */
export const STARTING = 120_000;

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** An application in a process of its own: a TypeScript file of this folder, which tells its port when it listens. */
export class ApplicationProcess {
  /** What it has written. */
  stdout = '';
  stderr = '';
  port = 0;
  readonly ended: Promise<Ending>;
  private readonly questions = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  private written = (): void => {};

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk) => {
      this.stdout += String(chunk);
      this.written();
    });
    child.stderr?.on('data', (chunk) => (this.stderr += String(chunk)));
    this.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
    void this.ended.then(() =>
      this.questions.forEach(({ reject }) => reject(new Error(`The process ended.\n${this.stdout}\n${this.stderr}`))),
    );
    child.on('message', ({ id, answer, error }: { id: number; answer?: unknown; error?: string }) => {
      const question = this.questions.get(id);
      this.questions.delete(id);
      if (error === undefined) {
        question?.resolve(answer);
      } else {
        question?.reject(new Error(error));
      }
    });
  }

  /** @param program name of a TypeScript file beside this one; it answers `ask('port')` */
  static async start(program: string, ...parameters: string[]): Promise<ApplicationProcess> {
    const application = new ApplicationProcess(
      fork(join(import.meta.dirname, program), parameters, {
        // The test's own environment and flags are those of jest.
        env: { PATH: process.env['PATH'] },
        execArgv: ['--enable-source-maps', '--import', join(import.meta.dirname, 'application-typescript.mjs')],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      }),
    );
    try {
      application.port = await application.ask<number>('port');
    } catch (error) {
      application.child.kill('SIGKILL');
      throw error;
    }
    return application;
  }

  /** Puts a question to the program; see `application-answers.ts`. */
  ask<T>(question: string, value?: unknown): Promise<T> {
    const id = this.questions.size === 0 ? 1 : Math.max(...this.questions.keys()) + 1;
    return new Promise<T>((resolve, reject) => {
      this.questions.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      this.child.send({ id, question, value }, (error) => {
        if (error) {
          reject(new Error(`The process ended.\n${this.stdout}\n${this.stderr}`));
        }
      });
    });
  }

  /** Resolves when it has written a line that matches, on its standard output. */
  async line(expression: RegExp): Promise<string> {
    for (;;) {
      const found = this.stdout.split('\n').find((line) => expression.test(line));
      if (found !== undefined) {
        return found;
      }
      await new Promise<void>((resolve) => (this.written = resolve));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it for good, however it is. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
    }
    await this.ended;
  }
}
