import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { Database } from '../../../shared/database/database.js';

/** Sessions of those who manage a tenant's origins. Every instance knows all of them. */
@Injectable()
export class SessionsService {
  constructor(private readonly database: Database) {}

  /** Resolves to the token of a new session. */
  async open(tenant: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.database.query('delete from admin_sessions where expires_at <= now()');
    await this.database.query('insert into admin_sessions (token_hash, tenant) values ($1, $2)', [hash(token), tenant]);
    return token;
  }

  async isOpen(token: string, tenant: string): Promise<boolean> {
    const sessions = await this.database.query(
      'select 1 from admin_sessions where token_hash = $1 and tenant = $2 and expires_at > now()',
      [hash(token), tenant],
    );
    return sessions.length > 0;
  }

  async close(token: string, tenant: string): Promise<void> {
    await this.database.query('delete from admin_sessions where token_hash = $1 and tenant = $2', [
      hash(token),
      tenant,
    ]);
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
