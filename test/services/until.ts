import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what happens sooner or later; the test's own timeout ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await sleep(10);
  }
}

/** Pauses of a tenth of a second in which the work may stand still. They are counted, because a busy machine makes each longer. */
const STILL = 600;

/**
 * Waits for work that a busy machine makes slow. It may take as long as it gets on.
 * @param progress what grows while the work gets on
 * @throws Error when it stands still
 */
export async function whileGettingOn<T>(work: Promise<T>, progress: () => number): Promise<T> {
  const ended = { isTrue: false };
  const watch = async (): Promise<never> => {
    let [last, still] = [progress(), 0];
    while (!ended.isTrue && still < STILL) {
      await sleep(100);
      still = progress() === last ? still + 1 : 0;
      last = progress();
    }
    throw new Error(`The work stands still at ${last}`);
  };
  return await Promise.race([work, watch()]).finally(() => (ended.isTrue = true));
}
