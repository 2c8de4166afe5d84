import type { PGlite } from '@electric-sql/pglite';
import { describe, expect, it } from '@jest/globals';
import { Client, Pool } from 'pg';
import {
  type PgClient,
  type PostgresClient,
  PostgresOriginList,
  PostgresOriginLookup,
  type PostgresOriginsOptions,
  type SchemaClient,
} from '../../../lib/entry-points/postgres/index.js';

describe.each([
  ['PostgresOriginLookup', PostgresOriginLookup],
  ['PostgresOriginList', PostgresOriginList],
])('the options of %s', (_name, Store) => {
  it('no client: is refused', () => {
    expect(() => new Store({} as PostgresOriginsOptions)).toThrow(
      /^`client` must be a Pool of pg or a PGlite; got undefined\. Write client: new Pool/,
    );
    expect(() => new Store({ client: {} } as PostgresOriginsOptions)).toThrow(
      /^`client` must be a Pool of pg or a PGlite; got another object\. For another pool, write/,
    );
  });

  it('subclasses: see no internal member', () => {
    class Customers extends PostgresOriginLookup {
      // @ts-expect-error the check is internal
      readonly check: unknown = this.notificationCheck;
    }
    expect(new Customers({ client: new Pool() }).check).toBeUndefined();
  });

  it('pool: is taken, and nothing connects', async () => {
    const pool = new Pool({ host: 'postgres.invalid' });
    const store = new Store({ client: pool });
    expect(pool.totalCount).toBe(0);
    expect(store.changes).toBeDefined();
    await pool.end();
  });

  it.each([
    [{ table: 'a b' }, /^`table` must be a name, or a schema and a name, .*; got "a b"\. Write/],
    [{ channel: 'a b' }, /^`channel` must be a name of letters, .*; got "a b"\. Write/],
    [{ heartbeatInterval: 99 }, /^`heartbeatInterval` must be an integer from 100 to 3600000; got 99\./],
    [{ heartbeatTimeout: Infinity }, /^`heartbeatTimeout` must be an integer from .*; got Infinity\./],
    [{ heartbeatTimeout: '5000' as never }, /^`heartbeatTimeout` must be an integer from .*; got 5000\./],
    [{ maxQueries: 0 }, /^`maxQueries` must be an integer from 1 to 1000; got 0\./],
    [{ queryTimeout: 99 }, /^`queryTimeout` must be an integer from 100 to 3600000; got 99\./],
    [{ listen: 'no' as never }, /^`listen` must be true or false; got "no"\. Write listen: false/],
  ])('%j: is refused', (options, message) => {
    expect(() => new Store({ client: new Pool(), ...options })).toThrow(message);
  });
});

describe('the number of queries that may be under way', () => {
  it.each([
    [1, 1],
    [4, 2],
    [10, 4],
    [100, 4],
  ])('pool of %d: is half of it, at most 4', (max, most) => {
    expect(new PostgresOriginLookup({ client: new Pool({ max }) }).concurrency).toBe(most);
    expect(new PostgresOriginLookup({ client: new Pool({ max }), maxQueries: 7 }).concurrency).toBe(7);
  });
});

describe('a store that does not listen', () => {
  it('client that could not listen: is accepted, and there are no changes', () => {
    const pool = { options: {}, connect: () => Promise.reject(new Error('was asked')) };
    const store = new PostgresOriginLookup({ client: pool, listen: false });
    const heard: unknown[] = [];
    store.changes.subscribe((change) => heard.push(change)).unsubscribe();
    expect(heard).toEqual([]);
  });
});

describe('the option pageTimeout', () => {
  it.each([99, 1.5, NaN, 3_600_001])('%s: is refused', (pageTimeout) => {
    expect(() => new PostgresOriginList({ client: new Pool(), pageTimeout })).toThrow(
      /^`pageTimeout` must be an integer from/,
    );
  });
});

describe('the option pageSize', () => {
  it.each([0, 1.5, NaN, 1_000_001])('%s: is refused', (pageSize) => {
    expect(() => new PostgresOriginList({ client: new Pool(), pageSize })).toThrow(
      /^`pageSize` must be an integer from/,
    );
  });
});

describe('the types of the clients', () => {
  it('clients of both drivers: fit', () => {
    // Checked by the compiler.
    const clients = (pool: Pool, client: Client, database: PGlite): [PostgresClient[], PgClient, SchemaClient[]] => [
      [pool, database],
      client,
      [pool, client, database],
    ];
    expect(clients).toBeDefined();
  });
});
