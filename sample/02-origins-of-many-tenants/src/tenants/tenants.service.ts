import { Injectable, NotFoundException } from '@nestjs/common';
import { Database } from '../../../shared/database/database.js';

export interface Tenant {
  name: string;
  maxOrigins: number;
}

@Injectable()
export class TenantsService {
  constructor(private readonly database: Database) {}

  /** @throws NotFoundException */
  async find(name: string): Promise<Tenant> {
    const [tenant] = await this.database.query<Tenant>(
      'select name, max_origins as "maxOrigins" from tenants where name = $1',
      [name],
    );
    if (tenant === undefined) {
      throw new NotFoundException('There is no such tenant.');
    }
    return tenant;
  }
}
