import { Client } from 'pg';
import { createOriginsSchema } from '../../lib/entry-points/postgres/index.js';

const serverUrl = process.env['TEST_DATABASE_URL'] || 'postgres://postgres@127.0.0.1:5432/test';

/** A database of its own on the test server. */
export class TemporaryDatabase {
  private constructor(
    private readonly server: Client,
    readonly name: string,
    readonly url: string,
  ) {}

  static async create(): Promise<TemporaryDatabase> {
    const server = new Client({ connectionString: serverUrl });
    await server.connect().catch((error: unknown) => {
      throw new Error(
        `These tests need a PostgreSQL server, and ${withoutPassword(serverUrl)} gave no connection (${String(error)}). ` +
          'Start one there, or name another in TEST_DATABASE_URL; its user must be allowed to create databases.',
      );
    });
    const name = `nestjs_cors_sample_${process.pid}_${Date.now()}`;
    await server.query(`create database ${name}`);
    const url = new URL(serverUrl);
    url.pathname = name;
    return new TemporaryDatabase(server, name, url.href);
  }

  async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    return client;
  }

  /** Makes the table of origins. Resolves to the connection that made it. */
  async connectToOrigins(): Promise<Client> {
    const client = await this.connect();
    await createOriginsSchema(client);
    return client;
  }

  /** Runs one statement as somebody else who uses the database. */
  async query(sql: string, parameters: unknown[] = []): Promise<unknown[]> {
    const client = await this.connect();
    try {
      return (await client.query(sql, parameters)).rows;
    } finally {
      await client.end();
    }
  }

  /** Connections that are open to it, this one's not counted. */
  async connections(): Promise<number> {
    const { rows } = await this.server.query('select 1 from pg_stat_activity where datname = $1', [this.name]);
    return rows.length;
  }

  /** Resolves to what is left on the server: databases of this name, and the sample's table in the server's own. */
  async drop(): Promise<{ databases: number; table: string | null }> {
    // A pool says that it has ended before its connections have: PostgreSQL waits 5 s for these, unless it is forced. Who is
    // cut off at that moment has nobody any more who would hear of the error, and the process ends of it.
    const statement = `drop database if exists ${this.name}`;
    await this.server.query(statement).catch(() => this.server.query(`${statement} with (force)`));
    const databases = await this.server.query('select 1 from pg_database where datname = $1', [this.name]);
    const table = await this.server.query("select to_regclass('partner_origins')::text as name");
    await this.server.end();
    return { databases: databases.rows.length, table: table.rows[0].name };
  }
}

/** The URL of a server as messages may show it. */
export function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = '';
  return shown.href;
}
