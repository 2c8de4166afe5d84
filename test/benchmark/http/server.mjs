import { startContender } from './application.mjs';
import { startLarge } from './large-application.mjs';

/*
 * One application as a process of its own, which tells what CPU time it has used. Started by `server-process.mjs`.
 */
process.on('message', async ({ id, ask, settings }) => {
  // First of all, so that the asking itself is not counted.
  const { user, system } = process.cpuUsage();
  try {
    if (ask === 'cpu') {
      process.send({ id, answer: user + system });
    } else {
      const startedAt = performance.now();
      const app = await (settings.contender === undefined ? startLarge(settings) : startContender(settings));
      const answer = { port: Number(new URL(await app.getUrl()).port), bootTime: performance.now() - startedAt };
      process.send({ id, answer });
    }
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) });
  }
});
// The benchmark that started it is over.
process.on('disconnect', () => process.exit());
