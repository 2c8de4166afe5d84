import { ServerProcess } from '../scale/server-process.mjs';
import { figure, table } from '../report/index.mjs';

/*
 * `npm run bench -- boot`: CPU time from the creation of an application with 10,000 routes to listening, over the same application
 * without CORS. Each start has a process of its own, and both forms start in turns, so that other work of the machine meets
 * both. Printed for docs/performance.md, and written nowhere.
 */

const quick = process.argv.includes('--quick');
const rounds = quick ? 1 : 9;
const routes = quick ? 100 : 10_000;
const NONE = 'no CORS';
const LIBRARY = 'nestjs-cors, list';
const AIMS = { express: 1.25, fastify: 1.1 };
const only = process.argv.find((argument) => argument.startsWith('--adapter='))?.slice('--adapter='.length);

const rows = [];
for (const [adapter, aim] of Object.entries(AIMS).filter(([name]) => only === undefined || name === only)) {
  const starts = { [NONE]: [], [LIBRARY]: [] };
  for (let round = 0; round < rounds; round++) {
    // The first of a pair is the other one in the next pair.
    for (const cors of round % 2 === 0 ? [NONE, LIBRARY] : [LIBRARY, NONE]) {
      starts[cors].push(await bootCpu({ adapter, cors, routes, origins: 2 }));
    }
  }
  const ratios = starts[NONE].map((none, round) => starts[LIBRARY][round] / none);
  rows.push({
    '': `${figure(routes)} routes, ${adapter}`,
    none: milliseconds(Math.min(...starts[NONE])),
    'nestjs-cors': milliseconds(Math.min(...starts[LIBRARY])),
    'least over least': (Math.min(...starts[LIBRARY]) / Math.min(...starts[NONE])).toFixed(2),
    'median of pairs': median(ratios).toFixed(2),
    aim: `at most ${aim.toFixed(2)}`,
  });
}
console.log(`CPU time of the boot over the same application without CORS, ${rounds} pairs of fresh processes`);
console.log(table(rows));

async function bootCpu(settings) {
  const server = await ServerProcess.start(settings);
  await server.stop();
  return server.started.bootCpu;
}

function median(numbers) {
  return numbers.toSorted((first, second) => first - second)[Math.floor(numbers.length / 2)];
}

function milliseconds(time) {
  return figure(Math.round(time), 'ms');
}
