import { join } from 'node:path';
import { installation, node, repository } from './lane.js';

/*
 * `npm run test:mutation`: installs StrykerJS, breaks `lib/origin`, `lib/policy`, `lib/protocol` and `lib/routing` in every
 * way that it knows, and prints the score and what no test noticed. What follows `--` is Stryker's.
 */

const lane = join(repository, 'test/mutation');
const stryker = join(lane, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const [, install] = installation(lane);

const done = install() && node(repository, [stryker, 'run', join(lane, 'stryker.config.js'), ...process.argv.slice(2)]);
process.exit(done ? 0 : 1);
