import { readFile } from 'node:fs/promises';
import { createOriginsSchema } from 'nestjs-cors/postgres';
import type { WebOrigins } from '../../../shared/tenants/web-origins.js';
import type { Database } from '../../../shared/database/database.js';

/**
 * Creates what is missing. On the very first start there are the tenants of the shops, and the origin of the first shop as if
 * its ownership had been proven: whoever removes it later has meant it.
 */
export async function prepareDatabase(database: Database, schemaFile: string, { shops }: WebOrigins): Promise<void> {
  const [table] = await database.query<{ exists: boolean }>("select to_regclass('tenants') is not null as exists");
  await createOriginsSchema(database.client);
  await database.execute(await readFile(schemaFile, 'utf8'));
  if (table?.exists) {
    return;
  }
  for (const [index, { tenant, origin }] of shops.entries()) {
    await database.query('insert into tenants (name) values ($1) on conflict do nothing', [tenant]);
    await database.query(
      'insert into orders (tenant, id, quantity) values ($1, 7, $2), ($1, 8, $2) on conflict do nothing',
      [tenant, index + 1],
    );
    if (index === 0) {
      await database.query(
        'insert into cors_origins (tenant, origin, verified_at) values ($1, $2, now()) on conflict do nothing',
        [tenant, origin],
      );
    }
  }
}
