import { setTimeout as pause } from 'node:timers/promises';

/** Resolves when the condition holds; how long that may take is the test's deadline. */
export async function eventually(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await pause(20);
  }
}
