/** The little of a result that is read. */
export interface PostgresRows {
  readonly rows: readonly unknown[];
}

/** The little of a pool of `pg` that is used: queries run on its connections, listening happens on one of its own. */
export interface PgPool {
  /** What new connections are made with. */
  readonly options: object;
  connect(): Promise<PgPoolConnection>;
}

/** A connection of a pool. */
export interface PgPoolConnection {
  /** A text of several statements has a result for each. */
  query(text: string): Promise<PostgresRows | readonly PostgresRows[]>;
  /** Gives it back; with `true`, closed. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** The little of a `Client` of `pg` that is used in order to listen. */
export interface PgClient {
  connect(): Promise<unknown>;
  query(text: string, values?: unknown[]): Promise<PostgresRows>;
  end(): Promise<void>;
  unref?(): void;
  /** There to cut a connection that does not end. */
  readonly connection?: { readonly stream?: { destroy?(): unknown } };
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'notification', listener: (message: PgNotification) => void): unknown;
}

export interface PgNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** The little of PGlite, PostgreSQL within the process, that is used. */
export interface PGliteDatabase {
  query(text: string): Promise<PostgresRows>;
  listen(channel: string, onPayload: (payload: string) => void): Promise<unknown>;
  unlisten(channel: string, onPayload: (payload: string) => void): Promise<unknown>;
}

/** A database, by the client of either driver. */
export type PostgresClient = PgPool | PGliteDatabase;

export function isPGlite(client: PostgresClient): client is PGliteDatabase {
  return 'listen' in client;
}
