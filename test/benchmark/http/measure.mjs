import { Client } from './client.mjs';
import { wireText } from './requests.mjs';
import { ServerProcess } from './server-process.mjs';
import { SingleUseClient } from './single-use-client.mjs';

/** Connections to an application at once, each with one request under way. */
export const CONNECTIONS = 16;
/** Requests before each measurement, which bring its code and data back into the core's caches. */
const LEAD_IN = 300;

/**
 * One application to measure.
 *
 * @typedef {object} Application
 * @property {string} name
 * @property {object} settings what its process is started with
 * @property {readonly object[]} requests
 * @property {(answer: object, request: object) => void} check throws when that is no right answer
 */

/**
 * Measures applications against each other: CPU time of the server per request. Every application is a process of its
 * own; each round measures every request with all applications in turn, in another order each time, so that what the
 * machine does meanwhile is fair to all. After some rounds all processes are replaced, since one and the same
 * application is a little faster in one process than in another.
 *
 * @param {readonly Application[]} applications
 * @param {{ generations: number, rounds: number, count: number, warmUp: number, serverCore?: number, tell: (line: string) => void }} plan
 *   `rounds` per generation, requests per measurement, requests of each kind before the first one
 * @returns {Promise<Map<string, { name: string, request: string, times: number[] }>>} by `<name>/<request>`, times in microseconds per request
 */
export async function measure(applications, plan) {
  const results = new Map();
  for (let generation = 1; generation <= plan.generations; generation++) {
    const running = [];
    try {
      for (const application of applications) {
        const server = await ServerProcess.start(application.settings, plan.serverCore);
        running.push({ application, server, answers: await prepare(application, server, plan) });
      }
      for (let round = 1; round <= plan.rounds; round++) {
        plan.tell(`generation ${generation} of ${plan.generations}, round ${round} of ${plan.rounds}`);
        await measureRound(running, plan, results);
      }
      for (const { application, server } of running) {
        await checkAgain(application, server);
      }
    } finally {
      await Promise.all(running.map(({ server }) => server.stop()));
    }
  }
  return results;
}

/** Checks what the application answers, and has its code compiled. */
async function prepare({ name, requests, check }, server, { warmUp }) {
  const answers = new Map();
  for (const request of requests) {
    const wire = wireText(request);
    const client = await clientFor(request, server.port);
    // The first answer may wait for what later ones find in a cache.
    await client.ask(wire);
    const answer = await client.ask(wire);
    checked(name, check, answer, request);
    answers.set(request.name, answer);
    await client.send(wire, answer, Math.min(warmUp, request.warmUp ?? warmUp));
    client.close();
  }
  return answers;
}

/** After the rounds each answer has to be what it was: status and headers, beyond the length that every answer is compared by. */
async function checkAgain({ name, requests, check }, server) {
  for (const request of requests) {
    const client = await clientFor(request, server.port);
    checked(name, check, await client.ask(wireText(request)), request);
    client.close();
  }
}

function checked(name, check, answer, request) {
  try {
    check(answer, request);
  } catch (error) {
    throw new Error(`${name} is not what it should be`, { cause: error });
  }
}

/** A client that has its connections open, unless each request has one of its own. */
function clientFor({ ownConnection = false }, port) {
  return ownConnection ? new SingleUseClient(port, CONNECTIONS) : Client.open(port, CONNECTIONS);
}

async function measureRound(running, { count }, results) {
  const names = [...new Set(running.flatMap(({ answers }) => [...answers.keys()]))];
  for (const name of names) {
    for (const { application, server, answers } of shuffled(running)) {
      const request = application.requests.find((each) => each.name === name);
      if (request !== undefined) {
        const time = await measureOnce(server, request, answers.get(name), Math.min(count, request.count ?? count));
        const key = `${application.name}/${name}`;
        const result = results.get(key) ?? { name: application.name, request: name, times: [] };
        results.set(key, result);
        result.times.push(time);
      }
    }
  }
}

async function measureOnce(server, request, answer, count) {
  const wire = wireText(request);
  const client = await clientFor(request, server.port);
  await client.send(wire, answer, Math.min(LEAD_IN, count));
  const before = await server.cpuTime();
  await client.send(wire, answer, count);
  const after = await server.cpuTime();
  client.close();
  return (after - before) / count;
}

function shuffled(list) {
  return list
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
