import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { pinnedTo } from '../http/cores.mjs';

const ORIGIN = 'https://app.example.com';

/**
 * Starts `node` with an application and asks it once.
 *
 * @param {{ platform: string, format: string, cors: string }} application
 * @param {string[]} execArgv options of Node.js; with `--expose-gc`, the garbage of NestJS is collected before the library is imported
 * @returns {Promise<{ firstAnswer: number, cpu: number, nest: number, library: number, rss: number }>} milliseconds from the start of
 *   the process to the first answer, CPU time of all of that, of the import of NestJS and of the library; bytes in memory
 */
export async function firstAnswer({ platform, format, cors }, core, execArgv = []) {
  const startedAt = performance.now();
  const options = pinnedTo(core, { execArgv, env: { ...process.env, NODE_ENV: 'production' } });
  const child = fork(join(import.meta.dirname, 'application.mjs'), [platform, format, cors], options);
  try {
    const [{ port }] = await reported(child);
    const { status, granted } = await ask(port);
    const taken = performance.now() - startedAt;
    checkFirstAnswer({ status, granted }, cors);
    child.send('usage');
    const [usage] = await reported(child);
    return { firstAnswer: taken, ...usage };
  } finally {
    child.kill();
  }
}

/** @throws {Error} where the origin is not granted by who has to, or by who must not */
export function checkFirstAnswer({ status, granted }, cors) {
  const expected = cors === 'none' ? undefined : ORIGIN;
  if (status !== 200 || granted !== expected) {
    throw new Error(`${cors}: ${status}, granted to ${granted} where 200, ${expected} is expected`);
  }
}

async function ask(port) {
  const [response] = await once(
    get({ port, host: '127.0.0.1', path: '/items', headers: { Origin: ORIGIN } }),
    'response',
  );
  response.resume();
  await once(response, 'end');
  return { status: response.statusCode, granted: response.headers['access-control-allow-origin'] };
}

function reported(child) {
  return Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`The application ended with ${code}`);
    }),
  ]);
}
