import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';

/** All that the service asks of PostgreSQL, whether it runs in this process or on a server. */
export abstract class Database {
  /** For people: where the rows are. */
  abstract readonly location: string;
  /** The driver's own client, which the library asks about origins, and listens with. */
  abstract readonly client: Pool | PGlite;
  abstract query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Runs several statements as one transaction. */
  abstract execute(statements: string): Promise<void>;
  abstract close(): Promise<void>;
}
