import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { OriginRow } from '../../lib/options/index.js';
import { RedisOriginList, RedisOriginLookup } from '../../lib/entry-points/redis/index.js';
import { HeardChanges } from './redis-changes.js';
import { until } from './until.js';
import { CONNECTION_NAME, type ConnectedClient, DRIVERS, serverUrl } from './redis-drivers.js';
import { RedisServer } from './redis-server.js';
import { TcpProxy } from './tcp-proxy.js';

const APP = 'https://app.example.com';
const run = promisify(execFile);

function asking(tenant?: string, signal = new AbortController().signal) {
  return { tenant, policy: 'default', signal };
}

describe.each(DRIVERS)('origins in Redis, over $name', (driver) => {
  let prefix: string;
  let application: ConnectedClient;
  let lookup: RedisOriginLookup;
  let list: RedisOriginList;
  let heard: HeardChanges[];
  let lines: string[];

  beforeAll(async () => {
    application = await driver.connect(serverUrl);
  });

  afterAll(async () => {
    await application.close();
  });

  beforeEach(() => {
    prefix = `{nestjs-cors-test-${randomUUID()}}`;
    lookup = new RedisOriginLookup({ client: application.client, prefix });
    list = new RedisOriginList({ client: application.client, prefix });
    heard = [];
    lines = [];
    for (const method of ['log', 'warn', 'error'] as const) {
      jest
        .spyOn(Logger.prototype, method)
        .mockImplementation((line: unknown) => void lines.push(`${method}: ${String(line)}`));
    }
  });

  afterEach(async () => {
    heard.forEach((changes) => changes.stop());
    jest.restoreAllMocks();
    const keys = (await application.command('KEYS', `${prefix.replace(/[{}]/g, '?')}*`)) as string[];
    if (keys.length > 0) {
      await application.command('DEL', ...keys);
    }
  });

  /** Hears changes from now on; the connection has been made. */
  async function hearing({ changes }: Pick<RedisOriginLookup, 'changes'> = lookup): Promise<HeardChanges> {
    const changesHeard = new HeardChanges(changes);
    heard.push(changesHeard);
    expect(await changesHeard.next()).toEqual({});
    return changesHeard;
  }

  async function rowsOf(stored: AsyncIterable<OriginRow>): Promise<string[]> {
    const rows: string[] = [];
    for await (const { origin, tenant, id } of stored) {
      expect(String(id).slice(0, `${prefix}:origins:`.length)).toBe(`${prefix}:origins:`);
      rows.push(`${tenant}|${origin}`);
    }
    return rows.sort();
  }

  const all = () => rowsOf(list.loadOrigins(asking()));
  const of = (origin: string) => rowsOf(list.loadOrigin(origin, asking()));

  /** Connections of this test run, as the server lists them. */
  async function connections(asked = application): Promise<string[]> {
    const clients = String(await asked.command('CLIENT', 'LIST'));
    return clients.split('\n').filter((line) => line.includes(` name=${CONNECTION_NAME} `));
  }

  async function subscriberId(asked = application): Promise<string> {
    const line = (await connections(asked)).find((each) => / sub=1 /.test(each));
    return /^id=(\d+)/.exec(line ?? '')?.[1] ?? '';
  }

  it('added origin: is allowed for its tenant', async () => {
    expect(await lookup.isOriginAllowed(APP, asking('acme'))).toBe(false);
    expect(await lookup.add(APP, 'acme')).toBe(true);
    expect(await lookup.add(APP, 'acme')).toBe(false);
    expect(await lookup.isOriginAllowed(APP, asking('acme'))).toBe(true);
    expect(await lookup.isOriginAllowed(APP, asking('other'))).toBe(false);
    expect(await lookup.isOriginAllowed(APP, asking())).toBe(false);
    expect(await lookup.remove(APP, 'acme')).toBe(true);
    expect(await lookup.remove(APP, 'acme')).toBe(false);
    expect(await lookup.isOriginAllowed(APP, asking('acme'))).toBe(false);
  });

  it('origin added without a tenant: is allowed for every tenant', async () => {
    await lookup.add(APP);
    for (const tenant of [undefined, '', 'acme']) {
      expect(await lookup.isOriginAllowed(APP, asking(tenant))).toBe(true);
    }
  });

  it('patterns: allow their origins, except over a public suffix', async () => {
    await lookup.add('https://*.example.com', 'acme');
    await lookup.add('http://localhost:*', 'acme');
    await application.command('SADD', `${prefix}:origins:acme`, 'https://*.github.io', '*', 'null');
    await application.command('SADD', `${prefix}:origins:acme`, 'https://*.amazonaws.com', 'file://');
    const allowed = (origin: string) => lookup.isOriginAllowed(origin, asking('acme'));
    expect(await allowed('https://a.b.example.com')).toBe(true);
    expect(await allowed('http://localhost:5173')).toBe(true);
    expect(await allowed('https://example.com')).toBe(false);
    expect(await allowed('https://a.example.com:8443')).toBe(false);
    expect(await allowed('https://evil.github.io')).toBe(false);
    expect(await allowed('https://bucket.s3.amazonaws.com')).toBe(false);
    expect(await allowed('file://')).toBe(true);
    expect(await allowed('app://.')).toBe(false);
    expect(await allowed('null')).toBe(false);
    expect(await allowed('*')).toBe(false);
  });

  it('tenants of any name: are told apart', async () => {
    const names = ['a', 'a:b', 'tenants', 'changes', '{x}', '}{', '*', 'a\r\nb', 'ü', '__proto__', ' ', ':'];
    for (const [index, name] of names.entries()) {
      await lookup.add(`https://${index}.example.com`, name);
    }
    for (const [index, name] of names.entries()) {
      for (const asked of names.keys()) {
        expect(await lookup.isOriginAllowed(`https://${asked}.example.com`, asking(name))).toBe(asked === index);
      }
    }
    expect(await all()).toEqual(names.map((name, index) => `${name}|https://${index}.example.com`).sort());
  });

  it('two prefixes and tenants that join to one name: are told apart', async () => {
    const names = ['', 'tenants', 'application', 'a', 'origins', 'origins:a', 'a:tenants', '%', '%3A', '%74enants'];
    const prefixes = [prefix, `${prefix}:origins`, `${prefix}:origins:`, `${prefix}:tenants`, `${prefix}:`];
    const stores = prefixes.map((each) => new RedisOriginList({ client: application.client, prefix: each }));
    for (const [place, store] of stores.entries()) {
      for (const [index, name] of names.entries()) {
        await store.add(`https://p${place}-t${index}.example.com`, name);
      }
    }
    for (const [place, store] of stores.entries()) {
      const rows: string[] = [];
      for await (const { origin, tenant } of store.loadOrigins(asking())) {
        rows.push(`${tenant}|${origin}`);
      }
      expect(rows.sort()).toEqual(names.map((name, index) => `${name}|https://p${place}-t${index}.example.com`).sort());
    }
  });

  it('tenant names that Redis writes alike: share no set', async () => {
    await lookup.add(APP, '\ufffd');
    expect(await lookup.isOriginAllowed(APP, asking('\ufffd'))).toBe(true);
    for (const tenant of ['\ud800', '\udc00', '\ud801']) {
      expect(await lookup.isOriginAllowed(APP, asking(tenant))).toBe(false);
      await expect(lookup.add(APP, tenant)).rejects.toThrow('`tenant` must be a string without lone surrogates');
      expect(await lookup.remove(APP, tenant)).toBe(false);
    }
    expect(await all()).toEqual([`\ufffd|${APP}`]);
  });

  it('any lost key: list and lookup agree', async () => {
    for (const lost of [`${prefix}:tenants`, `${prefix}:origins:acme`, `${prefix}:origins:`, `${prefix}:application`]) {
      await lookup.add(APP, 'acme');
      await lookup.add('https://all.example.com');
      expect(await application.command('DEL', lost)).toBe(1);
      const rows = await all();
      expect(await lookup.isOriginAllowed(APP, asking('acme'))).toBe(rows.includes(`acme|${APP}`));
      expect(await lookup.isOriginAllowed('https://all.example.com', asking('acme'))).toBe(
        rows.includes('|https://all.example.com'),
      );
      expect(await of(APP)).toEqual(rows.filter((row) => row.endsWith(APP)));
    }
  });

  it('prefix of another application: refuses, and names both applications', async () => {
    await new RedisOriginList({ client: application.client, prefix, application: 'shop' }).add(APP);
    const billing = { client: application.client, prefix, application: 'billing' };
    const message = 'they belong to "shop", and this one is "billing"';
    await expect(new RedisOriginLookup(billing).isOriginAllowed(APP, asking())).rejects.toThrow(message);
    await expect(new RedisOriginList(billing).loadOrigins(asking()).next()).rejects.toThrow(message);
    await expect(new RedisOriginList(billing).add(APP)).rejects.toThrow(message);
    await expect(new RedisOriginList(billing).remove(APP)).rejects.toThrow(message);
    const changes = await hearing(new RedisOriginLookup(billing));
    await until(() => lines.length > 0);
    changes.stop();
    expect(lines).toEqual([expect.stringContaining(message)]);
    const same = new RedisOriginLookup({ client: application.client, prefix, application: 'shop' });
    expect(await same.isOriginAllowed(APP, asking())).toBe(true);
  });

  it('prefix taken by another application after the keys were lost: reads nothing of it', async () => {
    const shop = { client: application.client, prefix, application: 'shop' };
    const [shopLookup, shopList] = [new RedisOriginLookup(shop), new RedisOriginList(shop)];
    await shopList.add(APP);
    expect(await shopLookup.isOriginAllowed(APP, asking())).toBe(true);
    // As after FLUSHALL, or after an eviction of the name alone.
    await application.command('DEL', `${prefix}:application`);
    await new RedisOriginList({ ...shop, application: 'billing' }).add('https://billing.example.com');
    const message = 'they belong to "billing", and this one is "shop"';
    await expect(shopLookup.isOriginAllowed('https://billing.example.com', asking())).rejects.toThrow(message);
    await expect(shopList.loadOrigins(asking()).next()).rejects.toThrow(message);
    await expect(shopList.loadOrigin(APP, asking()).next()).rejects.toThrow(message);
    await expect(shopList.add(APP)).rejects.toThrow(message);
    await expect(shopList.remove(APP)).rejects.toThrow(message);
  });

  it('prefix taken during a reading: the reading is discarded', async () => {
    const shop = { client: application.client, prefix, application: 'shop' };
    const shopList = new RedisOriginList(shop);
    await shopList.add(APP);
    const rows = shopList.loadOrigins(asking());
    await rows.next();
    await application.command('DEL', `${prefix}:application`);
    await new RedisOriginList({ ...shop, application: 'billing' }).add('https://billing.example.com');
    await expect(rowsOf(rows)).rejects.toThrow('they belong to "billing", and this one is "shop"');
  });

  it('lost owner key: claims the prefix again', async () => {
    await lookup.add(APP);
    await application.command('DEL', `${prefix}:application`);
    expect(await lookup.isOriginAllowed(APP, asking())).toBe(true);
    expect(await application.command('EXISTS', `${prefix}:application`)).toBe(1);
  });

  it.each([
    ['allkeys-lru', 1],
    ['volatile-lru', 0],
    ['noeviction', 0],
  ])('maxmemory-policy %s: says at the start whether the server may drop origins', async (policy, expected) => {
    const server = await RedisServer.start('--maxmemory-policy', policy, '--maxmemory', '50mb');
    const client = await driver.connect(server.url);
    try {
      const changes = await hearing(new RedisOriginLookup({ client: client.client, prefix }));
      await until(() => lines.length >= expected);
      changes.stop();
      expect(lines).toHaveLength(expected);
      expect(lines.every((line) => line.startsWith(`warn: maxmemory-policy of Redis must keep`))).toBe(true);
    } finally {
      await client.close();
      await server.remove();
    }
  });

  it('node of a cluster with a single-server client: says which client it needs', async () => {
    const server = await RedisServer.start('--cluster-enabled', 'yes');
    const client = await driver.connect(server.url);
    try {
      // Another node that has the slots, which MOVED then names.
      await client.command('CLUSTER', 'ADDSLOTSRANGE', '0', '100');
      await client.command('CONFIG', 'SET', 'cluster-require-full-coverage', 'no');
      const message = /^Redis answered (MOVED|CLUSTERDOWN): /;
      const lookupThere = new RedisOriginLookup({ client: client.client, prefix });
      await expect(lookupThere.isOriginAllowed(APP, asking('acme'))).rejects.toThrow(message);
      await expect(lookupThere.add(APP)).rejects.toThrow(message);
    } finally {
      await client.close();
      await server.remove();
    }
  });

  it('list: has what is stored, and forgets a tenant with its last origin', async () => {
    expect(await all()).toEqual([]);
    await list.add(APP);
    await list.add(APP, 'acme');
    await list.add('https://*.example.com', 'acme');
    expect(await all()).toEqual([`acme|https://*.example.com`, `acme|${APP}`, `|${APP}`].sort());
    expect(await of(APP)).toEqual([`acme|${APP}`, `|${APP}`].sort());
    expect(await of('https://other.example.com')).toEqual([]);
    await list.remove(APP, 'acme');
    expect(await application.command('SMEMBERS', `${prefix}:tenants`)).toEqual(expect.arrayContaining(['', 'acme']));
    await list.remove('https://*.example.com', 'acme');
    expect(await application.command('SMEMBERS', `${prefix}:tenants`)).toEqual(['']);
  });

  it('many tenants and large sets: are listed whole', async () => {
    const expected: string[] = [];
    const tenants = Array.from({ length: 1500 }, (_, index) => `tenant-${index}`);
    await application.command('SADD', `${prefix}:tenants`, ...tenants);
    for (const tenant of tenants) {
      await application.command('SADD', `${prefix}:origins:${tenant}`, `https://${tenant}.example.com`);
      expected.push(`${tenant}|https://${tenant}.example.com`);
    }
    const origins = Array.from({ length: 5000 }, (_, index) => `https://${index}.example.com`);
    await application.command('SADD', `${prefix}:origins:tenant-7`, ...origins);
    expected.push(...origins.map((origin) => `tenant-7|${origin}`));
    expect([...new Set(await all())]).toEqual(expected.sort());
    expect(await of('https://42.example.com')).toEqual(['tenant-7|https://42.example.com']);
  });

  it('deadline passed: stops reading', async () => {
    await list.add(APP, 'acme');
    const deadline = new AbortController();
    const rows = list.loadOrigins(asking(undefined, deadline.signal));
    deadline.abort(new Error('too late'));
    await expect(rows.next()).rejects.toThrow('too late');
  });

  it('value that is no origin: is refused with what to write', async () => {
    await expect(lookup.add('https://Example.com/')).rejects.toMatchObject({
      name: 'InvalidOriginError',
      problem: { code: 'malformed-origin', hint: 'Write "https://example.com".' },
    });
    await expect(lookup.add('https://*.co.uk')).rejects.toMatchObject({ problem: { code: 'public-suffix' } });
    expect(await all()).toEqual([]);
  });

  it('change by another instance: is announced', async () => {
    const changes = await hearing();
    await list.add(APP, 'acme');
    expect(await changes.next()).toEqual({ origin: APP, tenant: 'acme' });
    await list.remove('https://*.example.com');
    expect(await changes.next()).toEqual({ origin: 'https://*.example.com' });
  });

  it('change published with redis-cli: is announced', async () => {
    const changes = await hearing();
    const publish = (payload: string) =>
      run('redis-cli', ['-u', serverUrl, 'PUBLISH', `${prefix}:changes`, payload]).then(({ stdout }) => stdout.trim());
    expect(await publish('{"origin":"https://app.example.com","tenant":"acme"}')).toBe('1');
    expect(await changes.next()).toEqual({ origin: APP, tenant: 'acme' });
    await publish('{}');
    expect(await changes.next()).toEqual({});
    await publish('{"tenant":"acme"}');
    expect(await changes.next()).toEqual({ tenant: 'acme' });
  });

  it('unreadable message, also of 10 MB: is a change of everything, and is logged once', async () => {
    const changes = await hearing();
    const payloads = ['x'.repeat(10_000_000), 'no JSON', '[]', 'null', '{"origin":1}', '', '\u0000\ud800'];
    for (const payload of payloads) {
      await application.command('PUBLISH', `${prefix}:changes`, payload);
      expect(await changes.next()).toEqual({});
    }
    await list.add(APP);
    expect(await changes.next()).toEqual({ origin: APP });
    expect(lines).toEqual([
      expect.stringMatching(/^warn: Something of 10000000 bytes on channel "[^"]+" of Redis is not a change/),
    ]);
  });

  it('several subscribers: share one connection, which closes after the last', async () => {
    const before = (await connections()).length;
    const first = await hearing();
    const second = await hearing();
    expect((await connections()).length).toBe(before + 1);
    first.stop();
    await list.add(APP);
    expect(await second.next()).toEqual({ origin: APP });
    second.stop();
    await until(async () => (await connections()).length === before);
    await hearing();
    expect((await connections()).length).toBe(before + 1);
  });

  it('killed connection: connects again, and announces a change of everything', async () => {
    const changes = await hearing();
    for (let kill = 0; kill < 3; kill++) {
      await application.command('CLIENT', 'KILL', 'ID', await subscriberId());
      expect(await changes.next()).toEqual({});
      await list.add(APP);
      expect(await changes.next()).toEqual({ origin: APP });
    }
    expect(changes.ended).toEqual([]);
    expect(lines.map((line) => line.split(':')[0])).toEqual(['warn', 'log', 'warn', 'log', 'warn', 'log']);
  });

  it('client that never reconnects by itself: connects again', async () => {
    const givingUp = await driver.connect(serverUrl, { reconnects: false });
    const changes = await hearing(new RedisOriginLookup({ client: givingUp.client, prefix }));
    await givingUp.close();
    await application.command('CLIENT', 'KILL', 'ID', await subscriberId());
    expect(await changes.next()).toEqual({});
    await list.add(APP);
    expect(await changes.next()).toEqual({ origin: APP });
  });

  it('stopped while it connects: leaves nothing behind', async () => {
    const before = (await connections()).length;
    for (let attempt = 0; attempt < 20; attempt++) {
      new HeardChanges(lookup.changes).stop();
    }
    const changes = await hearing();
    changes.stop();
    await until(async () => (await connections()).length === before);
    expect(lines).toEqual([]);
  });

  describe('network that fails', () => {
    let proxy: TcpProxy;
    let behind: ConnectedClient;
    let lookupBehind: RedisOriginLookup;

    beforeEach(async () => {
      const { hostname, port, username, password } = new URL(serverUrl);
      proxy = await TcpProxy.to({ host: hostname, port: Number(port || 6379) });
      const url = new URL(`redis://${proxy.host}:${proxy.port}`);
      Object.assign(url, { username, password });
      behind = await driver.connect(url.href);
      lookupBehind = new RedisOriginLookup({
        client: behind.client,
        prefix,
        heartbeatInterval: 300,
        heartbeatTimeout: 300,
      });
    });

    afterEach(async () => {
      heard.forEach((changes) => changes.stop());
      await behind.close();
      await proxy.close();
    });

    it('silent connection: is noticed, and changes arrive again when it is restored', async () => {
      await lookup.add(APP, 'acme');
      const changes = await hearing(lookupBehind);
      proxy.blackHole();
      await until(() => lines.length > 0);
      expect(lines[0]).toContain(
        `warn: Not listening on channel "${prefix}:changes" of Redis (The answer to a heartbeat took longer than 300 ms)`,
      );
      const late = lookupBehind.isOriginAllowed(APP, asking('acme', AbortSignal.timeout(200)));
      await expect(late).rejects.toThrow(/aborted due to timeout/);
      expect(changes.all).toHaveLength(1);

      proxy.restore();
      expect(await changes.next()).toEqual({});
      await lookup.add('https://new.example.com');
      expect(await changes.next()).toEqual({ origin: 'https://new.example.com' });
      expect(changes.ended).toEqual([]);
    });

    it('no server: lookups fail at once, and work when it is back', async () => {
      await lookup.add(APP, 'acme');
      const changes = await hearing(lookupBehind);
      proxy.cut();
      await until(() => lines.length > 0);
      const failed = await lookupBehind.isOriginAllowed(APP, asking('acme', AbortSignal.timeout(5000))).catch(String);
      expect(failed).toMatch(/client is not connected|closed|Reached the max retries/i);

      proxy.restore();
      expect(await changes.next()).toEqual({});
      await until(() => lookupBehind.isOriginAllowed(APP, asking('acme')).catch(() => false));
      expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    });
  });

  it('server restart: goes on afterwards', async () => {
    const server = await RedisServer.start();
    const client = await driver.connect(server.url);
    try {
      const origins = new RedisOriginLookup({ client: client.client, prefix });
      await origins.add(APP);
      const changes = await hearing(origins);
      await server.stop();
      await until(() => lines.length > 0);
      await server.start();
      expect(await changes.next()).toEqual({});
      await until(() =>
        client.command('PING').then(
          () => true,
          () => false,
        ),
      );
      expect(await origins.isOriginAllowed(APP, asking())).toBe(false);
      await origins.add(APP);
      expect(await changes.next()).toEqual({ origin: APP });
      expect(await origins.isOriginAllowed(APP, asking())).toBe(true);
      changes.stop();
      await until(async () => (await connections(client)).length === 1);
    } finally {
      await client.close();
      await server.remove();
    }
  });

  it('documented permissions: are enough', async () => {
    const server = await RedisServer.start(
      // prettier-ignore
      '--user',
      'cors',
      'on',
      '>secret',
      '~{cors}:*',
      '&{cors}:changes',
      '+smismember',
      '+sismember',
      '+sscan',
      '+subscribe',
      '+ping',
      '+eval',
      '+sadd',
      '+srem',
      '+exists',
      '+publish',
      '+info',
      '+client',
      '+hello',
      '+auth',
    );
    const client = await driver.connect(server.url.replace('//', '//cors:secret@'));
    try {
      const origins = new RedisOriginList({ client: client.client });
      const changes = await hearing(origins);
      await origins.add(APP, 'acme');
      expect(await changes.next()).toEqual({ origin: APP, tenant: 'acme' });
      const rows = [];
      for await (const row of origins.loadOrigins(asking())) {
        rows.push(row);
      }
      expect(rows).toEqual([{ id: '{cors}:origins:acme', origin: APP, tenant: 'acme' }]);
      expect(await new RedisOriginLookup({ client: client.client }).isOriginAllowed(APP, asking('acme'))).toBe(true);
      await origins.remove(APP, 'acme');
      const elsewhere = new HeardChanges(
        new RedisOriginLookup({ client: client.client, channel: 'elsewhere' }).changes,
      );
      await until(() => lines.length > 0);
      elsewhere.stop();
      changes.stop();
      expect(lines).toEqual([expect.stringMatching(/^warn: Not listening on channel "elsewhere" of Redis \(NOPERM /)]);
      expect(lines.join()).not.toContain('secret');
    } finally {
      await client.close();
      await server.remove();
    }
  });
});

describe.each(DRIVERS.filter(({ name }) => name.startsWith('ioredis')))(
  'origins in Redis with a keyPrefix, over $name',
  (driver) => {
    it('keyPrefix: stands before the keys, and not before the channel', async () => {
      const keyPrefix = `nestjs-cors-test-${randomUUID()}:`;
      const channel = `${keyPrefix}channel`;
      const client = await driver.connect(serverUrl, { keyPrefix });
      const origins = new RedisOriginLookup({ client: client.client, channel });
      const changes = new HeardChanges(origins.changes);
      try {
        expect(await changes.next()).toEqual({});
        await origins.add(APP, 'acme');
        expect(await changes.next()).toEqual({ origin: APP, tenant: 'acme' });
        expect(await origins.isOriginAllowed(APP, asking('acme'))).toBe(true);
        const { stdout } = await run('redis-cli', ['-u', serverUrl, 'SMEMBERS', `${keyPrefix}{cors}:origins:acme`]);
        expect(stdout.trim()).toBe(APP);
        await origins.remove(APP, 'acme');
        await run('redis-cli', [
          '-u',
          serverUrl,
          'DEL',
          `${keyPrefix}{cors}:application`,
          `${keyPrefix}{cors}:tenants`,
        ]);
      } finally {
        changes.stop();
        await client.close();
      }
    });
  },
);

describe('Redis server of these tests', () => {
  it('after all tests: is left as it was found', async () => {
    const [driver] = DRIVERS;
    const client = await (driver as (typeof DRIVERS)[number]).connect(serverUrl);
    try {
      await until(async () => {
        const clients = String(await client.command('CLIENT', 'LIST'));
        return clients.split('\n').filter((line) => line.includes(` name=${CONNECTION_NAME} `)).length === 1;
      });
      expect(await client.command('KEYS', '*nestjs-cors-test-*')).toEqual([]);
      expect(await client.command('PUBSUB', 'CHANNELS', '*nestjs-cors-test-*')).toEqual([]);
    } finally {
      await client.close();
    }
  });
});
