import { Redis } from 'ioredis';
import pg from 'pg';
import { PostgresOriginList } from 'nestjs-cors/postgres';
import { RedisOriginList } from 'nestjs-cors/redis';

/**
 * Many instances in one process: of each, the channel of changes, and what its list reads from the store. Started by `simulate.mjs`, which
 * is told when each instance has heard and read.
 */
const { kind, url, count } = JSON.parse(process.argv[2]);

const now = () => performance.timeOrigin + performance.now();

function open() {
  if (kind === 'postgres') {
    const client = new pg.Pool({
      connectionString: url,
      max: 1,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 500,
    });
    client.on('error', () => {});
    return new PostgresOriginList({ client });
  }
  const client = new Redis(url, { maxRetriesPerRequest: 1 });
  client.on('error', () => {});
  return new RedisOriginList({ client, application: 'simulation' });
}

const context = () => ({ signal: AbortSignal.timeout(30_000) });

/** Reads to the end, again and again until that works, as a list does. */
async function read(rows) {
  for (let attempt = 0; ; attempt++) {
    try {
      let length = 0;
      for await (const row of await rows()) {
        length += row === undefined ? 0 : 1;
      }
      return { length, attempt };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** Math.min(attempt, 5)));
    }
  }
}

for (let index = 0; index < count; index++) {
  const list = open();
  list.changes.subscribe(({ origin }) => {
    const heard = now();
    const rows = origin === undefined ? () => list.loadOrigins(context()) : () => list.loadOrigin(origin, context());
    void read(rows).then(({ length, attempt }) => process.send({ origin, heard, read: now(), length, attempt }));
  });
}
process.on('disconnect', () => process.exit());
