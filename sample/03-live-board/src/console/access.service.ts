import { Injectable } from '@nestjs/common';
import { Database } from '../../../shared/database/database.js';

/** The rows that say which origins may show the board of which tenant. Every instance is notified of a change by the database. */
@Injectable()
export class AccessService {
  constructor(private readonly database: Database) {}

  async originsOf(tenant: string): Promise<string[]> {
    const rows = await this.database.query<{ origin: string }>('select origin from cors_origins where tenant = $1', [
      tenant,
    ]);
    return rows.map(({ origin }) => origin);
  }

  async add(tenant: string, origin: string): Promise<void> {
    await this.database.query('insert into cors_origins (tenant, origin) values ($1, $2) on conflict do nothing', [
      tenant,
      origin,
    ]);
  }

  async remove(tenant: string, origin: string): Promise<void> {
    await this.database.query('delete from cors_origins where tenant = $1 and origin = $2', [tenant, origin]);
  }
}
