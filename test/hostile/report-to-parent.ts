import type { JudgingLogger } from './application/judging-logger.js';

/** Tells the process that started this one where the applications listen, and what has become of memory and log when asked. */
export function reportToParent(ports: readonly number[], logger: JudgingLogger): void {
  process.on('message', () => {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    process.send?.({ complaints: logger.take(), rss, heapUsed });
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ ports });
}
