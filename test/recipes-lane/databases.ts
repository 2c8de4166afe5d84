import { PGlite } from '@electric-sql/pglite';
import { type Connection, createConnection } from 'mysql2/promise';
import { TemporaryDatabase } from '../services/temporary-database.js';

/** An empty database of its own, as somebody else than the recipe uses it. */
export interface TestDatabase {
  readonly url: string;
  /** Runs one statement; `?` stands for a parameter. */
  run(sql: string, parameters?: unknown[]): Promise<void>;
  drop(): Promise<void>;
}

export async function postgres(): Promise<TestDatabase> {
  const database = await TemporaryDatabase.create();
  return {
    url: database.url,
    run: async (sql, parameters = []) => void (await database.query(numbered(sql), parameters)),
    drop: async () => void (await database.drop()),
  };
}

/** PostgreSQL in this process; what is connected to it is the client itself. */
export async function pglite(): Promise<TestDatabase & { readonly client: PGlite }> {
  const client = await PGlite.create();
  return {
    client,
    url: '',
    run: async (sql, parameters = []) => void (await client.query(numbered(sql), parameters)),
    drop: () => client.close(),
  };
}

export async function mariadb(): Promise<TestDatabase> {
  const server = process.env['TEST_MARIADB_URL'] || 'mysql://root@127.0.0.1:3306';
  const connection: Connection = await createConnection(server).catch((error: unknown) => {
    throw new Error(
      `These tests need a MariaDB server, and there was no connection (${String(error)}). Start one at 127.0.0.1:3306 ` +
        'with a root without password, or name another in TEST_MARIADB_URL; its user must be allowed to create databases.',
    );
  });
  const name = `nestjs_cors_recipes_${process.pid}_${Date.now()}`;
  // The collation that many databases have: it takes other letter cases and accents for equal.
  await connection.query(`create database ${name} character set utf8mb4 collate utf8mb4_general_ci`);
  await connection.query(`use ${name}`);
  const url = new URL(server);
  url.pathname = name;
  return {
    url: url.href,
    run: async (sql, parameters = []) => void (await connection.query(sql, parameters)),
    drop: async () => {
      await connection.query(`drop database ${name}`);
      await connection.end();
    },
  };
}

function numbered(sql: string): string {
  let place = 0;
  return sql.replaceAll('?', () => `$${++place}`);
}
