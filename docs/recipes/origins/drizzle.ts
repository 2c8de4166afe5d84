import { Inject, Injectable } from '@nestjs/common';
import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { type PgDatabase, type PgQueryResultHKT, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';
import type { OriginLookup, OriginLookupContext } from 'nestjs-cors';

export const corsOrigins = pgTable('cors_origins', {
  id: serial().primaryKey(),
  tenant: text().notNull().default(''),
  origin: text().notNull(),
  verifiedAt: timestamp('verified_at', { withTimezone: true }),
});

/** Asks for one origin at a time. Index the columns (origin, tenant). */
@Injectable()
export class CorsOrigins implements OriginLookup {
  constructor(@Inject('DATABASE') private readonly database: PgDatabase<PgQueryResultHKT>) {}

  async isOriginAllowed(origin: string, { tenant = '' }: OriginLookupContext): Promise<boolean> {
    const { origin: stored, tenant: owner, verifiedAt } = corsOrigins;
    const rightful = and(eq(stored, origin), inArray(owner, ['', tenant]), isNotNull(verifiedAt));
    return (await this.database.select().from(corsOrigins).where(rightful).limit(1)).length > 0;
  }
}
