import { fork } from 'node:child_process';
import { join } from 'node:path';
import { pinnedTo } from './cores.mjs';

const SCRIPT = join(import.meta.dirname, 'server.mjs');

/**
 * An application in a process of its own, on the core of the servers. On one core the helpers of V8's garbage collector only
 * wait for each other, which is more of a noise than all else together.
 */
export class ServerProcess {
  #child;
  #asked = new Map();
  #next = 0;
  /** @type {number} */
  port;

  /** @param {readonly string[]} execArgv what Node.js is given beside that */
  static async start(settings, core, execArgv = []) {
    const server = new ServerProcess();
    server.#child = fork(
      SCRIPT,
      pinnedTo(core, {
        execArgv: ['--single-threaded-gc', ...execArgv],
        env: { ...process.env, NODE_ENV: 'production' },
      }),
    );
    server.#child.on('message', ({ id, answer, error }) => {
      const { resolve, reject } = server.#asked.get(id);
      server.#asked.delete(id);
      return error === undefined ? resolve(answer) : reject(new Error(error));
    });
    server.#child.on('exit', (code) => {
      for (const { reject } of server.#asked.values()) {
        reject(new Error(`The application ended with ${code}`));
      }
    });
    server.port = await server.#ask('start', settings);
    return server;
  }

  /** CPU time that the process has used, user and system, in microseconds. */
  cpuTime() {
    return this.#ask('cpu');
  }

  async stop() {
    const ended = new Promise((resolve) => {
      this.#child.once('exit', resolve);
    });
    this.#child.disconnect();
    await ended;
  }

  #ask(ask, settings) {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#asked.set(id, { resolve, reject });
      this.#child.send({ id, ask, settings });
    });
  }
}
