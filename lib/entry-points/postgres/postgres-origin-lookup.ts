import type { OriginLookup, OriginLookupContext } from '../../options/index.js';
import { PostgresOrigins } from './postgres-origins.js';
import { storedTexts } from '../stores/stored-texts.js';
import { textArrayLiteral, textLiteral } from './sql-literal.js';
import { isStorable } from './stored-text.js';

/**
 * Allowed origins that are looked up in PostgreSQL one by one, by an index: for tables that are too large for memory. Rows
 * may hold patterns: the query asks for every text that can cover the origin, of which there are few. Patterns over a public
 * suffix (`https://*.com`) allow nothing, as in lists.
 *
 * Allowed is what a row with a `verified_at` covers that is for the tenant or, with the tenant `''`, for every tenant. A
 * query that fails rejects, which refuses the origin. See {@link createOriginsSchema} for the table.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class CustomerOrigins extends PostgresOriginLookup {
 *   constructor(pool: Pool) {
 *     super({ client: pool });
 *   }
 * }
 *
 * CorsModule.forRoot({ originLookup: CustomerOrigins, tenant: (request) => request.params.shop });
 * ```
 */
export class PostgresOriginLookup extends PostgresOrigins implements OriginLookup {
  async isOriginAllowed(
    origin: string,
    { tenant, signal }: Pick<OriginLookupContext, 'tenant' | 'signal'>,
  ): Promise<boolean> {
    const texts = storedTexts(origin);
    if (texts.length === 0) {
      return false;
    }
    const ofTenant = tenant !== undefined && isStorable(tenant) ? tenant : '';
    const rows = await this.query(
      `select origin, tenant from ${this.table} where origin = any(${textArrayLiteral(texts)}) ` +
        `and tenant in ('', ${textLiteral(ofTenant)}) and verified_at is not null`,
      signal,
    );
    // Once more, byte by byte: in a table of another make, a collation or a type may compare regardless of case.
    return rows.some((row) => texts.includes(row.origin as string) && (row.tenant === '' || row.tenant === ofTenant));
  }
}
