/** All that the application asks of PostgreSQL, whether it runs in this process or on a server. */
export abstract class Database {
  /** For people: where the rows are. */
  abstract readonly location: string;
  abstract query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  abstract close(): Promise<void>;
}
