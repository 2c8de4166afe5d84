import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis';
import { Cluster as Cluster6 } from 'ioredis-6';
import { createClient, createCluster } from 'redis';
import { type RedisClient, RedisOriginList, RedisOriginLookup } from '../../lib/entry-points/redis/index.js';
import { HeardChanges } from './redis-changes.js';
import { until } from './until.js';
import { RedisServer } from './redis-server.js';

const APP = 'https://app.example.com';
const NODES = 3;
const run = promisify(execFile);
const asking = () => ({ tenant: 'acme', policy: 'default', signal: new AbortController().signal });

interface ConnectedCluster {
  readonly client: RedisClient;
  close(): void;
}

/** Clients of a cluster, as an application makes them. */
const DRIVERS: readonly { name: string; connect(ports: readonly number[]): Promise<ConnectedCluster> }[] = [
  { name: 'ioredis 5', connect: (ports) => overIoredis(new Cluster5(nodesAt(ports), { lazyConnect: true })) },
  { name: 'ioredis 6', connect: (ports) => overIoredis(new Cluster6(nodesAt(ports), { lazyConnect: true })) },
  {
    name: 'node-redis',
    async connect(ports) {
      const client = createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) });
      client.on('error', () => {});
      await client.connect();
      return { client, close: () => void client.destroy() };
    },
  },
];

async function overIoredis(client: Cluster5 | Cluster6): Promise<ConnectedCluster> {
  client.on('error', () => {});
  await client.connect();
  return { client, close: () => client.disconnect() };
}

function nodesAt(ports: readonly number[]): { host: string; port: number }[] {
  return ports.map((port) => ({ host: '127.0.0.1', port }));
}

/** Whether a node serves its slots, and is connected to all: what is published before that does not reach every node. */
async function isReady({ port }: RedisServer): Promise<boolean> {
  const ask = async (topic: string) => (await run('redis-cli', ['-p', String(port), 'CLUSTER', topic])).stdout;
  const [state, links] = await Promise.all([ask('INFO'), ask('NODES')]);
  return state.includes('cluster_state:ok') && links.match(/ connected \d+-\d+/g)?.length === NODES;
}

describe('origins in Redis Cluster', () => {
  let nodes: RedisServer[];

  beforeAll(async () => {
    nodes = await Promise.all(
      Array.from({ length: NODES }, () =>
        RedisServer.start('--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'),
      ),
    );
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
    await until(async () => (await Promise.all(nodes.map(isReady))).every(Boolean));
  });

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.remove()));
  });

  /** How many connections listen to the changes, on all nodes. */
  async function subscriptions(): Promise<number> {
    const counts = nodes.map(async ({ port }) => {
      const { stdout } = await run('redis-cli', ['-p', String(port), 'PUBSUB', 'NUMSUB', '{cors}:changes']);
      return Number(stdout.trim().split('\n').at(-1));
    });
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  describe.each(DRIVERS)('over $name', ({ connect }) => {
    let cluster: ConnectedCluster;

    beforeAll(async () => {
      cluster = await connect(nodes.map(({ port }) => port));
    });

    afterAll(() => {
      cluster.close();
      jest.restoreAllMocks();
    });

    it('writes, lookups, lists and changes: work', async () => {
      const list = new RedisOriginList({ client: cluster.client });
      const lookup = new RedisOriginLookup({ client: cluster.client });
      const changes = new HeardChanges(lookup.changes);
      expect(await changes.next()).toEqual({});
      await list.add(APP, 'acme');
      expect(await changes.next()).toEqual({ origin: APP, tenant: 'acme' });
      expect(await lookup.isOriginAllowed(APP, asking())).toBe(true);
      const rows = [];
      for await (const row of list.loadOrigins(asking())) {
        rows.push(row);
      }
      expect(rows).toEqual([{ id: '{cors}:origins:acme', origin: APP, tenant: 'acme' }]);
      await list.remove(APP, 'acme');
      expect(await changes.next()).toEqual({ origin: APP, tenant: 'acme' });
      expect(await lookup.isOriginAllowed(APP, asking())).toBe(false);
      changes.stop();
    });

    it('changes: use one connection, which is replaced when killed and closed at the end', async () => {
      await until(async () => (await subscriptions()) === 0);
      jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
      jest.spyOn(Logger.prototype, 'log').mockReturnValue();
      const changes = new HeardChanges(new RedisOriginLookup({ client: cluster.client }).changes);
      expect(await changes.next()).toEqual({});
      expect(await subscriptions()).toBe(1);
      for (const { port } of nodes) {
        await run('redis-cli', ['-p', String(port), 'CLIENT', 'KILL', 'TYPE', 'pubsub']);
      }
      // A new connection may go to a node that is killed later. What is published before the last one exists is lost: each tells of `{}`.
      await until(async () => (await subscriptions()) === 1);
      await new RedisOriginList({ client: cluster.client }).remove(APP);
      await until(() => changes.all.at(-1)?.origin === APP);
      const [change, ...earlier] = changes.all.toReversed();
      expect(change).toEqual({ origin: APP });
      expect(earlier.length).toBeGreaterThan(1);
      expect(earlier.every((each) => Object.keys(each).length === 0)).toBe(true);
      changes.stop();
      await until(async () => (await subscriptions()) === 0);
    });

    it('client of a single node: is refused with what to write', async () => {
      const [, , { port } = { port: 0 }] = nodes;
      const plain = new Redis5({ port, lazyConnect: true });
      const other = createClient({ url: `redis://127.0.0.1:${port}` });
      await Promise.all([plain.connect(), other.connect()]);
      try {
        for (const client of [plain, other]) {
          // Keys of three prefixes are on three nodes; two of them are not on this one.
          const stores = ['{a}', '{b}', '{c}', '{d}'].map((prefix) => new RedisOriginLookup({ client, prefix }));
          const answers = await Promise.allSettled(stores.map((store) => store.isOriginAllowed(APP, asking())));
          const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [String(answer.reason)] : []));
          expect(failures.length).toBeGreaterThan(0);
          for (const failure of failures) {
            expect(failure).toMatch(/^Error: Redis answered MOVED: .*`new Cluster\(.*`createCluster\(/);
            expect(failure).not.toMatch(/\d+\.\d+\.\d+/);
          }
          const untagged = new RedisOriginLookup({ client, prefix: 'cors' });
          await expect(untagged.add(APP)).rejects.toThrow(/^Redis answered (CROSSSLOT|MOVED): /);
        }
      } finally {
        plain.disconnect();
        other.destroy();
      }
    });

    it('key prefix without a hash tag: is refused', () => {
      expect(() => new RedisOriginLookup({ client: cluster.client, prefix: 'cors' })).toThrow(
        '`prefix` must have a hash tag in Redis Cluster, so that all keys are on one node; got "cors". Write prefix: \'{cors}\'',
      );
    });
  });
});
