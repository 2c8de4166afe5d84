import { join } from 'node:path';
import { installation, repository, runLane } from './lane.js';

/*
 * `npm run test:integrations`: installs what NestJS applications use beside this library, compiles the tests with it and
 * runs them. `-- --results <folder>` keeps the run's results there, as a JSON file.
 */

const lane = join(repository, 'test/integrations');

runLane(lane, 'integrations', [installation(lane)]);
