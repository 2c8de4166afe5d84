import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DeliveryProof } from '../../../lib/entry-points/postgres/delivery-proof.js';
import { pgChannel } from '../../../lib/entry-points/postgres/pg-channel.js';
import type { PgPool } from '../../../lib/entry-points/postgres/postgres-clients.js';
import { listenOnce } from '../../../lib/entry-points/stores/channel.js';
import { FakePgClient } from './fake-pg-client.js';

const NEVER = new Promise<never>(() => {});
const NOTIFY = /pg_notify\(E'(nestjs_cors_test_[0-9a-f]{16})', E'([0-9a-f]{16})'\)/;

describe('the proof that notifications arrive', () => {
  let clients: FakePgClient[];
  let sent: string[];
  let connect: () => Promise<unknown>;
  let delivers: boolean;
  let heard: unknown[];
  let lost: unknown;
  let stop: AbortController;

  beforeEach(() => {
    jest.useFakeTimers();
    clients = [];
    sent = [];
    connect = () => Promise.resolve({ query, release: () => {}, on: () => {}, off: () => {} });
    delivers = true;
    heard = [];
    lost = undefined;
    stop = new AbortController();
  });

  afterEach(() => {
    stop.abort();
    jest.useRealTimers();
  });

  const pass = (time = 0) => jest.advanceTimersByTimeAsync(time);

  /** The server: what is notified reaches the connection that listens. */
  async function query(text: string): Promise<{ rows: unknown[] }> {
    const [, channel, nonce] = NOTIFY.exec(text) ?? [];
    if (channel !== undefined) {
      sent.push(nonce as string);
      if (delivers) {
        clients[0]?.notify(channel, nonce);
      }
    }
    return { rows: [] };
  }

  function newClient(): FakePgClient {
    const client = new FakePgClient();
    const answer = client.query.bind(client);
    client.query = async (text, values) => {
      await query(text);
      return answer(text, values);
    };
    clients.push(client);
    return client;
  }

  async function listen(): Promise<void> {
    const pool: PgPool = { options: {}, connect: () => connect() as never };
    const proof = new DeliveryProof(pool, newClient);
    const channel = pgChannel(newClient, 'origins', { heartbeat: 10_000, answer: 5000 }, proof);
    const listening = () => void heard.push('listening');
    void listenOnce(channel, stop.signal, listening, (payload) => heard.push(payload)).then(
      (reason) => (lost = reason),
    );
    await pass();
  }

  it('opening and each heartbeat: is made with another nonce, and is no change', async () => {
    await listen();
    expect(heard).toEqual(['listening']);
    await pass(50_000);
    expect(new Set(sent).size).toBe(6);
    expect(heard).toEqual(['listening']);
    expect(lost).toBeUndefined();
    expect(clients).toHaveLength(1);
  });

  it('nothing arrives: fails within 2 s, and says what to write', async () => {
    delivers = false;
    await listen();
    await pass(2000);
    expect(String(lost)).toMatch(/a test notification did not arrive\. .* Write listenClient: \(\) => new Client/);
    expect(heard).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('nonce of an earlier heartbeat, or of another channel: does not count', async () => {
    await listen();
    delivers = false;
    await pass(10_000);
    clients[0]?.notify('origins_test', sent[1]);
    const [, channel] = NOTIFY.exec(`pg_notify(E'${clients[0]?.queries[1]?.slice(8, -1)}', E'${sent[0]}')`) ?? [];
    clients[0]?.notify(channel as string, sent[0]);
    await pass(2000);
    expect(String(lost)).toMatch(/did not arrive/);
  });

  it('pool that cannot notify, such as one of a replica: is sent by another client that listens', async () => {
    connect = () => Promise.reject(new Error('cannot execute NOTIFY during recovery'));
    await listen();
    expect(heard).toEqual(['listening']);
    expect(clients).toHaveLength(2);
    expect(clients[1]?.ended).toBe(1);
  });

  it('pool without a free connection: is sent by another client', async () => {
    connect = () => NEVER;
    await listen();
    await pass(1000);
    expect(heard).toEqual(['listening']);
    expect(clients[1]?.ended).toBe(1);
  });
});
