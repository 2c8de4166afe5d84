import type { ObjectLiteral } from 'typeorm';
import type { OriginLookup, OriginLookupContext } from '../../options/index.js';
import { storedTexts } from '../stores/stored-texts.js';
import type { CorsOrigin } from './cors-origin.js';
import { TypeOrmOrigins } from './typeorm-origins.js';

/**
 * Asks the database about one origin at a time, with one indexed query: for the origin, and for every pattern that covers
 * it. For tables that are too large for {@link TypeOrmOriginList}. Extend it, so that it is a provider:
 *
 * @example
 * ```ts
 * @Injectable()
 * export class CustomerOrigins extends TypeOrmOriginLookup {
 *   constructor(@InjectRepository(CorsOrigin) repository: Repository<CorsOrigin>) {
 *     super({ repository });
 *   }
 * }
 *
 * // Rows that you have already:
 * @Injectable()
 * export class CustomerDomains extends TypeOrmOriginLookup<Domain> {
 *   constructor(@InjectRepository(Domain) repository: Repository<Domain>) {
 *     super({ repository, columns: { origin: 'url', tenant: 'accountId' }, where: { active: true } });
 *   }
 * }
 * ```
 */
export class TypeOrmOriginLookup<Entity extends ObjectLiteral = CorsOrigin>
  extends TypeOrmOrigins<Entity>
  implements OriginLookup
{
  /** @throws whatever the driver throws, and the signal's reason when it is aborted first; the query is canceled then */
  async isOriginAllowed(origin: string, { tenant, signal }: OriginLookupContext): Promise<boolean> {
    signal.throwIfAborted();
    const texts = storedTexts(origin);
    return texts.length > 0 && this.originTable.includes(texts, tenant, signal);
  }
}
