import { join } from 'node:path';
import { node, repository, runLane } from './lane.js';

/*
 * `npm run test:docs`: builds the site of the documentation, and looks at every page of it in Chromium. `-- --results <folder>`
 * keeps the run's results there, as a JSON file.
 */

const build = ['site', () => node(repository, [join(repository, 'test/tools/docs.js'), 'build'])];

runLane(join(repository, 'test/docs'), 'docs', [build]);
