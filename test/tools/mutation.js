import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EXPLAINED } from '../mutation/explained.js';
import { mutantsOf, rangesOf, summary, unexplainedOf } from '../mutation/report.js';
import { installation, node, repository } from './lane.js';

/*
 * `npm run test:mutation`: installs StrykerJS and breaks `lib/origin`, `lib/policy`, `lib/decision` and `lib/routing` in
 * every way that it knows: first before their unit tests, which take milliseconds, and then, where those noticed nothing and
 * test/mutation/explained.js does not say why, before the tests of real routers as well. Prints the score, and what no test
 * noticed. Fails below 95 %, and where a survivor is not explained.
 *
 *   npm run test:mutation -- --mutate 'lib/origin/*.ts'     a part
 */

const LEAST_SCORE = 95;

const { values } = parseArgs({ options: { mutate: { type: 'string' } } });
const lane = join(repository, 'test/mutation');
const stryker = join(lane, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const [, install] = installation(lane);

/** Runs StrykerJS. @returns the mutants with what became of them */
function run(tests, mutate) {
  const options = mutate === undefined ? [] : ['--mutate', mutate];
  const env = { MUTATION_TESTS: tests };
  if (!node(repository, [stryker, 'run', join(lane, 'stryker.config.js'), ...options], env)) {
    process.exit(1);
  }
  return mutantsOf(JSON.parse(readFileSync(join(repository, `reports/mutation-${tests}.json`), 'utf8')));
}

if (!install()) {
  process.exit(1);
}
const first = run('unit', values.mutate);
const alive = unexplainedOf([...first.values()], EXPLAINED);
const second = alive.length === 0 ? new Map() : run('all', rangesOf(alive));
const { text, score, unexplained } = summary(first, second, EXPLAINED);
console.log(text);
process.exit(score >= LEAST_SCORE && unexplained === 0 ? 0 : 1);
