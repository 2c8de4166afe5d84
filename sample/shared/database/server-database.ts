import { Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { StartupError } from '../startup-error.js';
import { Database } from './database.js';

export class ServerDatabase extends Database {
  private constructor(
    readonly client: Pool,
    readonly location: string,
  ) {
    super();
  }

  static async open(url: string): Promise<Database> {
    const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 5000 });
    // A connection that breaks while idle is an 'error' event, and one that nobody listens to ends the process.
    const logger = new Logger(ServerDatabase.name);
    pool.on('error', (error) => logger.warn(`An idle connection broke: ${error.message}`));
    try {
      const { host, port, database } = await pool.connect().then((client) => {
        client.release();
        return client;
      });
      return new ServerDatabase(pool, `PostgreSQL server ${host}:${port}, database ${database}`);
    } catch (error) {
      await pool.end();
      throw new StartupError(`DATABASE_URL names a PostgreSQL server that gave no connection: ${reason(error)}`);
    }
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.client.query(sql, [...parameters]);
    return rows as Row[];
  }

  async execute(statements: string): Promise<void> {
    await this.client.query(statements);
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

/** Node reports a refused `localhost` as an AggregateError without a message of its own. */
function reason(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(String).join('; ') : String(error);
}
