import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Listening } from '../../lib/postgres/listening.js';
import { listenClientsOf } from '../../lib/postgres/pg-listen-client.js';
import { pgListening } from '../../lib/postgres/pg-listening.js';
import type { PgPool } from '../../lib/postgres/postgres-clients.js';
import { FakePgClient } from './fake-pg-client.js';

describe('a listening connection of pg', () => {
  let client: FakePgClient;
  let payloads: string[];
  let stop: AbortController;

  beforeEach(() => {
    jest.useFakeTimers();
    client = new FakePgClient();
    payloads = [];
    stop = new AbortController();
  });

  afterEach(() => {
    stop.abort();
    jest.useRealTimers();
  });

  function open(): Promise<Listening> {
    const heartbeat = { interval: 10_000, timeout: 5000 };
    return pgListening(() => client, 'origins', heartbeat)((payload) => payloads.push(payload), stop.signal);
  }

  /** What ended it, or `undefined` as long as nothing has. */
  async function lossOf({ lost }: Listening, after: number): Promise<unknown> {
    let reason: unknown;
    void lost.then((given) => (reason = given));
    await jest.advanceTimersByTimeAsync(after);
    return reason;
  }

  it('connects, listens, makes sure of it, and keeps no process alive', async () => {
    await open();
    expect(client.connected).toBe(true);
    expect(client.queries).toEqual([
      'listen "origins"',
      expect.stringMatching(/^select 1 from pg_catalog\.pg_listening_channels\(\) .* \| origins$/),
    ]);
    expect(client.unrefs).toBe(1);
  });

  it('hands over the payloads of its channel alone', async () => {
    await open();
    client.notify('origins', 'a');
    client.notify('others', 'b');
    client.notify('origins');
    expect(payloads).toEqual(['a', '']);
  });

  it('is asked for a sign of life, as long as it gives one', async () => {
    const listening = await open();
    expect(await lossOf(listening, 100_000)).toBeUndefined();
    expect(client.queries).toHaveLength(2 + 10);
    expect(client.ended).toBe(0);
  });

  it('is lost and closed when it gives no sign of life', async () => {
    const listening = await open();
    client.hangs.add('query');
    expect(await lossOf(listening, 14_999)).toBeUndefined();
    expect(await lossOf(listening, 1)).toEqual(new Error('The answer to a heartbeat took longer than 5000 ms'));
    expect(client.ended).toBe(1);
  });

  it('is lost when the session does not listen any more', async () => {
    const listening = await open();
    client.listening = false;
    expect(String(await lossOf(listening, 10_000))).toMatch(/The session does not listen/);
  });

  it('is lost with an error, and survives those that follow', async () => {
    const listening = await open();
    const error = new Error('terminating connection due to administrator command');
    client.emit('error', error);
    client.emit('end');
    client.emit('error', new Error('and again'));
    expect(await lossOf(listening, 0)).toBe(error);
    expect(client.ended).toBe(1);
  });

  it('is lost when it ends without an error', async () => {
    const listening = await open();
    client.emit('end');
    expect(await lossOf(listening, 0)).toEqual(new Error('Connection ended'));
  });

  it('ends with its signal, hands nothing over after that, and leaves no timer behind', async () => {
    const listening = await open();
    stop.abort('enough');
    client.notify('origins', 'late');
    expect(await lossOf(listening, 0)).toBe('enough');
    expect(payloads).toEqual([]);
    expect(client.ended).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is not asked any more when it ended while it was being asked', async () => {
    await open();
    let answer: () => void = () => {};
    client.delay = new Promise((resolve) => (answer = resolve));
    await jest.advanceTimersByTimeAsync(10_000);
    const { length } = client.queries;
    stop.abort();
    answer();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(client.queries).toHaveLength(length);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is closed when its signal is aborted while it connects', async () => {
    client.hangs.add('connect');
    const opening = open();
    stop.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    expect(client.ended).toBe(1);
  });

  it('is not even tried when the signal is aborted already', async () => {
    stop.abort(new Error('enough'));
    await expect(open()).rejects.toThrow('enough');
    expect(client.connected).toBe(false);
  });

  it.each(['connect', 'query'] as const)('is given up when its %s() takes longer than 5 s', async (step) => {
    client.hangs.add(step);
    const opening = open();
    opening.catch(() => {});
    await jest.advanceTimersByTimeAsync(5000);
    await expect(opening).rejects.toThrow('Connecting took longer than 5000 ms');
    expect(client.ended).toBe(1);
  });

  it('is cut when it does not end by itself', async () => {
    client.hangs.add('end');
    await open();
    stop.abort();
    await jest.advanceTimersByTimeAsync(1999);
    expect(client.cut).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(client.cut).toBe(1);
  });

  it('fails to open with the error of connecting, and is closed', async () => {
    client.failure = new Error('no pg_hba.conf entry');
    await expect(open()).rejects.toBe(client.failure);
    expect(client.ended).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('fails to open where a pooler swallows LISTEN', async () => {
    client.listening = false;
    await expect(open()).rejects.toThrow(/listenClient has to connect past it/);
  });
});

describe('the client that listens for a pool', () => {
  it("is of the pool's class, with the pool's options, the hidden password included", () => {
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

  it('has to be given where the pool has no class of clients', () => {
    expect(() => listenClientsOf({ options: {} } as PgPool)).toThrow(/listenClient: \(\) => new Client/);
  });
});
