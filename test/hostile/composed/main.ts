import 'reflect-metadata';
import { JudgingLogger } from '../application/judging-logger.js';
import { startComposed } from './application.js';
import { type ComposedAdapter, blueprints } from './blueprint.js';

/** All composed applications of a run in one process, started by `process-under-test.ts`. */

const logger = new JudgingLogger();
const adapter = process.argv[2] as ComposedAdapter;
const ports: number[] = [];
for (const blueprint of blueprints(adapter)) {
  ports.push(await startComposed(adapter, blueprint, logger));
}

process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ complaints: logger.take(), rss, heapUsed });
});
process.on('disconnect', () => process.exit());
process.send?.({ ports });
