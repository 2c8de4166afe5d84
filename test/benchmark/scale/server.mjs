import { start } from './application.mjs';

/*
 * One application as a process of its own: says what its start took, and then what CPU time it has used whenever it is
 * asked. Started by `server-process.mjs`.
 */

function heap() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

process.on('message', async (settings) => {
  if (settings === 'cpu') {
    const { user, system } = process.cpuUsage();
    process.send({ cpu: user + system });
    return;
  }
  if (settings === 'heap') {
    process.send({ heap: heap() });
    return;
  }
  try {
    const heapBefore = heap();
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    const app = await start(settings);
    const bootTime = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpuBefore);
    const memory = heap() - heapBefore;
    process.send({ port: Number(new URL(await app.getUrl()).port), bootTime, bootCpu: (user + system) / 1e3, memory });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
// The benchmark that started it is over.
process.on('disconnect', () => process.exit());
