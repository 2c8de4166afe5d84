import type { OriginLookup, OriginLookupContext } from '../../options/index.js';
import { PostgresOrigins } from './postgres-origins.js';
import { storedTexts } from '../stores/stored-texts.js';
import { textArrayLiteral, textLiteral } from './sql-literal.js';
import { isStorable } from './stored-text.js';

/**
 * Looks up each origin in PostgreSQL by an index, for tables that are too large for memory. Rows may hold patterns: the query
 * names the origin and the few patterns that match it. Patterns over a public suffix (`https://*.com`) allow nothing, as in
 * lists.
 *
 * A row allows its origins for its tenant, and with the tenant `''` for every tenant, if it has a `verified_at`. A query that
 * fails refuses the origin. See {@link createOriginsSchema} for the table.
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
    // Compared again byte by byte, because a collation or type of the table may ignore case.
    return rows.some((row) => texts.includes(row.origin as string) && (row.tenant === '' || row.tenant === ofTenant));
  }
}
