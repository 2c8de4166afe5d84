import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { queryPool } from '../../../lib/entry-points/postgres/pool-query.js';
import type { PgPool, PgPoolConnection, PostgresRows } from '../../../lib/entry-points/postgres/postgres-clients.js';

/** Of a driver that cannot cancel: it does not tell of a server process. */
class FakeConnection extends EventEmitter implements PgPoolConnection {
  readonly queries: string[] = [];
  readonly releases: (boolean | undefined)[] = [];
  answer: (rows: PostgresRows | PostgresRows[]) => void = () => {};
  fail: (error: Error) => void = () => {};

  query(text: string): Promise<PostgresRows | PostgresRows[]> {
    this.queries.push(text);
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
  }

  /** As in pg: the query under way fails when its connection is closed. */
  release(destroy?: boolean): void {
    this.releases.push(destroy);
    if (destroy) {
      this.fail(new Error('Connection terminated'));
    }
  }
}

describe('a query on a pool', () => {
  let slot: { abandon: jest.Mock<() => void>; free: jest.Mock<() => void> };
  let connection: FakeConnection;
  let controller: AbortController;

  beforeEach(() => {
    jest.useFakeTimers();
    slot = { abandon: jest.fn(), free: jest.fn() };
    connection = new FakeConnection();
    controller = new AbortController();
  });

  afterEach(() => {
    expect(connection.listenerCount('error')).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const pass = (time = 0) => jest.advanceTimersByTimeAsync(time);
  const serverError = (message: string) => Object.assign(new Error(message), { severity: 'ERROR', code: '42P01' });

  async function start(connects: Promise<unknown> = Promise.resolve()): Promise<{ rows: Promise<readonly unknown[]> }> {
    const pool: PgPool = { options: {}, connect: () => connects.then(() => connection) };
    const rows = queryPool(pool, { text: 'select 1', limit: 5000 }, slot, controller.signal);
    rows.catch(() => {});
    await pass();
    return { rows };
  }

  it('query: is sent with its limit in one message, and gives connection and slot back', async () => {
    const { rows } = await start();
    expect(connection.queries).toEqual([
      expect.stringMatching(/^select pg_catalog\.set_config\('statement_timeout', '5000', true\) .*; select 1$/),
    ]);
    connection.answer([{ rows: [] }, { rows: [{ a: 1 }] }]);
    expect(await rows).toEqual([{ a: 1 }]);
    expect(connection.releases).toEqual([false]);
    expect(slot.free).toHaveBeenCalledTimes(1);
    expect(slot.abandon).not.toHaveBeenCalled();
  });

  it('driver that returns the last result alone: has that one', async () => {
    const { rows } = await start();
    connection.answer({ rows: [{ a: 1 }] });
    expect(await rows).toEqual([{ a: 1 }]);
  });

  it('error of the server: closes the connection, and frees the slot', async () => {
    const { rows } = await start();
    connection.fail(serverError('relation does not exist'));
    await expect(rows).rejects.toThrow('relation does not exist');
    expect(connection.releases).toEqual([true]);
    expect(slot.free).toHaveBeenCalledTimes(1);
    expect(slot.abandon).not.toHaveBeenCalled();
  });

  it('aborted signal: occupies the slot until the server has replied', async () => {
    const { rows } = await start();
    controller.abort(new Error('too late'));
    await pass();
    expect(slot.abandon).toHaveBeenCalled();
    expect(slot.free).not.toHaveBeenCalled();
    connection.fail(serverError('canceling statement due to user request'));
    await expect(rows).rejects.toThrow('canceling statement');
    expect(connection.releases).toEqual([true]);
    expect(slot.free).toHaveBeenCalledTimes(1);
  });

  it('reply after the abort: the connection is not reused', async () => {
    const { rows } = await start();
    controller.abort(new Error('too late'));
    connection.answer([{ rows: [] }, { rows: [] }]);
    expect(await rows).toEqual([]);
    expect(connection.releases).toEqual([true]);
  });

  it('a second after the abort: is cut off, and occupies the slot until the server has reached the limit', async () => {
    const { rows } = await start();
    controller.abort(new Error('too late'));
    await pass(999);
    expect(connection.releases).toEqual([]);
    await pass(1);
    await expect(rows).rejects.toThrow('Connection terminated');
    expect(connection.releases).toEqual([true]);
    await pass(4999);
    expect(slot.free).not.toHaveBeenCalled();
    await pass(1);
    expect(slot.free).toHaveBeenCalledTimes(1);
  });

  it('broken connection: is closed once, and the slot is occupied until the limit', async () => {
    const { rows } = await start();
    connection.emit('error', new Error('ECONNRESET'));
    await expect(rows).rejects.toThrow('Connection terminated');
    expect(connection.releases).toEqual([true]);
    expect(slot.abandon).toHaveBeenCalled();
    await pass(6000);
    expect(slot.free).toHaveBeenCalledTimes(1);
  });

  it('driver that gives up: fails at once', async () => {
    const { rows } = await start();
    connection.fail(new Error('Query read timeout'));
    await expect(rows).rejects.toThrow('Query read timeout');
    await pass(1000);
    expect(connection.releases).toEqual([true]);
    expect(slot.free).not.toHaveBeenCalled();
    await pass(5000);
    expect(slot.free).toHaveBeenCalledTimes(1);
  });

  it('abort while it waits for a connection: is not started, and occupies the slot until then', async () => {
    let connected: (value?: unknown) => void = () => {};
    const { rows } = await start(new Promise((resolve) => (connected = resolve)));
    controller.abort(new Error('too late'));
    await expect(rows).rejects.toThrow('too late');
    expect(slot.free).not.toHaveBeenCalled();
    connected();
    await pass();
    expect(connection.queries).toEqual([]);
    expect(connection.releases).toEqual([false]);
    expect(slot.free).toHaveBeenCalledTimes(1);
  });

  it('pool without a connection: frees the slot', async () => {
    const { rows } = await start(Promise.reject(new Error('after calling end on the pool')));
    await expect(rows).rejects.toThrow('after calling end on the pool');
    await pass();
    expect(slot.free).toHaveBeenCalledTimes(1);
    expect(connection.releases).toEqual([]);
  });
});
