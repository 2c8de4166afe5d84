import type { Observable } from 'rxjs';
import type { OriginChange } from '../interfaces/index.js';
import { changeFeed } from '../stores/change-feed.js';
import type { PostgresClient } from './postgres-clients.js';
import { type PostgresOriginsOptions, postgresOriginsSettings } from './postgres-origins.options.js';
import { queryRows } from './query-rows.js';

/** A row, as far as it is read. The columns' types are the table's: none is taken for granted. */
export interface PostgresOriginRow {
  readonly id?: unknown;
  readonly origin: unknown;
  readonly tenant: unknown;
}

/** A table of allowed origins in PostgreSQL, and its changes; what is asked of it is left to the subclasses. */
export abstract class PostgresOrigins {
  /**
   * The changes of the table, for as long as somebody subscribes: on a connection of its own, which is replaced when it dies.
   * Emits `{}`, everything may have changed, whenever listening has begun, also to who subscribes later. Neither errs nor
   * completes.
   */
  readonly changes: Observable<OriginChange>;
  /** The table's name, quoted for SQL. */
  protected readonly table: string;
  private readonly client: PostgresClient;

  /** @throws TypeError, RangeError when an option is not what it has to be */
  constructor(options: PostgresOriginsOptions) {
    const { client, table, channel } = postgresOriginsSettings(options);
    this.client = client;
    this.table = table;
    this.changes = changeFeed(channel);
  }

  /** Rows of a query; rejects when it fails or when the signal is aborted before it starts. */
  protected async query(text: string, values: unknown[], signal: AbortSignal): Promise<readonly PostgresOriginRow[]> {
    return (await queryRows(this.client, text, values, signal)) as readonly PostgresOriginRow[];
  }
}
