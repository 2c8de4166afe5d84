import type { OriginList, OriginListContext, OriginRow } from '../../options/index.js';
import { inRange } from '../../support/in-range.js';
import { notificationCheckOf, type PostgresOriginRow, PostgresOrigins } from './postgres-origins.js';
import type { PostgresOriginsOptions } from './postgres-origins.options.js';
import { textLiteral } from './sql-literal.js';
import { isStorable } from './stored-text.js';

/** {@link PostgresOriginsOptions}, and how a list is read. */
export interface PostgresOriginListOptions extends PostgresOriginsOptions {
  /** How many rows are read at a time, 1 to 1000000; more at a time block the event loop for longer. Default: 2000. */
  pageSize?: number | undefined;
  /**
   * How long the server may work on one page, 100 to 3600000 milliseconds. The reading as a whole ends at
   * `lists.loadTimeout`. Default: 30000.
   */
  pageTimeout?: number | undefined;
}

/**
 * Reads allowed origins from PostgreSQL into memory, and again when they change. Only rows with a `verified_at` count. See {@link createOriginsSchema} for the table.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class CustomerOrigins extends PostgresOriginList {
 *   constructor(pool: Pool) {
 *     super({ client: pool });
 *   }
 * }
 *
 * CorsModule.forRoot({ originLookup: CustomerOrigins });
 * ```
 */
export class PostgresOriginList extends PostgresOrigins implements OriginList {
  private readonly pageSize: number;
  private readonly pageTimeout: number;

  /** @throws TypeError, RangeError for an invalid option */
  constructor({ pageSize = 2000, pageTimeout = 30_000, ...options }: PostgresOriginListOptions) {
    super(options);
    this.pageSize = inRange('pageSize', pageSize, 1, 1_000_000);
    this.pageTimeout = inRange('pageTimeout', pageTimeout, 100, 3_600_000);
  }

  /**
   * Reads page after page, each in a query of its own, and holds no connection in between. The pages need not be a snapshot:
   * every row was committed when it was read, and the triggers notify of rows that are committed meanwhile.
   */
  async *loadOrigins({ signal }: OriginListContext): AsyncGenerator<OriginRow, void, undefined> {
    const check = notificationCheckOf(this);
    await check?.checkTriggers(signal);
    const reading = check?.startReading();
    let page = await this.query(this.page(''), signal, this.pageTimeout);
    for (;;) {
      reading?.add(page);
      for (const row of page) {
        yield toRow(row);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < this.pageSize) {
        reading?.complete();
        return;
      }
      page = await this.query(this.page(`and id > ${textLiteral(String(last.id))}`), signal, this.pageTimeout);
    }
  }

  async loadOrigin(origin: string, { signal }: OriginListContext): Promise<readonly OriginRow[]> {
    if (!isStorable(origin)) {
      return [];
    }
    const rows = await this.query(
      `select id, origin, tenant from ${this.table} ` +
        `where origin = ${textLiteral(origin)} and verified_at is not null order by id`,
      signal,
    );
    // A collation or type of the table may ignore case.
    return rows.filter((row) => row.origin === origin).map(toRow);
  }

  private page(after: string): string {
    return (
      `select id, origin, tenant from ${this.table} where verified_at is not null ${after} ` +
      `order by id limit ${this.pageSize}`
    );
  }
}

/** Unchecked: the list reports rows that cannot be an origin. */
function toRow({ id, origin, tenant }: PostgresOriginRow): OriginRow {
  return { id, origin, tenant } as OriginRow;
}
