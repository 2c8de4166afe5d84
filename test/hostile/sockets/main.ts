import 'reflect-metadata';
import type { Adapter } from '../application/application.js';
import { JudgingLogger } from '../application/judging-logger.js';
import { reportToParent } from '../report-to-parent.js';
import { SocketApplications } from './application.js';

/** The applications with sockets, as a process of its own. Started by `process-under-test.ts`, with the platform as its argument. */

const logger = new JudgingLogger();
const applications = new SocketApplications(process.argv[2] as Adapter, logger);

reportToParent(await applications.start(), logger);
