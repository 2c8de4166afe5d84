import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pgChannel } from '../../../lib/entry-points/postgres/pg-channel.js';
import { listenClientsOf } from '../../../lib/entry-points/postgres/pg-listen-client.js';
import type { PgPool } from '../../../lib/entry-points/postgres/postgres-clients.js';
import { listenOnce } from '../../../lib/entry-points/stores/channel.js';
import { FakePgClient } from './fake-pg-client.js';

describe('a listening connection of pg', () => {
  let client: FakePgClient;
  let heard: unknown[];
  let lost: unknown;
  let stop: AbortController;

  beforeEach(() => {
    jest.useFakeTimers();
    client = new FakePgClient();
    heard = [];
    lost = undefined;
    stop = new AbortController();
  });

  afterEach(() => {
    stop.abort();
    jest.useRealTimers();
  });

  async function listen(): Promise<void> {
    const channel = pgChannel(() => client, 'origins', { heartbeat: 10_000, answer: 5000 });
    const listening = () => void heard.push('listening');
    void listenOnce(channel, stop.signal, listening, (payload) => heard.push(payload)).then(
      (reason) => (lost = reason),
    );
    await pass();
  }

  const pass = (time = 0) => jest.advanceTimersByTimeAsync(time);

  it('opening: connects, listens, checks that, and keeps no process alive', async () => {
    await listen();
    expect(client.connected).toBe(true);
    expect(client.queries).toEqual([
      'listen "origins"',
      expect.stringMatching(/^select 1 from pg_catalog\.pg_listening_channels\(\) .* \| origins$/),
    ]);
    expect(client.unrefs).toBe(1);
    expect(heard).toEqual(['listening']);
  });

  it('notifications: hands over the payloads of its channel alone', async () => {
    await listen();
    client.notify('origins', 'a');
    client.notify('others', 'b');
    client.notify('origins');
    expect(heard).toEqual(['listening', 'a', '']);
  });

  it('heartbeat: checks that the session still listens, until it ends', async () => {
    await listen();
    await pass(100_000);
    expect(client.queries).toHaveLength(2 + 10);
    client.listening = false;
    await pass(10_000);
    expect(String(lost)).toMatch(/The session does not listen/);
    expect(client.ended).toBe(1);
  });

  it('no reply to the heartbeat: is lost and closed', async () => {
    await listen();
    client.hangs.add('query');
    await pass(15_000);
    expect(lost).toEqual(new Error('The answer to a heartbeat took longer than 5000 ms'));
    expect(client.ended).toBe(1);
  });

  it('error: is lost with it, and later errors do no harm', async () => {
    await listen();
    const error = new Error('terminating connection due to administrator command');
    client.emit('error', error);
    client.emit('end');
    client.emit('error', new Error('and again'));
    await pass();
    expect(lost).toBe(error);
    expect(client.ended).toBe(1);
  });

  it('end without an error: is lost', async () => {
    await listen();
    client.emit('end');
    await pass();
    expect(lost).toEqual(new Error('Connection ended'));
  });

  it('aborted signal: ends, hands nothing over afterwards, and leaves no timer', async () => {
    await listen();
    stop.abort('enough');
    client.notify('origins', 'late');
    await pass();
    expect(lost).toBe('enough');
    expect(heard).toEqual(['listening']);
    expect(client.ended).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each(['connect', 'query'] as const)('signal aborted during %s(): is closed', async (step) => {
    client.hangs.add(step);
    await listen();
    stop.abort('enough');
    await pass();
    expect(lost).toBe('enough');
    expect(client.ended).toBe(1);
  });

  it.each(['connect', 'query'] as const)('%s() that takes longer than 5 s: is given up', async (step) => {
    client.hangs.add(step);
    await listen();
    await pass(4999);
    expect(lost).toBeUndefined();
    await pass(1);
    expect(lost).toEqual(new Error('Connecting took longer than 5000 ms'));
    expect(client.ended).toBe(1);
  });

  it('connection that does not end by itself: is cut', async () => {
    client.hangs.add('end');
    await listen();
    stop.abort();
    await pass(1999);
    expect(client.cut).toBe(0);
    await pass(1);
    expect(client.cut).toBe(1);
  });

  it('failed connection: fails to open with its error, and is closed', async () => {
    client.failure = new Error('no pg_hba.conf entry');
    await listen();
    expect(lost).toBe(client.failure);
    expect(client.ended).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('pooler that swallows LISTEN: fails to open', async () => {
    client.listening = false;
    await listen();
    expect(String(lost)).toMatch(/Behind a pooler, write listenClient with/);
    expect(heard).toEqual([]);
  });
});

describe('the client that listens for a pool', () => {
  it('any pool: is of its class, with its options, the hidden password included', () => {
    const given: Record<string, unknown>[] = [];
    class Client {
      constructor(options: Record<string, unknown>) {
        given.push(options);
      }
    }
    const options = Object.defineProperty({ host: 'db', pipeline: true }, 'password', { value: 'secret' });
    listenClientsOf({ options, Client } as unknown as PgPool)();
    expect(given).toHaveLength(1);
    expect(given[0]).toMatchObject({ host: 'db', keepAlive: true, pipeline: false });
    expect(given[0]?.['password']).toBe('secret');
    expect(Object.keys(given[0] ?? {})).not.toContain('password');
    expect(options.pipeline).toBe(true);
  });

  it('pool without a class of clients: has to be given', () => {
    expect(() => listenClientsOf({ options: {} } as PgPool)).toThrow(/listenClient: \(\) => new Client/);
  });
});
