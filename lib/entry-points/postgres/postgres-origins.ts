import { NEVER, type Observable, tap } from 'rxjs';
import type { OriginChange } from '../../options/index.js';
import { changeFeed } from '../stores/change-feed.js';
import { NotificationCheck } from './notification-check.js';
import { changesForReplica } from './replica-changes.js';
import { type PostgresOriginsOptions, postgresOriginsSettings } from './postgres-origins.options.js';
import { PostgresQueries } from './postgres-queries.js';

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
   * completes. With `listen: false` it emits nothing.
   */
  readonly changes: Observable<OriginChange>;
  /** How many lookups may be under way at once: `maxQueries`. */
  readonly concurrency: number;
  /** The table's name, quoted for SQL. */
  protected readonly table: string;
  /** Looks for changes that are not notified of; `undefined` with `listen: false`. */
  protected readonly notificationCheck: NotificationCheck | undefined;
  private readonly queries: PostgresQueries;
  private readonly queryTimeout: number;

  /** @throws TypeError, RangeError when an option is not what it has to be */
  constructor(options: PostgresOriginsOptions) {
    const { client, table, channel, readsReplica, maxQueries, queryTimeout } = postgresOriginsSettings(options);
    this.queries = new PostgresQueries(client, table, maxQueries);
    this.concurrency = this.queries.most;
    this.queryTimeout = queryTimeout;
    this.table = table;
    if (channel !== undefined) {
      const check = new NotificationCheck(table, channel.name, (text, signal) =>
        this.queries.rows({ text, limit: this.queryTimeout }, signal, false),
      );
      this.notificationCheck = check;
      const heard = changeFeed(channel, undefined, check.onListening).pipe(tap(check.onChange));
      this.changes = changesForReplica(heard, readsReplica);
    } else {
      this.changes = NEVER;
    }
  }

  /**
   * Rows of a query. Rejects when it fails. When the signal is aborted, the query is canceled in the server.
   *
   * @param text one statement, with its values as literals
   * @param limit how long the server may work on it, in milliseconds. Default: `queryTimeout`.
   */
  protected async query(
    text: string,
    signal: AbortSignal,
    limit = this.queryTimeout,
  ): Promise<readonly PostgresOriginRow[]> {
    return (await this.queries.rows({ text, limit }, signal)) as readonly PostgresOriginRow[];
  }
}
