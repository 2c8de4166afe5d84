import type { ObjectLiteral } from 'typeorm';
import type { OriginList, OriginListContext, OriginRow } from '../../options/index.js';
import { inRange } from '../../support/in-range.js';
import type { CorsOrigin } from './cors-origin.js';
import { originTableOf, TypeOrmOrigins, type TypeOrmOriginsOptions } from './typeorm-origins.js';

/** {@link TypeOrmOriginsOptions}, and how a list is read. */
export type TypeOrmOriginListOptions<Entity extends ObjectLiteral = CorsOrigin> = TypeOrmOriginsOptions<Entity> & {
  /** How many rows are read at a time, 1 to 1000000; more at a time block the event loop for longer. Default: 2000. */
  readonly pageSize?: number | undefined;
  /**
   * How long the server may work on one page, 100 to 3600000 milliseconds, in PostgreSQL, MariaDB and MySQL. The reading as a whole
   * ends at `lists.loadTimeout`. Default: 30000.
   */
  readonly pageTimeout?: number | undefined;
};

/**
 * Reads the table into memory in pages, in the order of the primary key, so that no request waits for the database. Extend
 * it, so that it is a provider:
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
 * // PostgreSQL, where other processes write too, with the triggers of nestjs-cors/postgres/schema.sql:
 * super({ repository, otherChanges: new PostgresOriginList({ client: pool }).changes });
 * ```
 */
export class TypeOrmOriginList<Entity extends ObjectLiteral = CorsOrigin>
  extends TypeOrmOrigins<Entity>
  implements OriginList
{
  readonly #pageSize: number;
  readonly #pageTimeout: number;

  /** @throws TypeError, RangeError for an invalid option */
  constructor({ pageSize = 2000, pageTimeout = 30_000, ...options }: TypeOrmOriginListOptions<Entity>) {
    super(options as TypeOrmOriginsOptions<Entity>);
    this.#pageSize = inRange('pageSize', pageSize, 1, 1_000_000);
    this.#pageTimeout = inRange('pageTimeout', pageTimeout, 100, 3_600_000);
  }

  /** @throws while reading: the driver's errors, and the signal's reason when it is aborted */
  loadOrigins({ signal }: OriginListContext): AsyncIterable<OriginRow> {
    return originTableOf(this).pages(this.#pageSize, signal, this.#pageTimeout);
  }

  /** @throws the driver's errors, and the signal's reason when it is aborted */
  async loadOrigin(origin: string, { signal }: OriginListContext): Promise<readonly OriginRow[]> {
    signal.throwIfAborted();
    return originTableOf(this).rowsOf(origin, signal);
  }
}
