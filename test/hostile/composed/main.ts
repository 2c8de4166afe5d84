import 'reflect-metadata';
import { JudgingLogger } from '../application/judging-logger.js';
import { startComposed } from './application.js';
import { type ComposedAdapter, blueprints } from './blueprint.js';
import { reportToParent } from '../report-to-parent.js';

/** All composed applications of a run in one process, started by `process-under-test.ts`. */

const logger = new JudgingLogger();
const adapter = process.argv[2] as ComposedAdapter;
const ports: number[] = [];
for (const blueprint of blueprints(adapter)) {
  ports.push(await startComposed(adapter, blueprint, logger));
}

reportToParent(ports, logger);
