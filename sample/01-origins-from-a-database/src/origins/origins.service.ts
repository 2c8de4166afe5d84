import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../../shared/database/database.js';
import { WebPages } from '../../../shared/pages/web-pages.js';

export interface PartnerOrigin {
  id: number;
  origin: string;
}

@Injectable()
export class OriginsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly pages: WebPages,
  ) {}

  /** Creates the table on the very first start, with the first page in it: whoever deletes that row later has meant it. */
  async onModuleInit(): Promise<void> {
    const [table] = await this.database.query<{ exists: boolean }>(
      "select to_regclass('partner_origins') is not null as exists",
    );
    if (table?.exists) {
      return;
    }
    await this.database.query(`
      create table if not exists partner_origins (
        id integer generated always as identity primary key,
        origin text not null unique,
        added_at timestamptz not null default now()
      )`);
    await this.add(this.pages.origins[0] ?? '');
  }

  list(): Promise<PartnerOrigin[]> {
    return this.database.query<PartnerOrigin>('select id, origin from partner_origins order by id');
  }

  /** `undefined` when the origin is there already. */
  async add(origin: string): Promise<PartnerOrigin | undefined> {
    const [row] = await this.database.query<PartnerOrigin>(
      'insert into partner_origins (origin) values ($1) on conflict (origin) do nothing returning id, origin',
      [origin],
    );
    return row;
  }

  /** Whether there was such a row. */
  async remove(id: number): Promise<boolean> {
    const rows = await this.database.query('delete from partner_origins where id = $1 returning id', [id]);
    return rows.length > 0;
  }
}
