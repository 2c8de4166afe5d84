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
} from '../../lib/postgres/index.js';

describe.each([
  ['PostgresOriginLookup', PostgresOriginLookup],
  ['PostgresOriginList', PostgresOriginList],
])('the options of %s', (_name, Store) => {
  it('need a client', () => {
    expect(() => new Store({} as PostgresOriginsOptions)).toThrow(/^client: is missing/);
    expect(() => new Store({ client: {} } as PostgresOriginsOptions)).toThrow(/^client: is neither a Pool of pg nor/);
  });

  it('take a pool, and connect to nothing', async () => {
    const pool = new Pool({ host: 'postgres.invalid' });
    const store = new Store({ client: pool });
    expect(pool.totalCount).toBe(0);
    expect(store.changes).toBeDefined();
    await pool.end();
  });

  it.each([
    [{ table: 'a b' }, /^table: "a b" is no name of a table/],
    [{ channel: 'a b' }, /^channel: "a b" is no name of a channel/],
    [{ heartbeatInterval: 99 }, /^heartbeatInterval: 99 is no integer from 100 to 3600000/],
    [{ heartbeatTimeout: Infinity }, /^heartbeatTimeout: Infinity is no integer/],
    [{ heartbeatTimeout: '5000' as never }, /^heartbeatTimeout: 5000 is no integer/],
  ])('refuse %j', (options, message) => {
    expect(() => new Store({ client: new Pool(), ...options })).toThrow(message);
  });
});

describe('the option pageSize', () => {
  it.each([0, 1.5, NaN, 1_000_001])('refuses %s', (pageSize) => {
    expect(() => new PostgresOriginList({ client: new Pool(), pageSize })).toThrow(/^pageSize: .* is no integer/);
  });
});

describe('the types of the clients', () => {
  it('fit the clients of both drivers', () => {
    // Checked by the compiler.
    const clients = (pool: Pool, client: Client, database: PGlite): [PostgresClient[], PgClient, SchemaClient[]] => [
      [pool, database],
      client,
      [pool, client, database],
    ];
    expect(clients).toBeDefined();
  });
});
