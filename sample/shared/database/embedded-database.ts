import { PGlite } from '@electric-sql/pglite';
import { mkdir } from 'node:fs/promises';
import { Database } from './database.js';

/** PostgreSQL as WebAssembly, with its files in a folder. One process at a time may have the folder open. */
export class EmbeddedDatabase extends Database {
  private constructor(
    readonly client: PGlite,
    readonly location: string,
  ) {
    super();
  }

  static async open(directory: string): Promise<Database> {
    await mkdir(directory, { recursive: true });
    return new EmbeddedDatabase(await PGlite.create(directory), `PostgreSQL in this process, rows in ${directory}`);
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.client.query<Row>(sql, [...parameters]);
    return rows;
  }

  async execute(statements: string): Promise<void> {
    await this.client.exec(statements);
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}
