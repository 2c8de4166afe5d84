import { setImmediate as eventLoop } from 'node:timers/promises';
import { CallQueue } from '../../../dist/esm/lookup/call-queue.js';
import { LookupCache } from '../../../dist/esm/lookup/lookup-cache.js';
import { OpenQuestions } from '../../../dist/esm/lookup/open-questions.js';
import { OriginSnapshot } from '../../../dist/esm/lookup/origin-snapshot.js';
import { PolicyCatalog } from '../../../dist/esm/policy/policy-catalog.js';

// Measures how long a request waits while origins change: the longest turn of the event loop, in CPU time, which
// other programs do not change. `npm run build` comes first.

const quick = process.argv.includes('--quick');
const RESULTS = quick ? 5_000 : 50_000;
const CHANGES = quick ? 1_000 : 10_000;
const PATTERNS = quick ? 20_000 : 1_000_000;

const cpuTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** The longest turn of the event loop while the work goes on, in milliseconds of CPU time, that of the collector included. */
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
  const questioned = {
    source: { isOriginAllowed: () => Promise.resolve(true) },
    subject: 'Origins',
    policy: 'default',
    timeout: 60_000,
    report: () => undefined,
    open: new OpenQuestions(),
  };
  const queue = new CallQueue({ timeout: 60_000, missesPerSecond: 1_000_000, concurrency: 100 });
  const cache = new LookupCache(questioned, lookups.cache, queue);
  for (let i = 0; i < RESULTS; i++) {
    await cache.ask(`https://app-${i}.example`, `tenant-${i % 500}`);
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
  const all = await longestTurn(async () => {
    for (let i = 0; i < CHANGES; i++) {
      cache.forget(changeAt(i));
    }
    for (let i = 0; i < 1_000; i++) {
      void cache.ask(`https://app-${i}.example`, `tenant-${i % 500}`);
    }
  });
  console.log(`${RESULTS} results, ${CHANGES} changes in one turn, then 1000 requests, ${kind}: ${all.toFixed(1)} ms`);
}

const rows = Array.from({ length: PATTERNS }, (_, i) => ({ origin: `https://*.customer-${i}.example`, tenant: null }));
const list = { loadOrigins: () => rows, loadOrigin: (origin) => [{ origin, tenant: null }] };
const settings = { ...lookups.lists, loadTimeout: 3_600_000 };
const snapshot = new OriginSnapshot(list, 'Origins', settings, () => undefined);
console.log(`reading ${PATTERNS} patterns: longest turn ${(await longestTurn(() => snapshot.start())).toFixed(1)} ms`);
const changes = await longestTurn(async () => {
  for (let i = 0; i < 100; i++) {
    await snapshot.refresh({ origin: `https://*.added-${i}.example` });
    snapshot.ask(`https://x.added-${i}.example`, undefined);
    await eventLoop();
  }
});
console.log(
  `100 changes of a list of ${PATTERNS} patterns, a request after each: longest turn ${changes.toFixed(1)} ms`,
);
snapshot.stop();
