import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { PgPool, PgPoolConnection, PostgresRows } from '../../lib/postgres/postgres-clients.js';
import { queryRows } from '../../lib/postgres/query-rows.js';

class FakeConnection extends EventEmitter implements PgPoolConnection {
  readonly queries: unknown[] = [];
  readonly releases: (boolean | undefined)[] = [];
  answer: (rows: PostgresRows) => void = () => {};
  fail: (error: Error) => void = () => {};

  query(text: string, values?: unknown[]): Promise<PostgresRows> {
    this.queries.push([text, values]);
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
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  function setUp(connects: Promise<unknown> = Promise.resolve()) {
    const connection = new FakeConnection();
    const pool: PgPool = { options: {}, connect: () => connects.then(() => connection) };
    const controller = new AbortController();
    const rows = queryRows(pool, 'select $1', ['a'], controller.signal);
    rows.catch(() => {});
    return { connection, controller, rows };
  }

  it('gives the connection back', async () => {
    const { connection, rows } = setUp();
    await turn();
    connection.answer({ rows: [{ a: 1 }] });
    expect(await rows).toEqual([{ a: 1 }]);
    expect(connection.queries).toEqual([['select $1', ['a']]]);
    expect(connection.releases).toEqual([false]);
    expect(connection.listenerCount('error')).toBe(0);
  });

  it('closes the connection when it fails', async () => {
    const { connection, rows } = setUp();
    await turn();
    connection.fail(new Error('relation does not exist'));
    await expect(rows).rejects.toThrow('relation does not exist');
    expect(connection.releases).toEqual([true]);
    expect(connection.listenerCount('error')).toBe(0);
  });

  it('closes the connection, and fails, when its signal is aborted', async () => {
    const { connection, controller, rows } = setUp();
    await turn();
    controller.abort(new Error('too late'));
    await expect(rows).rejects.toThrow('Connection terminated');
    expect(connection.releases).toEqual([true]);
  });

  it('closes the connection once when it breaks', async () => {
    const { connection, rows } = setUp();
    await turn();
    connection.emit('error', new Error('ECONNRESET'));
    await expect(rows).rejects.toThrow('Connection terminated');
    expect(connection.releases).toEqual([true]);
  });

  it('is not started when the signal is aborted while it waits for a connection', async () => {
    let connected: (value?: unknown) => void = () => {};
    const { connection, controller, rows } = setUp(new Promise((resolve) => (connected = resolve)));
    controller.abort(new Error('too late'));
    connected();
    await expect(rows).rejects.toThrow('too late');
    expect(connection.queries).toEqual([]);
    expect(connection.releases).toEqual([false]);
  });

  it('does not take a connection when the signal is aborted already', async () => {
    const pool: PgPool = {
      options: {},
      connect: () => {
        throw new Error('was asked');
      },
    };
    await expect(queryRows(pool, 'select 1', [], AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});
