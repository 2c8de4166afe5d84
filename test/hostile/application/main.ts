import 'reflect-metadata';
import { type Adapter, start } from './application.js';
import { JudgingLogger } from './judging-logger.js';
import { reportToParent } from '../report-to-parent.js';

/**
 * The application under test as a process of its own, so that a crash, a leak or an unhandled rejection is seen from
 * outside. Started by `process-under-test.ts`, with the adapter as its argument; two applications, which differ in where
 * versions are written. An unhandled rejection ends the process, as it does by default.
 */

const logger = new JudgingLogger();
const adapter = process.argv[2] as Adapter;
const started = [await start(adapter, 'in the path', logger), await start(adapter, 'in a header', logger)];

reportToParent(
  started.map(({ port }) => port),
  logger,
);
