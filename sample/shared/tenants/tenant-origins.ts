import { Injectable } from '@nestjs/common';
import { PostgresOriginLookup } from 'nestjs-cors/postgres';
import { Database } from '../database/database.js';

/**
 * Asks the table about one origin at a time, for the tenant that the policy derives: only rows whose ownership is verified
 * allow anything. The module keeps the answers, and drops those that PostgreSQL notifies of a change of.
 */
@Injectable()
export class TenantOrigins extends PostgresOriginLookup {
  constructor(database: Database) {
    super({ client: database.client });
  }
}
