import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { ForeignKeysError, RedisOriginList, RedisOriginLookup } from '../../../lib/entry-points/redis/index.js';
import { type FakeClient, SHAPES } from './fake-clients.js';

const APP = 'https://app.example.com';
const asking = (tenant?: string) => ({ tenant, policy: 'default', signal: new AbortController().signal });

describe.each(SHAPES)('the keys of one application, over a client of the shape of %s', (_name, makeClient) => {
  let fake: FakeClient;
  let lines: string[];
  let subscription: Subscription | undefined;

  beforeEach(() => {
    fake = makeClient();
    lines = [];
    subscription = undefined;
    for (const method of ['log', 'warn', 'error', 'debug'] as const) {
      jest
        .spyOn(Logger.prototype, method)
        .mockImplementation((line: unknown) => void lines.push(`${method}: ${String(line)}`));
    }
  });

  afterEach(() => {
    subscription?.unsubscribe();
    jest.restoreAllMocks();
  });

  const of = (application?: string) => new RedisOriginList({ client: fake.client, application });
  const lookupOf = (application?: string) => new RedisOriginLookup({ client: fake.client, application });
  const pass = () => new Promise((resolve) => setImmediate(resolve));

  it('first use: claims them, under the name of its package', async () => {
    await lookupOf().isOriginAllowed(APP, asking());
    expect(fake.sets.get('{cors}:application')).toEqual(new Set(['nestjs-cors']));
    expect(await of().add(APP)).toBe(true);
  });

  it('another application: neither reads nor writes them, and is told whose they are and what to write', async () => {
    await of('shop').add(APP);
    fake.sets.set('{cors}:origins:', new Set([APP]));
    fake.commands.length = 0;
    const other = of('billing');
    for (const use of [
      () => lookupOf('billing').isOriginAllowed(APP, asking()),
      () => other.loadOrigins(asking()).next(),
      () => other.loadOrigin(APP, asking()).next(),
      () => other.add('https://evil.example'),
      () => other.remove(APP),
    ]) {
      const error = await use().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ForeignKeysError);
      expect(String(error)).toContain('they belong to "shop", and this one is "billing"');
      expect(String(error)).toContain("`prefix: '{cors-billing}'`");
      expect(String(error)).toContain('`application: "shop"`');
    }
    expect(fake.commands.filter(([command]) => command === 'EVAL')).toEqual([]);
  });

  it('applications of one name: share them', async () => {
    await of('shop').add(APP);
    fake.sets.set('{cors}:origins:', new Set([APP]));
    expect(await lookupOf('shop').isOriginAllowed(APP, asking())).toBe(true);
  });

  it('keys of another application, or a change of everything: are checked again', async () => {
    fake.sets.set('{cors}:application', new Set(['shop']));
    const lookup = lookupOf('billing');
    await expect(lookup.isOriginAllowed(APP, asking())).rejects.toThrow(ForeignKeysError);
    fake.sets.clear();
    expect(await lookup.isOriginAllowed(APP, asking())).toBe(false);
    subscription = lookup.changes.subscribe();
    await pass();
    fake.sets.set('{cors}:application', new Set(['shop']));
    fake.connections[0]?.receive('{}');
    await expect(lookup.isOriginAllowed(APP, asking())).rejects.toThrow(ForeignKeysError);
  });

  it("start with another application's keys: is logged once", async () => {
    fake.sets.set('{cors}:application', new Set(['shop']));
    subscription = lookupOf('billing').changes.subscribe();
    await pass();
    fake.connections[0]?.receive('{}');
    await pass();
    expect(lines).toEqual([
      expect.stringMatching(/^error: The keys of Redis with the prefix "\{cors\}" must be those/),
    ]);
  });

  it('user who may not claim them: may read them', async () => {
    const refuse = () => Promise.reject(new Error('NOPERM this user has no permissions'));
    Object.assign(fake.client, { eval: refuse });
    expect(await lookupOf('shop').isOriginAllowed(APP, asking())).toBe(false);
    fake.sets.set('{cors}:application', new Set(['shop']));
    expect(await lookupOf('shop').isOriginAllowed(APP, asking())).toBe(false);
    await expect(lookupOf('billing').isOriginAllowed(APP, asking())).rejects.toThrow(ForeignKeysError);
  });

  it.each([
    ['MOVED 3999 10.0.0.1:6381', /^Redis answered MOVED: the server is a node of a Redis Cluster.*createCluster/],
    ['ASK 3999 10.0.0.1:6381', /^Redis answered ASK: /],
    ["CROSSSLOT Keys in request don't hash to the same slot", /^Redis answered CROSSSLOT: .*`prefix: '\{cors\}'`/],
    ['CLUSTERDOWN Hash slot not served', /^Redis answered CLUSTERDOWN: /],
    ["READONLY You can't write against a read only replica.", /^Redis answered READONLY: .* primary/],
    ["NOPERM User acme has no permissions to run the 'get' command", /^Redis answered NOPERM: .*\+smismember/],
    ['WRONGTYPE Operation against a key', /^Redis answered WRONGTYPE: /],
    ["OOM command not allowed when used memory > 'maxmemory'.", /^Redis answered OOM: /],
  ])('failure: says what to do, without what Redis said of keys: %s', async (said, message) => {
    const refuse = () => Promise.reject(new Error(said));
    Object.assign(fake.client, { eval: refuse, sscan: refuse, sScan: refuse, smismember: refuse, smIsMember: refuse });
    for (const use of [
      () => lookupOf().isOriginAllowed(APP, asking()),
      () => of().loadOrigins(asking()).next(),
      () => of().add(APP),
    ]) {
      const error = (await use().catch((reason: unknown) => reason)) as Error;
      expect(error.message).toMatch(message);
      expect(error.message).not.toContain('10.0.0.1');
      expect((error.cause as Error).message).toBe(said);
    }
  });

  it("failure with nothing to add: is the driver's", async () => {
    const refuse = () => Promise.reject(new Error('ERR something else'));
    Object.assign(fake.client, { eval: refuse });
    await expect(of().add(APP)).rejects.toThrow(/^ERR something else$/);
  });

  describe('on a server', () => {
    async function connect(...stores: RedisOriginLookup[]): Promise<void> {
      const all = stores.map(({ changes }) => changes.subscribe());
      await pass();
      await pass();
      all.forEach((each) => each.unsubscribe());
    }

    it.each(['allkeys-lru', 'allkeys-lfu', 'allkeys-random'])('eviction by %s: is warned of once', async (policy) => {
      fake.info = `used_memory:1\r\nmaxmemory_policy:${policy}\r\n`;
      await connect(lookupOf(), lookupOf());
      await connect(lookupOf());
      expect(lines).toEqual([
        expect.stringMatching(
          new RegExp(`^warn: maxmemory-policy of Redis must keep .*; got ${policy}, .* noeviction$`),
        ),
      ]);
    });

    it.each(['noeviction', 'volatile-lru', 'volatile-ttl'])(
      'eviction that spares what never expires: is not warned of: %s',
      async (policy) => {
        fake.info = `maxmemory_policy:${policy}\r\n`;
        await connect(lookupOf());
        expect(lines).toEqual([]);
      },
    );

    it('server that does not say: is noted at debug level alone', async () => {
      fake.info = new Error("NOPERM this user has no permissions to run the 'info' command");
      await connect(lookupOf());
      expect(lines).toEqual([expect.stringMatching(/^debug: maxmemory-policy of Redis is not known/)]);
    });

    it('server that is not there: is checked later', async () => {
      fake.info = new Error('connect ECONNREFUSED');
      await connect(lookupOf());
      expect(lines).toEqual([]);
      fake.info = 'maxmemory_policy:allkeys-lru';
      await connect(lookupOf());
      expect(lines).toHaveLength(1);
    });
  });
});
