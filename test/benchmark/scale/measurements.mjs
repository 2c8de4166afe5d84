import { originAt, urlAt } from './application.mjs';
import { load } from './load.mjs';
import { ServerProcess } from './server-process.mjs';

const REQUESTS = 500;
const WARM_UP = 2;

/** What an application's start takes, in time and in memory: the quietest of several. */
export async function boot(settings, { times, core }) {
  const starts = [];
  while (starts.length < times) {
    const server = await ServerProcess.start(settings, core);
    starts.push(server.started);
    await server.stop();
  }
  const least = (name) => Math.min(...starts.map((start) => start[name]));
  return { ...settings, bootTime: least('bootTime'), bootCpu: least('bootCpu'), memory: least('memory'), starts };
}

/** What an application makes of a constant load, for each of the rates: the quietest of several rounds. */
export async function loaded(settings, { rates, seconds, rounds, core }) {
  const server = await ServerProcess.start(settings, core);
  const { port } = server.started;
  const requests = requestsFor(settings);
  await load({ port, rate: Math.min(...rates, 1_000), seconds: Math.min(WARM_UP, seconds), requests });
  const measured = [];
  for (const rate of rates) {
    const same = [];
    while (same.length < rounds) {
      const before = await server.cpuTime();
      const { answered, throughput, latency } = await load({ port, rate, seconds, requests });
      const cpu = ((await server.cpuTime()) - before) / answered;
      same.push({ throughput, cpu, ...latency });
    }
    const [quietest] = same.toSorted((a, b) => a.p99 - b.p99);
    const least = Math.min(...same.map(({ cpu }) => cpu));
    measured.push({ ...settings, rate, ...quietest, cpu: least, rounds: same });
  }
  await server.stop();
  return measured;
}

/** Requests to all over the application, from all over its origins, in no order but the same in each run. */
function requestsFor({ routes, origins }) {
  let state = 7;
  const below = (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
  return Array.from(
    { length: REQUESTS },
    () => `GET ${urlAt(below(routes))} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${originAt(below(origins))}\r\n\r\n`,
  );
}
