import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import type { OriginChange } from '../../../lib/options/index.js';
import { RedisOriginLookup } from '../../../lib/entry-points/redis/index.js';
import {
  type FakeClient,
  type FakeConnection,
  SHAPES,
  fakeIoredis,
  fakeNodeRedis,
  soundConnection,
} from './fake-clients.js';

const HEARTBEAT = 1000;
/** Longest wait before another attempt, in milliseconds. */
const LONGEST_BACKOFF = 5000;

let lines: string[];

function useFakeTimersAndLog(): void {
  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    for (const method of ['log', 'warn', 'error'] as const) {
      jest
        .spyOn(Logger.prototype, method)
        .mockImplementation((line: unknown) => void lines.push(`${method}: ${String(line)}`));
    }
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });
}

describe.each(SHAPES)('changes in Redis, over a client of the shape of %s', (_name, makeClient) => {
  useFakeTimersAndLog();

  let fake: FakeClient;
  let origins: RedisOriginLookup;
  let heard: OriginChange[];
  let ended: unknown[];

  beforeEach(() => {
    fake = makeClient();
    origins = new RedisOriginLookup({ client: fake.client, heartbeatInterval: HEARTBEAT, heartbeatTimeout: HEARTBEAT });
    heard = [];
    ended = [];
  });

  function subscribe(): Subscription {
    return origins.changes.subscribe({
      next: (change) => heard.push(change),
      error: (error: unknown) => ended.push(error),
      complete: () => ended.push('complete'),
    });
  }

  const pass = (time = 0) => jest.advanceTimersByTimeAsync(time);
  const connection = () => fake.connections.at(-1) as FakeConnection;
  const open = () => fake.connections.filter(({ closed }) => !closed).length;

  it('subscribers: are listened to from the first one to the last one', async () => {
    expect(fake.connections).toHaveLength(0);
    const first = subscribe();
    const second = subscribe();
    await pass();
    expect(fake.connections).toHaveLength(1);
    first.unsubscribe();
    expect(open()).toBe(1);
    second.unsubscribe();
    expect(open()).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
    subscribe().unsubscribe();
    await pass();
    expect(open()).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
    expect(ended).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('subscription, also a later one: begins with everything', async () => {
    const first = subscribe();
    await pass();
    expect(heard).toEqual([{}]);
    const second = subscribe();
    expect(heard).toEqual([{}, {}]);
    connection().receive('{"origin":"https://app.example.com"}');
    expect(heard.slice(2)).toEqual([{ origin: 'https://app.example.com' }, { origin: 'https://app.example.com' }]);
    first.unsubscribe();
    second.unsubscribe();
  });

  it('connection: does not reconnect by itself', async () => {
    const subscription = subscribe();
    await pass();
    expect(fake.duplicates[0]).toEqual(
      'status' in fake.client
        ? expect.objectContaining({ lazyConnect: true, autoResubscribe: false, commandTimeout: undefined })
        : { socket: { host: 'redis.example', reconnectStrategy: false } },
    );
    const { retryStrategy } = fake.duplicates[0] as { retryStrategy?: () => unknown };
    expect(retryStrategy?.() ?? null).toBeNull();
    subscription.unsubscribe();
  });

  it('lost connection: go on, with everything, and two lines in the log', async () => {
    const subscription = subscribe();
    await pass(5 * HEARTBEAT);
    connection().lose(new Error('ERR max number of clients'));
    expect(open()).toBe(0);
    await pass(100);
    expect(fake.connections).toHaveLength(2);
    expect(heard).toEqual([{}, {}]);
    connection().receive('{"tenant":"acme"}');
    expect(heard[2]).toEqual({ tenant: 'acme' });
    expect(lines).toEqual([
      expect.stringMatching(
        /^warn: Not listening on channel "\{cors\}:changes" of Redis \(ERR max number of clients\), and/,
      ),
      'log: Listening on channel "{cors}:changes" of Redis again: all origins are read anew',
    ]);
    subscription.unsubscribe();
    expect(open()).toBe(0);
  });

  it('connection that was given up: is not heard', async () => {
    const subscription = subscribe();
    await pass();
    const lost = connection();
    lost.lose(new Error('gone'));
    lost.receive('{}');
    lost.lose(new Error('gone again'));
    await pass(100);
    expect(heard).toEqual([{}, {}]);
    expect(fake.connections).toHaveLength(2);
    subscription.unsubscribe();
  });

  it.each(['connect', 'subscribe'] as const)('%s that fails: is repeated, with one line in the log', async (step) => {
    fake.behaviour[step] = () => Promise.reject(new Error('NOPERM'));
    const subscription = subscribe();
    await pass(60_000);
    expect(fake.connections.length).toBeGreaterThan(8);
    expect(open()).toBe(0);
    expect(heard).toEqual([]);
    expect(lines).toEqual([
      expect.stringMatching(/^warn: Not listening on channel "\{cors\}:changes" of Redis \(NOPERM\)/),
    ]);

    Object.assign(fake.behaviour, soundConnection());
    await pass(LONGEST_BACKOFF);
    expect(heard).toEqual([{}]);
    expect(lines).toHaveLength(2);
    subscription.unsubscribe();
  });

  it.each(['connect', 'subscribe'] as const)('%s that never ends: is given up', async (step) => {
    fake.behaviour[step] = () => new Promise(() => {});
    const subscription = subscribe();
    await pass(HEARTBEAT);
    expect(open()).toBe(0);
    expect(lines[0]).toContain('(Connecting took longer than 1000 ms)');
    subscription.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('connection by default: is waited for 5 s', async () => {
    fake.behaviour.connect = () => new Promise(() => {});
    origins = new RedisOriginLookup({ client: fake.client, heartbeatInterval: HEARTBEAT });
    const subscription = subscribe();
    await pass(5000);
    expect(lines[0]).toContain('(Connecting took longer than 5000 ms)');
    subscription.unsubscribe();
  });

  it('connection that has fallen silent: is noticed', async () => {
    const subscription = subscribe();
    await pass(10 * HEARTBEAT);
    expect(fake.connections).toHaveLength(1);
    fake.behaviour.ping = () => new Promise(() => {});
    connection().lose(new Error('gone'));
    await pass(100);
    await pass(2 * HEARTBEAT);
    expect(fake.connections).toHaveLength(2);
    expect(open()).toBe(0);
    await pass(LONGEST_BACKOFF);
    expect(fake.connections.length).toBeGreaterThan(2);
    subscription.unsubscribe();
  });

  it('connection that replies with an error: is noticed', async () => {
    fake.behaviour.ping = () => Promise.reject(new Error('READONLY'));
    const subscription = subscribe();
    await pass(HEARTBEAT);
    expect(fake.connections[0]?.closed).toBe(true);
    subscription.unsubscribe();
  });

  it('message that is no change: is everything', async () => {
    const subscription = subscribe();
    await pass();
    connection().receive('{"tenant":7}');
    expect(heard).toEqual([{}, {}]);
    expect(lines).toEqual([
      expect.stringMatching(/^warn: Something of 12 bytes on channel "\{cors\}:changes" of Redis is not a change, so/),
    ]);
    subscription.unsubscribe();
  });
});

describe('changes in a cluster', () => {
  useFakeTimersAndLog();

  it('ioredis: are listened to on one node', async () => {
    const node = fakeIoredis();
    const nodes = jest.fn(() => [node.client]);
    const client = Object.assign(fakeIoredis().client, { isCluster: true, nodes });
    const subscription = new RedisOriginLookup({ client }).changes.subscribe();
    await jest.advanceTimersByTimeAsync(0);
    expect(node.connections).toHaveLength(1);
    subscription.unsubscribe();
    expect(node.connections[0]?.closed).toBe(true);
  });

  it('node-redis: are listened to on one node', async () => {
    const node = fakeNodeRedis(6);
    const cluster = { masters: [{}], nodeClient: async () => node.client };
    const client = Object.assign(fakeNodeRedis(6).client, cluster);
    const { changes } = new RedisOriginLookup({ client });
    changes.subscribe().unsubscribe();
    await jest.advanceTimersByTimeAsync(0);
    expect(node.connections).toHaveLength(0);
    const subscription = changes.subscribe();
    await jest.advanceTimersByTimeAsync(0);
    expect(node.connections).toHaveLength(1);
    subscription.unsubscribe();
    expect(node.connections[0]?.closed).toBe(true);
  });

  it.each([
    ['ioredis', Object.assign(fakeIoredis().client, { isCluster: true, nodes: () => [] })],
    ['node-redis', Object.assign(fakeNodeRedis(6).client, { masters: [], nodeClient: async () => {} })],
  ])('no known node of %s: are waited for', async (_name, client) => {
    const subscription = new RedisOriginLookup({ client }).changes.subscribe();
    await jest.advanceTimersByTimeAsync(0);
    expect(lines[0]).toContain('The cluster has no node that is known yet');
    subscription.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
  });
});
