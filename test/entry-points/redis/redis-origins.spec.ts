import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Redis as Redis5 } from 'ioredis';
import type { Cluster as Cluster6, Redis as Redis6 } from 'ioredis-6';
import type { createClient, createCluster } from 'redis';
import {
  InvalidOriginError,
  type RedisClient,
  RedisOriginList,
  RedisOriginLookup,
} from '../../../lib/entry-points/redis/index.js';
import { RedisKeys } from '../../../lib/entry-points/redis/redis-keys.js';
import { type FakeClient, SHAPES, fakeIoredis, fakeNodeRedis } from './fake-clients.js';

const ACME = '{cors}:origins:acme';
const APP = 'https://app.example.com';
/** Whose the keys are, which is asked each time. */
const OWNER = ['SMISMEMBER', '{cors}:application', 'nestjs-cors'];

function asking(tenant?: string, signal = new AbortController().signal) {
  return { tenant, policy: 'default', signal };
}

async function rowsOf<T>(stored: AsyncIterable<T>): Promise<T[]> {
  const rows = [];
  for await (const row of stored) {
    rows.push(row);
  }
  return rows;
}

describe.each(SHAPES)('origins in Redis, over a client of the shape of %s', (_name, makeClient) => {
  let fake: FakeClient;
  let lookup: RedisOriginLookup;
  let list: RedisOriginList;

  beforeEach(() => {
    fake = makeClient();
    lookup = new RedisOriginLookup({ client: fake.client });
    list = new RedisOriginList({ client: fake.client });
  });

  /** Stores origins of a tenant as `add()` would. */
  function store(tenant: string, ...origins: string[]): void {
    fake.sets.set('{cors}:tenants', (fake.sets.get('{cors}:tenants') ?? new Set()).add(tenant));
    fake.sets.set(`{cors}:origins:${tenant}`, new Set(origins));
  }

  it('tenant: its set, the index and the set of every tenant are queried in one round trip', async () => {
    const answer = lookup.isOriginAllowed('https://a.example.com:8443', asking('acme'));
    const texts = [
      'https://a.example.com:8443',
      'https://a.example.com:*',
      'https://*.example.com:8443',
      'https://*.example.com:*',
    ];
    expect(fake.commands).toEqual([
      ['SMISMEMBER', '{cors}:origins:', ...texts],
      ['SMISMEMBER', '{cors}:tenants', 'acme'],
      ['SMISMEMBER', '{cors}:origins:acme', ...texts],
      // Behind the sets: they are read before the keys could have become another application's.
      OWNER,
    ]);
    expect(await answer).toBe(false);
  });

  it.each([undefined, ''])('no tenant, given as %p: makes one query', async (tenant) => {
    fake.sets.set('{cors}:origins:', new Set([APP]));
    expect(await lookup.isOriginAllowed(APP, asking(tenant))).toBe(true);
    expect(fake.commands.map(([, key]) => key)).toEqual(['{cors}:origins:', '{cors}:application']);
  });

  it.each([
    ['the origin', APP],
    ['a pattern for its labels', 'https://*.example.com'],
    ['a pattern for its port', 'https://app.example.com:*'],
  ])('stored entry: is allowed by %s', async (_what, text) => {
    store('acme', text);
    expect(await lookup.isOriginAllowed(APP, asking('acme'))).toBe(true);
    expect(await lookup.isOriginAllowed(APP, asking('other'))).toBe(false);
  });

  it('tenant that the index has lost: is refused by lookup and list', async () => {
    store('acme', APP);
    fake.sets.delete('{cors}:tenants');
    expect(await lookup.isOriginAllowed(APP, asking('acme'))).toBe(false);
    expect(await rowsOf(list.loadOrigins(asking()))).toEqual([]);
    expect(await rowsOf(list.loadOrigin(APP, asking()))).toEqual([]);
  });

  it("tenant that Redis cannot hold, whose set would be another tenant's: makes no query", async () => {
    store('\ufffd', APP);
    expect(await lookup.isOriginAllowed(APP, asking('\ud800'))).toBe(false);
    expect(fake.commands.map(([, key]) => key)).toEqual(['{cors}:origins:', '{cors}:application']);
    expect(await rowsOf(list.loadOrigin('\ud800', asking()))).toEqual([]);
  });

  it.each(['\ud800', 'a\udc00b', 7, null])('tenant %j, which Redis cannot hold: is not added', async (tenant) => {
    await expect(lookup.add(APP, tenant as string)).rejects.toThrow(
      /^`tenant` must be a string without lone surrogates/,
    );
    expect(fake.commands).toEqual([]);
  });

  it.each([
    ['\ud800', 'acme'],
    [APP, '\ud800'],
  ])('are not removed where Redis cannot hold them: %j of %j', async (origin, tenant) => {
    expect(await lookup.remove(origin, tenant)).toBe(false);
    expect(fake.commands).toEqual([]);
  });

  it('prefix and tenant: have keys that no other pair has', async () => {
    const names = ['', 'a', 'tenants', 'application', 'a:tenants', 'origins', 'origins:', ':', '%', '%3A', '%74enants'];
    const prefixes = ['p', 'p:origins', 'p:origins:', 'p:tenants', 'p:', 'p%', 'p:origins:a'];
    const keys = prefixes.flatMap((prefix) => {
      const made = new RedisKeys(prefix, undefined);
      return [made.tenants, made.application, ...names.map((name) => made.origins(name))];
    });
    expect(new Set(keys).size).toBe(prefixes.length * (names.length + 2));
  });

  it('string that is no origin: makes no query', async () => {
    expect(await lookup.isOriginAllowed('null', asking())).toBe(false);
    expect(fake.commands).toEqual([]);
  });

  it.each([2, 'yes', null, undefined, {}, [1], 1n, Number.NaN])('reply %p: is refused', async (reply) => {
    fake.reply = () => reply;
    expect(await lookup.isOriginAllowed(APP, asking())).toBe(false);
  });

  it.each([1, true, '1'])('reply %p: is allowed', async (reply) => {
    fake.reply = () => reply;
    expect(await lookup.isOriginAllowed(APP, asking())).toBe(true);
  });

  it('outage that the driver knows of: are refused at once, without a query', async () => {
    fake.goOffline();
    await expect(lookup.isOriginAllowed(APP, asking())).rejects.toThrow(/client is not connected/);
    expect(fake.commands).toEqual([]);
  });

  it('deadline: are given up, whatever the driver does', async () => {
    const deadline = new AbortController();
    fake.sets.get = () => {
      throw new Error('too late to matter');
    };
    const answer = lookup.isOriginAllowed(APP, asking('acme', deadline.signal));
    deadline.abort(new Error('deadline'));
    await expect(answer).rejects.toThrow('deadline');
    await expect(lookup.isOriginAllowed(APP, asking('acme', deadline.signal))).rejects.toThrow('deadline');
    await expect(list.loadOrigins(asking('', deadline.signal)).next()).rejects.toThrow('deadline');
  });

  it('list: is read page after page, each tenant once, every tenant with or without its entry in the index', async () => {
    const many = Array.from({ length: 2500 }, (_, index) => `https://${index}.example.com`);
    fake.sets.set('{cors}:origins:', new Set([APP]));
    store('acme', APP);
    store('big', ...many);
    expect(await rowsOf(list.loadOrigins(asking()))).toEqual([
      { id: '{cors}:origins:', origin: APP, tenant: '' },
      { id: '{cors}:origins:acme', origin: APP, tenant: 'acme' },
      ...many.map((origin) => ({ id: '{cors}:origins:big', origin, tenant: 'big' })),
    ]);
    expect(await rowsOf(list.loadOrigin(APP, asking()))).toEqual([
      { id: '{cors}:origins:', origin: APP, tenant: '' },
      { id: '{cors}:origins:acme', origin: APP, tenant: 'acme' },
    ]);
    expect(await rowsOf(list.loadOrigin('https://gone.example', asking()))).toEqual([]);
  });

  it('`pageSize`: is the size of the pages', async () => {
    store('acme', 'https://a.example.com', 'https://b.example.com', 'https://c.example.com');
    const paged = new RedisOriginList({ client: fake.client, pageSize: 2 });
    expect(await rowsOf(paged.loadOrigins(asking()))).toHaveLength(3);
    const reads = (pages: readonly unknown[][]) => pages.filter(([name, key]) => name === 'SSCAN' && key === ACME);
    expect(reads(fake.commands)).toHaveLength(2);
    await rowsOf(list.loadOrigins(asking()));
    expect(reads(fake.commands)).toHaveLength(3);
  });

  it('missing reply: is not taken for an empty list', async () => {
    Object.assign(fake.client, { eval: async () => null });
    await expect(rowsOf(list.loadOrigin(APP, asking()))).rejects.toThrow('Redis returned no list');
  });

  it('write: changes and publishes by one script', async () => {
    expect(await lookup.add(APP, 'acme')).toBe(true);
    expect(await list.remove('no origin')).toBe(true);
    await lookup.remove(APP, 'x'.repeat(10_000));
    const scripts = fake.commands.filter(([command]) => command === 'EVAL');
    expect(fake.commands.filter((command) => !scripts.includes(command))).toEqual([OWNER, OWNER, OWNER]);
    expect(scripts.map(([, ...values]) => values)).toEqual([
      // prettier-ignore
      ['{cors}:origins:acme', '{cors}:tenants', APP, 'acme', '{cors}:changes', `{"origin":"${APP}","tenant":"acme"}`],
      ['{cors}:origins:', '{cors}:tenants', 'no origin', '', '{cors}:changes', '{"origin":"no origin"}'],
      [expect.any(String), '{cors}:tenants', APP, 'x'.repeat(10_000), '{cors}:changes', '{}'],
    ]);
  });

  it('nonstandard origin: is written and queried, because the policy decides', async () => {
    expect(await lookup.add('file://', 'acme')).toBe(true);
    await lookup.isOriginAllowed('file://', asking('acme'));
    expect(fake.commands.filter((command) => command.includes('file://')).length).toBeGreaterThan(1);
    const before = fake.commands.length;
    expect(await lookup.isOriginAllowed('file:///', asking('acme'))).toBe(false);
    expect(fake.commands).toHaveLength(before);
  });

  it.each([
    [
      'https://Example.com/',
      'malformed-origin',
      'must be an origin without a slash at the end',
      'Write "https://example.com".',
    ],
    ['https://*.co.uk', 'public-suffix', 'Anyone can register a name there', '"https://*.example.co.uk"'],
    ['null', 'null-origin', 'sandboxed frame', 'an origin of its own'],
    ['*', 'wildcard-in-list', 'is not an origin', "`origin: '*'`"],
    ['', 'malformed-origin', 'must be an origin; got ""', 'https://app.example.com'],
    [7, 'invalid-value', '7 is not a string', 'as a string'],
  ])('%p: is not added', async (origin, code, message, hint) => {
    const error = await lookup.add(origin as string).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidOriginError);
    const { problem, message: whole } = error as InvalidOriginError;
    expect(problem).toMatchObject({ code, path: 'origin', value: origin });
    expect(problem.message).toContain(message);
    expect(problem.hint).toContain(hint);
    expect(whole).toBe(`${problem.message} ${problem.hint}`);
    expect(fake.commands).toEqual([]);
  });

  it('prefix and channel: are used for keys and messages', async () => {
    const others = new RedisOriginLookup({ client: fake.client, prefix: 'app:cors', channel: 'news' });
    await others.add(APP, 'a:b');
    expect(fake.commands[1]?.slice(1, 6)).toEqual(['app:cors:origins:a%3Ab', 'app:cors:tenants', APP, 'a:b', 'news']);
  });
});

