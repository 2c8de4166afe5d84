import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { RedisOriginLookup } from '../../lib/entry-points/redis/index.js';
import { percentile, print, until } from './instances/figures.js';
import { Instance, type StoreSettings } from './instances/instances.js';
import { RedisServer } from './redis-server.js';
import { TcpProxy } from './tcp-proxy.js';
import { TemporaryDatabase } from './temporary-database.js';

const OPERATOR = 'https://operator.example';
const KNOWN = Array.from({ length: 20 }, (_, index) => `https://known-${index}.example`);
const REMOVED = 'https://known-0.example';
const ADDED = 'https://added-meanwhile.example';
const LOOKUP_TIMEOUT = 1000;
const CLIENTS = 16;

/** A store that can be out of reach of the application, and not of the one who writes. */
interface Outage {
  readonly store: Pick<StoreSettings, 'url' | 'prefix'>;
  begin(): Promise<void>;
  /** Ends it, with {@link REMOVED} removed and {@link ADDED} added. */
  end(): Promise<void>;
  close(): Promise<void>;
}

async function postgresOutage(kind: 'cut' | 'blackHole'): Promise<Outage> {
  const database = await TemporaryDatabase.create();
  const { hostname, port } = new URL(database.url);
  const proxy = await TcpProxy.to({ host: hostname, port: Number(port || 5432) });
  const url = new URL(database.url);
  url.host = `${proxy.host}:${proxy.port}`;
  const client = await database.connectToOrigins();
  await client.query('insert into cors_origins (origin) select unnest($1::text[])', [KNOWN]);
  return {
    store: { url: url.href },
    begin: async () => {
      proxy[kind]();
      await client.query('delete from cors_origins where origin = $1', [REMOVED]);
      await client.query('insert into cors_origins (origin) values ($1)', [ADDED]);
    },
    end: async () => proxy.restore(),
    close: async () => {
      await proxy.close();
      await client.end();
      await database.drop();
    },
  };
}

/** Really stopped: its process is killed, and what it held is gone. */
async function redisOutage(): Promise<Outage> {
  const server = await RedisServer.start();
  const write = async (origins: readonly string[]): Promise<void> => {
    const client = new Redis(server.url);
    const store = new RedisOriginLookup({ client });
    for (const origin of origins) {
      await store.add(origin);
    }
    await client.quit();
  };
  await write(KNOWN);
  return {
    store: { url: server.url },
    begin: () => server.stop(),
    end: async () => {
      await server.start();
      await write([...KNOWN.filter((origin) => origin !== REMOVED), ADDED]);
    },
    close: () => server.remove(),
  };
}

interface Answered {
  readonly kind: 'operator' | 'known' | 'unknown';
  readonly status: number;
  readonly allowed: boolean;
  readonly milliseconds: number;
}

/** Clients that ask one after another until they are told to stop. */
class Load {
  readonly answers: Answered[] = [];
  private stopped = false;
  private readonly clients: readonly Promise<void>[];

  constructor(
    private readonly instance: Instance,
    private readonly known: readonly string[],
  ) {
    this.clients = Array.from({ length: CLIENTS }, (_, index) => this.run(index));
  }

  async stop(): Promise<readonly Answered[]> {
    this.stopped = true;
    await Promise.all(this.clients);
    return this.answers;
  }

  private async run(client: number): Promise<void> {
    for (let count = client; !this.stopped; count += CLIENTS) {
      const kind = (['known', 'operator', 'known', 'unknown'] as const)[count % 4] as Answered['kind'];
      const origin = {
        operator: OPERATOR,
        known: this.known[count % this.known.length] as string,
        unknown: `https://unknown-${count}.example`,
      }[kind];
      const startedAt = performance.now();
      const { status, allowed } = await this.instance.preflight(origin);
      const milliseconds = performance.now() - startedAt;
      this.answers.push({ kind, status, allowed: allowed === origin, milliseconds });
      await sleep(5);
    }
  }
}

describe.each([
  ['PostgreSQL whose connections are cut, behind a cached lookup', 'postgres-lookup', () => postgresOutage('cut')],
  ['PostgreSQL that falls silent, behind a cached lookup', 'postgres-lookup', () => postgresOutage('blackHole')],
  ['PostgreSQL that falls silent, behind a list', 'postgres-list', () => postgresOutage('blackHole')],
  ['Redis whose process is killed, behind a cached lookup', 'redis-lookup', redisOutage],
] as const)('outage of %s', (title, kind, open) => {
  let outage: Outage | undefined;
  let instance: Instance | undefined;

  afterEach(async () => {
    await instance?.stop();
    await outage?.close();
  });

  it('five seconds: no error status meanwhile, and fresh results afterwards', async () => {
    outage = await open();
    instance = await Instance.start({
      store: { kind, ...outage.store, heartbeatInterval: 500 },
      cors: {
        origin: [OPERATOR],
        lookupTimeout: LOOKUP_TIMEOUT,
        cache: { ttl: 500, refusalTtl: 200, staleWhileRevalidate: 500, staleIfError: 600_000, retryInterval: 200 },
        lists: { refreshInterval: 1000, loadTimeout: 1000 },
      },
    });
    for (const origin of KNOWN) {
      expect(await instance.allows(origin)).toBe(true);
    }

    // Without the one that is removed meanwhile: its access ends when the application can know.
    const load = new Load(
      instance,
      KNOWN.filter((origin) => origin !== REMOVED),
    );
    await sleep(500);
    await outage.begin();
    // Beyond everything that is fresh or revalidated, and several deadlines long.
    await sleep(5000);
    const inOutage = [...load.answers];
    await outage.end();
    const endedAt = performance.now();
    await until(async () => (await instance?.allows(ADDED)) === true, { pause: 20 });
    await until(async () => (await instance?.allows(REMOVED)) === false, { pause: 20 });
    const recovery = performance.now() - endedAt;
    const answers = await load.stop();

    expect(instance.alive).toBe(true);
    expect(answers.filter(({ status }) => status !== 204 && status !== 403)).toEqual([]);
    expect(answers.filter((answer) => answer.kind === 'operator' && !answer.allowed)).toEqual([]);
    expect(answers.filter((answer) => answer.kind === 'known' && !answer.allowed)).toEqual([]);
    expect(answers.filter((answer) => answer.kind === 'unknown' && answer.allowed)).toEqual([]);
    expect(new Set(inOutage.map((answer) => answer.kind)).size).toBe(3);
    const waits = (wanted: Answered['kind']) =>
      inOutage.filter((answer) => answer.kind === wanted).map(({ milliseconds }) => milliseconds);
    print(
      `${title}: ${inOutage.length} requests in 5 s of outage, none with a status of 500 or more; slowest answer to a known origin ` +
        `${Math.max(...waits('known')).toFixed(0)} ms (p99 ${percentile(waits('known'), 99).toFixed(0)} ms), to an unknown one ` +
        `${Math.max(...waits('unknown')).toFixed(0)} ms with a deadline of ${LOOKUP_TIMEOUT} ms; fresh ${recovery.toFixed(0)} ms after the return`,
    );
  });
});
