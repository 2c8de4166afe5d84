import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, print } from './instances/figures.js';
import { flood } from './instances/flood.js';
import { Instance } from './instances/instances.js';
import { TemporaryDatabase } from './temporary-database.js';

const LEGITIMATE = 'https://legitimate.example';
/** Where nothing is asked, fewer show as much. */
const FLOODS = [
  ['postgres-lookup', 1_000_000],
  ['postgres-list', 100_000],
] as const;
const CALM = 50_000;
const MEGABYTE = 1024 * 1024;

let database: TemporaryDatabase | undefined;
let instance: Instance | undefined;

afterEach(async () => {
  await instance?.stop();
  await database?.drop();
  instance = database = undefined;
});

async function start(kind: 'postgres-lookup' | 'postgres-list'): Promise<Instance> {
  database = await TemporaryDatabase.create();
  const client = await database.connectToOrigins();
  await client.query('insert into cors_origins (origin) values ($1)', [LEGITIMATE]);
  await client.end();
  instance = await Instance.start({ adapter: 'fastify', store: { kind, url: database.url } });
  return instance;
}

/** How long a legitimate origin waits for its preflights, again and again until the work is done. */
async function waitsDuring<Result>(on: Instance, work: Promise<Result>): Promise<{ waits: number[]; result: Result }> {
  const waits: number[] = [];
  const state = { done: false };
  const finished = work.finally(() => (state.done = true));
  while (!state.done) {
    const startedAt = performance.now();
    expect(await on.allows(LEGITIMATE)).toBe(true);
    waits.push(performance.now() - startedAt);
    await sleep(2);
  }
  return { waits, result: await finished };
}

describe.each(FLOODS)('invented origins against a %s, %d of them', (kind, count) => {
  it('flood: fills neither memory nor database, and displaces no cached origin', async () => {
    const on = await start(kind);
    expect(await on.allows(LEGITIMATE)).toBe(true);
    // The same flood, of one origin that is soon known to be refused: what a busy server costs by itself.
    const same = (): string => 'https://the-same.example';
    await flood(on.port, CALM, same);
    const calm = await waitsDuring(on, flood(on.port, CALM, same));
    const before = await on.figures();
    const hostile = await waitsDuring(
      on,
      flood(on.port, count, (index) => `https://invented-${index}.example`),
    );
    const after = await on.figures();

    expect(Object.fromEntries(hostile.result.statuses)).toEqual({ 403: count });
    const grown = (after.memory.heapUsed - before.memory.heapUsed) / MEGABYTE;
    const queries = after.store.lookups - before.store.lookups;
    const [cache] = after.stats.lookups;
    // The bounds: of the memory by maxRefusals, of the questions by missesPerSecond, ten times as many at once.
    expect(cache?.refusals ?? 0).toBeLessThanOrEqual(10_000);
    expect(grown).toBeLessThan(100);
    expect(queries).toBeLessThanOrEqual(kind === 'postgres-list' ? 0 : 1000 + 100 * (hostile.result.seconds + 2));
    const p99 = (values: readonly number[]) => percentile(values, 99);
    print(
      `${count} invented origins against a ${kind}: ${Math.round(count / hostile.result.seconds)} preflights/s, ` +
        `heap ${grown >= 0 ? '+' : ''}${grown.toFixed(1)} MB after, rss ${(after.memory.rss / MEGABYTE).toFixed(0)} MB, ` +
        `${queries} database queries (${after.store.most} at once at most); a legitimate origin's preflight: ` +
        `p99 ${p99(hostile.waits).toFixed(1)} ms, under as much traffic of one refused origin ${p99(calm.waits).toFixed(1)} ms, ` +
        `ratio ${(p99(hostile.waits) / p99(calm.waits)).toFixed(2)}`,
    );
  }, 600_000);
});

describe('thundering herd', () => {
  it('1,000 first requests for one origin: make one query', async () => {
    const on = await start('postgres-lookup');
    const answers = await Promise.all(Array.from({ length: 1000 }, () => on.allows(LEGITIMATE)));
    expect(answers.filter(Boolean)).toHaveLength(1000);
    const { store } = await on.figures();
    expect(store.lookups).toBe(1);
    print(`a thundering herd of 1,000 first requests: ${store.lookups} query`);
  });
});
