/** The members of a result that are read. */
export interface PostgresRows {
  readonly rows: readonly unknown[];
}

/** The members of a pool of `pg` that are used. Queries run on its connections; the store listens on a separate one. */
export interface PgPool {
  /** The options of new connections. */
  readonly options: object;
  connect(): Promise<PgPoolConnection>;
}

/** A connection of a pool. */
export interface PgPoolConnection {
  /** Returns a result per statement where the string has several. */
  query(text: string): Promise<PostgresRows | readonly PostgresRows[]>;
  /** Returns the connection to the pool; with `true`, closes it. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** The members of a `Client` of `pg` that listening uses. */
export interface PgClient {
  connect(): Promise<unknown>;
  query(text: string, values?: unknown[]): Promise<PostgresRows>;
  end(): Promise<void>;
  unref?(): void;
  /** Used to destroy a connection that does not end. */
  readonly connection?: { readonly stream?: { destroy?(): unknown } };
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'notification', listener: (message: PgNotification) => void): unknown;
}

export interface PgNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** The members of PGlite, PostgreSQL within the process, that are used. */
export interface PGliteDatabase {
  query(text: string): Promise<PostgresRows>;
  listen(channel: string, onPayload: (payload: string) => void): Promise<unknown>;
  unlisten(channel: string, onPayload: (payload: string) => void): Promise<unknown>;
}

/** A client of either driver. */
export type PostgresClient = PgPool | PGliteDatabase;

export function isPGlite(client: PostgresClient): client is PGliteDatabase {
  return 'listen' in client;
}
