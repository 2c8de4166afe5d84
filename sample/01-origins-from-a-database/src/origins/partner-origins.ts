import { Injectable } from '@nestjs/common';
import type { OriginLookup } from 'nestjs-cors';
import { Database } from '../../../shared/database/database.js';

/** The answer to "may this origin read?" is a row. */
@Injectable()
export class PartnerOrigins implements OriginLookup {
  constructor(private readonly database: Database) {}

  async isOriginAllowed(origin: string): Promise<boolean> {
    const rows = await this.database.query('select 1 from partner_origins where origin = $1', [origin]);
    return rows.length > 0;
  }
}
