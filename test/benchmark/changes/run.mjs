import { readFileSync } from 'node:fs';
import { setImmediate as eventLoop } from 'node:timers/promises';
import { CallQueue } from '../../../dist/files/lookup/call-queue.js';
import { lifetimeOf } from '../../../dist/files/lookup/cached-results.js';
import { LookupCache } from '../../../dist/files/lookup/lookup-cache.js';
import { LookupChanges } from '../../../dist/files/lookup/lookup-changes.js';
import { OpenDeadlines } from '../../../dist/files/lookup/deadline.js';
import { OriginSnapshot } from '../../../dist/files/lookup/origin-snapshot.js';
import { PolicyCatalog } from '../../../dist/files/policy/policy-catalog.js';

// Measures how long a request waits while origins change: the longest turn of the event loop, in CPU time of the main thread, which
// other programs do not change. The collector's work on that thread counts. `npm run build` comes first.

const quick = process.argv.includes('--quick');
const RESULTS = quick ? 5_000 : 50_000;
const CHANGES = quick ? 1_000 : 10_000;
const PATTERNS = quick ? 20_000 : 1_000_000;

/** Of the main thread where the system tells it (Linux), else of all threads, in milliseconds. */
const cpuTime = () => {
  try {
    return Number.parseInt(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1'), 10) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
};

/** The longest turn of the event loop while the work goes on, in milliseconds of CPU time. */
async function longestTurn(work) {
  let longest = 0;
  const state = { done: false };
  const finished = Promise.resolve(work()).finally(() => (state.done = true));
  let last = cpuTime();
  while (!state.done) {
    await eventLoop();
    const now = cpuTime();
    longest = Math.max(longest, now - last);
    last = now;
  }
  await finished;
  return longest;
}

const { lookups } = new PolicyCatalog({ cache: { missesPerSecond: 1_000_000, ttl: 86_400_000 } });

async function filledCache() {
  const target = {
    provider: { isOriginAllowed: () => Promise.resolve(true) },
    subject: 'Origins',
    policy: 'default',
    timeout: 60_000,
    report: () => undefined,
    open: new OpenDeadlines(),
  };
  const queue = new CallQueue({ timeout: 60_000, missesPerSecond: 1_000_000, concurrency: 100 });
  const cache = new LookupCache(target, lookups.cache, queue, new LookupChanges(lifetimeOf(lookups.cache)));
  for (let i = 0; i < RESULTS; i++) {
    await cache.lookUp(`https://app-${i}.example`, `tenant-${i % 500}`);
  }
  return cache;
}

const KINDS = {
  'patterns of one tenant': (i) => ({ origin: `https://*.new-${i}.example`, tenant: 'tenant-1' }),
  'patterns of many tenants': (i) => ({ origin: `https://*.new-${i}.example`, tenant: `tenant-${i}` }),
  'origins of every tenant': (i) => ({ origin: `https://app-${i}.example` }),
  'origins of a tenant': (i) => ({ origin: `https://app-${i}.example`, tenant: `tenant-${i % 500}` }),
  'patterns of every tenant': (i) => ({ origin: `https://*.new-${i}.example` }),
};
for (const [kind, changeAt] of Object.entries(KINDS)) {
  const cache = await filledCache();
  const before = cache.counts.calls;
  const all = await longestTurn(async () => {
    for (let i = 0; i < CHANGES; i++) {
      cache.changes.add(changeAt(i));
    }
    for (let i = 0; i < 1_000; i++) {
      void cache.lookUp(`https://app-${i}.example`, `tenant-${i % 500}`);
      if (i % 20 === 19) {
        await eventLoop();
      }
    }
  });
  const calls = cache.counts.calls - before;
  console.log(
    `${RESULTS} results, ${CHANGES} changes in one turn, then 20 requests in each, ${kind}: ${all.toFixed(1)} ms, ${calls} lookup calls for 1000 requests`,
  );
}

const listOf = (size) => ({
  // As a cursor brings them: the whole list is never in memory twice.
  *loadOrigins() {
    for (let i = 0; i < size; i++) {
      yield { origin: `https://*.customer-${i}.example`, tenant: null };
    }
  },
  loadOrigin: (origin) => [{ origin, tenant: null }],
});
const settings = { ...lookups.lists, loadTimeout: 3_600_000 };
const snapshot = new OriginSnapshot(listOf(PATTERNS), 'Origins', settings, () => undefined);
console.log(`reading ${PATTERNS} patterns: longest turn ${(await longestTurn(() => snapshot.start())).toFixed(1)} ms`);
console.log(`replacing them: longest turn ${(await longestTurn(() => snapshot.refresh({}))).toFixed(1)} ms`);
const burst = await longestTurn(() =>
  Promise.all(
    Array.from({ length: CHANGES }, (_, i) => snapshot.refresh({ origin: `https://*.customer-${i}.example` })),
  ),
);
console.log(`${CHANGES} of them changed in one turn: longest turn ${burst.toFixed(1)} ms`);
const changes = await longestTurn(async () => {
  for (let i = 0; i < 100; i++) {
    await snapshot.refresh({ origin: `https://*.added-${i}.example` });
    snapshot.lookUp(`https://x.added-${i}.example`, undefined);
    await eventLoop();
  }
});
console.log(
  `100 changes of a list of ${PATTERNS} patterns, a request after each: longest turn ${changes.toFixed(1)} ms`,
);
snapshot.stop();
