import { join } from 'node:path';
import { installation, repository, runLane } from './lane.js';

/*
 * `npm run test:package`: tests what npm would publish of what is built, with bundlers and on NestJS 11 and 12.
 * `-- --results <folder>` keeps the run's results there, as a JSON file.
 */

const lane = join(repository, 'test/package');

runLane(lane, 'package', [installation(lane)]);
