/** Whose code the time goes to, in the order of the table; the first that the code belongs to has it. */
const OWNERS = [
  ['nestjs-cors', ({ url }) => /\/dist\/(?:esm|shared)\//u.test(url)],
  ['cors packages', ({ url }) => /node_modules\/(?:@fastify\/cors|cors|vary)\//u.test(url)],
  ['by hand', ({ url }) => url.endsWith('/floor.mjs')],
  ['frameworks', ({ url }) => url.startsWith('file:') || url.startsWith('/')],
  ['Node.js', ({ url }) => url.startsWith('node:')],
  ['garbage collection', ({ functionName }) => functionName === '(garbage collector)'],
  ['system and engine', () => true],
];

export const OWNER_NAMES = OWNERS.map(([name]) => name);

/**
 * The shares of a CPU profile by whose code was running, of all the time that the process was not idle.
 *
 * @param {{ nodes: object[], samples: number[], timeDeltas: number[] }} profile as Node.js writes it
 * @param {number} skipped share of the profile that is left out at its beginning, where code is compiled
 * @returns {Record<string, number>} from 0 to 1, by owner
 */
export function sharesOf({ nodes, samples, timeDeltas }, skipped) {
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]));
  const times = Object.fromEntries(OWNER_NAMES.map((name) => [name, 0]));
  const first = Math.floor(samples.length * skipped);
  for (let index = first; index < samples.length - 1; index++) {
    const owner = owners.get(samples[index]);
    if (owner !== undefined) {
      times[owner] += timeDeltas[index + 1];
    }
  }
  const total = Object.values(times).reduce((sum, time) => sum + time, 0);
  return Object.fromEntries(Object.entries(times).map(([name, time]) => [name, time / total]));
}

function ownerOf(frame) {
  return frame.functionName === '(idle)' ? undefined : OWNERS.find(([, owns]) => owns(frame))[0];
}
