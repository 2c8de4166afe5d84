import { measure } from 'mitata';

/** What the young generation has to hold, so that nothing is collected while allocation is counted; see {@link NODE_FLAGS}. */
const MOST_BYTES = 48 * 2 ** 20;
const MOST_CALLS = 20_000;

/** What a process that measures has to be started with. */
export const NODE_FLAGS = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'];

/**
 * Nanoseconds and bytes per call of `decide`.
 *
 * Time is mitata's median of batches, with an argument of its own for each call, made before the batch. Bytes are what
 * the heap has grown by over thousands of calls of the code that is optimised by then, in a young generation so large
 * that there is no collection meanwhile.
 *
 * @param {{ next: () => unknown, decide: (argument: unknown) => unknown, milliseconds: number }} measured
 * @returns {Promise<{ ns: number, bytes: number }>}
 */
export async function meter({ next, decide, milliseconds }) {
  warmUp(next, decide, milliseconds);
  function* benchmark() {
    yield { 0: next, bench: decide };
  }
  const { p50 } = await measure(benchmark, { min_cpu_time: milliseconds * 1e6, batch_samples: 2048 });
  return { ns: p50, bytes: bytesPerCall(next, decide, p50) };
}

/** Until the code is optimised: mitata takes a first call that is slow for work that needs no batch. */
function warmUp(next, decide, milliseconds) {
  const end = performance.now() + Math.max(50, milliseconds / 2);
  for (let call = 0; call < 20 || (performance.now() < end && call < 200_000); call++) {
    decide(next());
  }
}

function bytesPerCall(next, decide, ns) {
  // A tenth of a second at most: a list that is scanned takes milliseconds a call.
  const calls = Math.max(20, Math.min(MOST_CALLS, Math.floor(1e8 / ns)));
  let sample = grown(next, decide, Math.min(calls, 1_000));
  const samples = [];
  const counted = Math.max(20, Math.min(calls, Math.floor(MOST_BYTES / Math.max(1, sample))));
  while (samples.length < 5) {
    sample = grown(next, decide, counted);
    if (sample >= 0) {
      samples.push(sample);
    }
  }
  return samples.sort((a, b) => a - b)[2];
}

function grown(next, decide, calls) {
  const given = Array.from({ length: calls }, next);
  const kept = { result: undefined };
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < calls; call++) {
    kept.result = decide(given[call]);
  }
  const after = process.memoryUsage().heapUsed;
  return (after - before - OVERHEAD) / calls;
}

/** What asking for the size of the heap allocates itself. */
const OVERHEAD = (() => {
  process.memoryUsage();
  const before = process.memoryUsage().heapUsed;
  return process.memoryUsage().heapUsed - before;
})();
