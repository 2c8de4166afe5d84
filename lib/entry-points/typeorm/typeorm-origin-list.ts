import type { ObjectLiteral } from 'typeorm';
import type { OriginList, OriginListContext, OriginRow } from '../../options/index.js';
import type { CorsOrigin } from './cors-origin.js';
import { TypeOrmOrigins } from './typeorm-origins.js';

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
  /** @throws while reading: whatever the driver throws, and the signal's reason when it is aborted */
  loadOrigins({ signal }: OriginListContext): AsyncIterable<OriginRow> {
    return this.originTable.pages(signal);
  }

  /** @throws whatever the driver throws, and the signal's reason when it is aborted first */
  async loadOrigin(origin: string, { signal }: OriginListContext): Promise<readonly OriginRow[]> {
    signal.throwIfAborted();
    return this.originTable.rowsOf(origin, signal);
  }
}
