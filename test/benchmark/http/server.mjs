/*
 * One application as a process of its own, which tells what CPU time it has used. Started by `server-process.mjs`. Only the
 * code of that application is loaded: another framework runs without NestJS beside it.
 */

/** @returns {Promise<number>} the port that it listens on */
async function start({ kind, ...settings }) {
  switch (kind) {
    case 'contender': {
      const { startContender } = await import('./application.mjs');
      return portOf(await startContender(settings));
    }
    case 'large': {
      const { startLarge } = await import('./large-application.mjs');
      return portOf(await startLarge(settings));
    }
    case 'peer': {
      const { startPeer } = await import('../peers/applications.mjs');
      return startPeer(settings);
    }
    default:
      throw new Error(`There is no kind of application ${kind}`);
  }
}

async function portOf(app) {
  return Number(new URL(await app.getUrl()).port);
}

process.on('message', async ({ id, ask, settings }) => {
  // First of all, so that the asking itself is not counted.
  const { user, system } = process.cpuUsage();
  try {
    if (ask === 'cpu') {
      process.send({ id, answer: user + system });
    } else {
      process.send({ id, answer: await start(settings) });
    }
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) });
  }
});
// The benchmark that started it is over.
process.on('disconnect', () => process.exit());
