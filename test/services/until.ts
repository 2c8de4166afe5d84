import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what happens sooner or later; the test's own timeout ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await sleep(10);
  }
}
