import { NEVER, type Observable, tap } from 'rxjs';
import type { OriginChange } from '../../options/index.js';
import { changeFeed } from '../stores/change-feed.js';
import { NotificationCheck } from './notification-check.js';
import { changesForReplica } from './replica-changes.js';
import { type PostgresOriginsOptions, postgresOriginsSettings } from './postgres-origins.options.js';
import { BoundedQueries } from './bounded-queries.js';

/** The columns of a row that are read. Their types depend on the table. */
export interface PostgresOriginRow {
  readonly id?: unknown;
  readonly origin: unknown;
  readonly tenant: unknown;
}

const notificationChecks = new WeakMap<PostgresOrigins, NotificationCheck>();

/** The check for changes without notifications of a store, for its subclasses; `undefined` with `listen: false`. */
export function notificationCheckOf(store: PostgresOrigins): NotificationCheck | undefined {
  return notificationChecks.get(store);
}

/** A table of allowed origins in PostgreSQL, and its changes: the base class of the lookup and the list. */
export abstract class PostgresOrigins {
  /**
   * The changes of the table, over a connection of its own while there are subscribers. Emits `{}`, everything may have
   * changed, whenever listening begins, and to later subscribers. It neither fails nor completes. With `listen: false` it emits
   * nothing.
   */
  readonly changes: Observable<OriginChange>;
  /** How many lookups may run at once: `maxQueries`. */
  readonly concurrency: number;
  /** The table's name, quoted for SQL. */
  protected readonly table: string;
  private readonly queries: BoundedQueries;
  private readonly queryTimeout: number;

  /** @throws TypeError, RangeError for an invalid option */
  constructor(options: PostgresOriginsOptions) {
    const { client, table, channel, readsReplica, maxQueries, queryTimeout } = postgresOriginsSettings(options);
    this.queries = new BoundedQueries(client, table, maxQueries);
    this.concurrency = this.queries.most;
    this.queryTimeout = queryTimeout;
    this.table = table;
    if (channel !== undefined) {
      const check = new NotificationCheck(table, channel.name, (text, signal) =>
        this.queries.rows({ text, limit: this.queryTimeout }, signal, false),
      );
      notificationChecks.set(this, check);
      const heard = changeFeed(channel, undefined, check.onListening).pipe(tap(check.onChange));
      this.changes = changesForReplica(heard, readsReplica);
    } else {
      this.changes = NEVER;
    }
  }

  /**
   * The rows of a query. Rejects when it fails. An aborted signal cancels the query in the server.
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
