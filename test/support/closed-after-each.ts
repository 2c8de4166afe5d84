import { afterEach } from '@jest/globals';

interface Closable {
  close(): Promise<unknown>;
}

/**
 * Has everything that `start` starts closed after each test, whether the test passes or fails. Call it where `afterEach()`
 * can be called: the closing belongs to that `describe`.
 */
export function closedAfterEach<Given extends unknown[], Started extends Closable>(
  start: (...given: Given) => Promise<Started>,
): (...given: Given) => Promise<Started> {
  const running: Started[] = [];
  afterEach(async () => {
    for (const started of running.splice(0)) {
      await started.close();
    }
  });
  return async (...given) => {
    const started = await start(...given);
    running.push(started);
    return started;
  };
}
