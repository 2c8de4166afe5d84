import type { ObjectLiteral } from 'typeorm';
import type { OriginList, OriginListContext, OriginRow } from '../../options/index.js';
import { inRange } from '../../support/in-range.js';
import type { CorsOrigin } from './cors-origin.js';
import { TypeOrmOrigins, type TypeOrmOriginsOptions } from './typeorm-origins.js';

/** {@link TypeOrmOriginsOptions}, and how a list is read. */
export type TypeOrmOriginListOptions<Entity extends ObjectLiteral = CorsOrigin> = TypeOrmOriginsOptions<Entity> & {
  /**
   * How long the server may work on one page, 100 to 3600000 milliseconds, in PostgreSQL, MariaDB and MySQL. The reading as a whole
   * ends at `lists.loadTimeout`. Default: 30000.
   */
  readonly pageTimeout?: number | undefined;
};

/**
 * Reads the table into memory, so that no request waits for the database: in pages of 2000 rows, in the order of the primary
 * key. Extend it, so that it is a provider:
 *
 * @example
 * ```ts
 * @Injectable()
 * export class CustomerOrigins extends TypeOrmOriginList {
 *   constructor(@InjectRepository(CorsOrigin) repository: Repository<CorsOrigin>) {
 *     super({ repository });
 *   }
 * }
 *
 * // PostgreSQL, where other processes write, too; with the triggers of nestjs-cors/postgres/schema.sql:
 * super({ repository, otherChanges: new PostgresOriginList({ client: pool }).changes });
 * ```
 */
export class TypeOrmOriginList<Entity extends ObjectLiteral = CorsOrigin>
  extends TypeOrmOrigins<Entity>
  implements OriginList
{
  readonly #pageTimeout: number;

  /** @throws TypeError, RangeError when an option is not what it has to be */
  constructor({ pageTimeout = 30_000, ...options }: TypeOrmOriginListOptions<Entity>) {
    super(options as TypeOrmOriginsOptions<Entity>);
    this.#pageTimeout = inRange('pageTimeout', pageTimeout, 100, 3_600_000);
  }

  /** @throws while reading: whatever the driver throws, and the signal's reason when it is aborted */
  loadOrigins({ signal }: OriginListContext): AsyncIterable<OriginRow> {
    return this.originTable.pages(signal, this.#pageTimeout);
  }

  /** @throws whatever the driver throws, and the signal's reason when it is aborted first */
  async loadOrigin(origin: string, { signal }: OriginListContext): Promise<readonly OriginRow[]> {
    signal.throwIfAborted();
    return this.originTable.rowsOf(origin, signal);
  }
}
