import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pinnedTo } from '../http/cores.mjs';

/** An application in a process of its own, on the core of the servers. */
export class ServerProcess {
  #child;

  /**
   * `bootTime` and `bootCpu` are milliseconds from the application's creation to listening, `memory` the bytes that it
   * holds on the heap by then.
   *
   * @type {{ port: number, bootTime: number, bootCpu: number, memory: number }}
   */
  started;

  static async start(settings, core) {
    const server = new ServerProcess();
    const execArgv = ['--expose-gc', '--max-old-space-size=3072'];
    const env = { ...process.env, NODE_ENV: 'production' };
    server.#child = fork(join(import.meta.dirname, 'server.mjs'), pinnedTo(core, { execArgv, env }));
    // Every question listens for its end.
    server.#child.setMaxListeners(0);
    server.started = await server.#ask(settings);
    return server;
  }

  /** CPU time that the process has used, user and system, in microseconds. */
  async cpuTime() {
    const { cpu } = await this.#ask('cpu');
    return cpu;
  }

  /** What the heap holds after a collection, in bytes. */
  async heap() {
    const { heap } = await this.#ask('heap');
    return heap;
  }

  async stop() {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #ask(question) {
    const answered = Promise.race([
      once(this.#child, 'message'),
      once(this.#child, 'exit').then(([code]) => [{ error: `The application ended with ${code}` }]),
    ]);
    this.#child.send(question);
    const [answer] = await answered;
    if (answer.error !== undefined) {
      throw new Error(answer.error);
    }
    return answer;
  }
}