describe('the client of origins in Redis', () => {
  it.each([
    [
      undefined,
      /^`client` must be a client of ioredis or redis \(node-redis\); got (?:undefined|null|"redis:.*")\. Pass/,
    ],
    [null, /^`client` must be a client of ioredis or redis \(node-redis\); got (?:undefined|null|"redis:.*")\. Pass/],
    [
      'redis://localhost',
      /^`client` must be a client of ioredis or redis \(node-redis\); got (?:undefined|null|"redis:.*")\. Pass/,
    ],
    [Promise.resolve(fakeIoredis().client), /^`client` must be .*; got a promise\. Await it first/],
    [{}, /^`client` must be .*; got another object\./],
    [{ status: 'ready' }, /^`client` must be .*; got another object\./],
    [{ ...fakeNodeRedis(6).client, duplicate: undefined }, /^`client` must be .*; got another object\./],
  ])('%p: is refused', (client, message) => {
    expect(() => new RedisOriginLookup({ client: client as RedisClient })).toThrow(message);
  });

  it('class that Nest makes by itself: is reported as missing', () => {
    const Provider = RedisOriginList as unknown as new () => RedisOriginList;
    expect(() => new Provider()).toThrow(
      /^`client` must be a client of ioredis or redis \(node-redis\); got (?:undefined|null|"redis:.*")\. Pass/,
    );
  });

  it('client of node-redis that was never connected: says what to do', async () => {
    const { client } = fakeNodeRedis(6);
    const lookup = new RedisOriginLookup({ client: Object.assign(client, { isOpen: false, isReady: false }) });
    await expect(lookup.isOriginAllowed(APP, asking())).rejects.toThrow('call `await client.connect()`');
  });

  it.each(['wait', 'connecting', 'connect'])('may have just been made: ioredis with status %s', async (status) => {
    const { client } = fakeIoredis();
    const lookup = new RedisOriginLookup({ client: Object.assign(client, { status }) });
    expect(await lookup.isOriginAllowed(APP, asking())).toBe(false);
  });

  it.each([
    [{ prefix: '' }, /`prefix`/],
    [{ prefix: 1 }, /`prefix`/],
    [{ prefix: '\ud800' }, /`prefix`/],
    [{ application: '' }, /`application`/],
    [{ application: null }, /`application`/],
    [{ channel: '' }, /`channel`/],
    [{ pageSize: 0 }, /^`pageSize` must be an integer from 1 to 1000000; got 0\./],
    [{ queryTimeout: 99 }, /^`queryTimeout` must be an integer from 100 to 3600000; got 99\./],
    [{ heartbeatInterval: 99 }, /^`heartbeatInterval` must be an integer from 100 to 3600000; got 99\./],
    [{ heartbeatInterval: Number.NaN }, /^`heartbeatInterval` must be an integer from 100 to 3600000; got NaN\./],
    [{ heartbeatTimeout: '100' }, /^`heartbeatTimeout` must be an integer from .*; got 100\./],
  ])('options %j: are checked', (options, message) => {
    const { client } = fakeIoredis();
    expect(() => new RedisOriginList({ client, ...options } as never)).toThrow(message);
  });

  it.each(['cors', 'cors{}', '}cors{', 'cors{'])('cluster and %j, which has no hash tag: is refused', (prefix) => {
    const client = Object.assign(fakeIoredis().client, { isCluster: true });
    expect(() => new RedisOriginLookup({ client, prefix })).toThrow(
      /^`prefix` must have a hash tag in Redis Cluster.*Write prefix: '\{cors\}'$/,
    );
  });

  it('subclasses: see no internal member', () => {
    class Customers extends RedisOriginLookup {
      // @ts-expect-error the sets are internal
      readonly sets: unknown = this.originSets;
    }
    expect(new Customers({ client: fakeIoredis().client }).sets).toBeUndefined();
  });

  it('both drivers: their types fit', () => {
    const clients = (
      ioredis5: Redis5,
      ioredis6: Redis6,
      cluster6: Cluster6,
      nodeRedis: ReturnType<typeof createClient>,
      nodeRedisCluster: ReturnType<typeof createCluster>,
    ): RedisClient[] => [ioredis5, ioredis6, cluster6, nodeRedis, nodeRedisCluster];
    expect(clients).toHaveLength(5);
    // @ts-expect-error another database's client is no client
    const other: RedisClient = { query: () => {} };
    expect(() => new RedisOriginLookup({ client: other })).toThrow(/^`client` must be .*; got another object\./);
  });
});
