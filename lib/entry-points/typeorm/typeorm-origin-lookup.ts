import type { ObjectLiteral } from 'typeorm';
import type { OriginLookup, OriginLookupContext } from '../../options/index.js';
import { storedTexts } from '../stores/stored-texts.js';
import type { CorsOrigin } from './cors-origin.js';
import { originTableOf, TypeOrmOrigins } from './typeorm-origins.js';

/**
 * Looks up each origin with one indexed query, for the origin itself and every matching pattern. Use it for tables that are
 * too large for {@link TypeOrmOriginList}. Extend it, so that it is a provider:
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
 * // An entity of yours:
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
  /** @throws the driver's errors, and the signal's reason when it is aborted, which cancels the query */
  async isOriginAllowed(origin: string, { tenant, signal }: OriginLookupContext): Promise<boolean> {
    signal.throwIfAborted();
    const texts = storedTexts(origin);
    return texts.length > 0 && originTableOf(this).includes(texts, tenant, signal);
  }
}
