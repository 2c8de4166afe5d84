import { createOriginsSchema } from 'nestjs-cors/postgres';
import type { Database } from '../../shared/database/database.js';
import type { WebOrigins } from '../../shared/tenants/web-origins.js';

/** Creates the table on the very first start, with the page of every tenant in it. */
export async function prepareDatabase(database: Database, { shops }: WebOrigins): Promise<void> {
  const [table] = await database.query<{ exists: boolean }>("select to_regclass('cors_origins') is not null as exists");
  await createOriginsSchema(database.client);
  if (!table?.exists) {
    for (const { tenant, origin } of shops) {
      await database.query('insert into cors_origins (tenant, origin) values ($1, $2)', [tenant, origin]);
    }
  }
}
