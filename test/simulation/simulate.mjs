import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { RedisOriginList } from 'nestjs-cors/redis';
import { startPostgres, startRedis } from './servers.mjs';

/**
 * How many instances can follow one store: the time from a commit to the last instance, sessions, and what a restart costs. It starts servers
 * of its own. Run it with `npm run simulate`, or `npm run simulate -- --instances 500`, on the library as it is built.
 */
const argument = process.argv.indexOf('--instances');
const INSTANCES = argument === -1 ? 200 : Number(process.argv[argument + 1]);
const PROCESSES = 4;
const PROBES = 40;
const ROWS = 1000;
const QUIET = 300;

const now = () => performance.timeOrigin + performance.now();

/** Instances of one kind, in few processes, and what they told. */
class Fleet {
  reports = [];
  #workers = [];

  start(kind, url) {
    const program = fileURLToPath(new URL('worker.mjs', import.meta.url));
    for (let index = 0; index < PROCESSES; index++) {
      const count = Math.floor((INSTANCES + index) / PROCESSES);
      const worker = fork(program, [JSON.stringify({ kind, url, count })], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      worker.on('message', (report) => this.reports.push(report));
      this.#workers.push(worker);
    }
  }

  /** What all of them told that passes; waits for it. */
  async heard(passes) {
    const deadline = now() + 120_000;
    for (;;) {
      const found = this.reports.filter(passes);
      if (found.length >= INSTANCES || now() > deadline) {
        return found;
      }
      await sleep(20);
    }
  }

  stop() {
    this.#workers.forEach((worker) => worker.disconnect());
  }
}

async function postgres() {
  const server = await startPostgres();
  const client = new pg.Pool({ connectionString: server.url, max: 1 });
  client.on('error', () => {});
  await client.query(readFileSync(new URL('../../lib/entry-points/postgres/schema.sql', import.meta.url), 'utf8'));
  await client.query(
    "insert into cors_origins (origin, tenant, verified_at) select 'https://' || n || '.example', 'acme', now() from generate_series(1, $1) n",
    [ROWS],
  );
  return {
    name: 'PostgreSQL',
    kind: 'postgres',
    server,
    add: (origin) =>
      client.query("insert into cors_origins (origin, tenant, verified_at) values ($1, 'acme', now())", [origin]),
    close: () => client.end(),
  };
}

async function redis() {
  const server = await startRedis();
  const client = new Redis(server.url);
  client.on('error', () => {});
  const list = new RedisOriginList({ client, application: 'simulation' });
  for (let index = 1; index <= ROWS; index++) {
    await list.add(`https://${index}.example`, 'acme');
  }
  return {
    name: 'Redis',
    kind: 'redis',
    server,
    add: (origin) => list.add(origin, 'acme'),
    close: async () => client.disconnect(),
  };
}

function percentile(values, fraction) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * fraction) - 1)];
}

/** How many of the times fall into the fullest span of so many milliseconds. */
function most(times, span) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted.reduce((best, time, first) => {
    const end = sorted.findIndex((each) => each > time + span);
    return Math.max(best, (end === -1 ? sorted.length : end) - first);
  }, 0);
}

async function measure(open) {
  const store = await open();
  const fleet = new Fleet();
  const started = now();
  fleet.start(store.kind, store.server.url);
  await fleet.heard(({ origin }) => origin === undefined);
  const allListening = now() - started;
  await sleep(2000);
  const sessions = await store.server.sessions();
  const deliveries = [];
  const lastHeard = [];
  const lastRead = [];
  for (let probe = 0; probe < PROBES; probe++) {
    const origin = `https://probe-${probe}.example`;
    await store.add(origin);
    const committed = now();
    const reports = await fleet.heard((report) => report.origin === origin);
    deliveries.push(...reports.map(({ heard }) => heard - committed));
    lastHeard.push(Math.max(...reports.map(({ heard }) => heard - committed)));
    lastRead.push(Math.max(...reports.map(({ read }) => read - committed)));
    await sleep(QUIET);
  }
  fleet.reports.length = 0;
  const down = now();
  await store.server.restart();
  const up = now();
  const back = await fleet.heard(({ origin }) => origin === undefined);
  const peak = await store.server.sessions();
  const listening = back.map(({ heard }) => heard - up);
  fleet.stop();
  await store.close();
  await sleep(500);
  await store.server.stop();
  const whole = (value) => Math.round(value);
  return {
    store: store.name,
    instances: INSTANCES,
    'all listening after start (ms)': whole(allListening),
    'sessions at rest, of all instances': sessions,
    'commit to an instance, p50 (ms)': whole(percentile(deliveries, 0.5)),
    'commit to an instance, p99 (ms)': whole(percentile(deliveries, 0.99)),
    'commit to the last instance, p50 (ms)': whole(percentile(lastHeard, 0.5)),
    'commit to the last instance, p99 (ms)': whole(percentile(lastHeard, 0.99)),
    'commit to the last reading of the row, p50 (ms)': whole(percentile(lastRead, 0.5)),
    'commit to the last reading of the row, p99 (ms)': whole(percentile(lastRead, 0.99)),
    'restart: server away (ms)': whole(up - down),
    'restart: instances that listen again': back.length,
    'restart: half of them after (ms)': whole(percentile(listening, 0.5)),
    'restart: the last after (ms)': whole(Math.max(...listening)),
    'restart: most in one tenth of a second': most(listening, 100),
    'restart: all lists read after (ms)': whole(Math.max(...back.map(({ read }) => read - up))),
    'restart: readings that had to be repeated': back.filter(({ attempt }) => attempt > 0).length,
    'restart: sessions, of all instances': peak,
  };
}

const results = [];
for (const open of [postgres, redis]) {
  results.push(await measure(open));
}
const keys = Object.keys(results[0]);
console.log(
  keys.map((key) => `${key.padEnd(52)} ${results.map((each) => String(each[key]).padStart(12)).join('')}`).join('\n'),
);
process.exit();
