import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/**
 * Puts this process, the client, on one core, and says which one is left for the servers: whoever shares a core with
 * its own client is measured with a cache that the other has swept.
 *
 * @returns {{ serverCore: number | undefined, note: string }}
 */
export function separateCores() {
  if (availableParallelism() < 2) {
    return { serverCore: undefined, note: 'Servers and client shared the only core, which adds noise.' };
  }
  try {
    execFileSync('taskset', ['-acp', '1', String(process.pid)], { stdio: 'pipe' });
  } catch {
    return {
      serverCore: undefined,
      note: 'There is no `taskset` here, so servers and client shared cores, which adds noise.',
    };
  }
  return { serverCore: 0, note: 'The servers had a core of their own, the client another (`taskset`).' };
}

/** Options of `fork()` that start the process on that core. */
export function pinnedTo(core, options) {
  return core === undefined
    ? options
    : { ...options, execPath: 'taskset', execArgv: ['-c', String(core), process.execPath, ...options.execArgv] };
}
