import { Injectable, NotFoundException } from '@nestjs/common';
import { CorsOriginCache } from 'nestjs-cors';
import { Database } from '../../../shared/database/database.js';
import { ProblemException } from '../problem.exception.js';
import { OwnershipProof } from './ownership-proof.js';

export interface TenantOrigin {
  id: string;
  origin: string;
  /** `pending` until the ownership is proven; such an origin is not allowed. */
  state: 'pending' | 'verified';
  /** What has to be published at the origin to prove it. */
  token: string;
}

const columns =
  "id::text, origin, verification_token::text as token, case when verified_at is null then 'pending' else 'verified' end as state";

@Injectable()
export class OriginsService {
  constructor(
    private readonly database: Database,
    private readonly cache: CorsOriginCache,
    private readonly proof: OwnershipProof,
  ) {}

  list(tenant: string): Promise<TenantOrigin[]> {
    return this.database.query(`select ${columns} from cors_origins where tenant = $1 order by cors_origins.id`, [
      tenant,
    ]);
  }

  /** @throws NotFoundException, also when it is another tenant's */
  async find(tenant: string, id: string): Promise<TenantOrigin> {
    const [found] = await this.database.query<TenantOrigin>(
      `select ${columns} from cors_origins where tenant = $1 and id::text = $2`,
      [tenant, id],
    );
    return found ?? missing();
  }

  /** Stores an origin, pending. @throws ProblemException when the tenant has it, or has as many as it may */
  async add(tenant: string, origin: string): Promise<TenantOrigin> {
    const [added] = await this.database
      .query<TenantOrigin>(
        `insert into cors_origins (tenant, origin) values ($1, $2) on conflict (origin, tenant) do nothing returning ${columns}`,
        [tenant, origin],
      )
      .catch(limitReached);
    if (added === undefined) {
      throw new ProblemException(409, [
        { code: 'duplicate-origin', message: `${origin} is in the list already.`, hint: 'There is nothing to add.' },
      ]);
    }
    return added;
  }

  /** @throws ProblemException when the origin does not publish its token */
  async verify(tenant: string, id: string): Promise<TenantOrigin> {
    const { origin, token } = await this.find(tenant, id);
    await this.proof.demand(origin, token);
    const [verified] = await this.database.query<TenantOrigin>(
      `update cors_origins set verified_at = coalesce(verified_at, now())
        where tenant = $1 and id::text = $2 and origin = $3 returning ${columns}`,
      [tenant, id, origin],
    );
    await this.changed(tenant, origin);
    return verified ?? missing();
  }

  /** @throws NotFoundException, also when it is another tenant's */
  async remove(tenant: string, id: string): Promise<void> {
    const [removed] = await this.database.query<{ origin: string }>(
      'delete from cors_origins where tenant = $1 and id::text = $2 returning origin',
      [tenant, id],
    );
    await this.changed(tenant, removed?.origin ?? missing());
  }

  /**
   * Has this instance follow before it answers, so that whoever made the change finds it made. The others are notified by the
   * database when it commits.
   */
  private changed(tenant: string, origin: string): Promise<void> {
    return this.cache.invalidate({ tenant, origin });
  }
}

function missing(): never {
  throw new NotFoundException('There is no such origin.');
}

/** The trigger in `database/tenants.sql` counts, not this service: two requests at once would both find a place. */
function limitReached(error: unknown): never {
  if ((error as { constraint?: unknown }).constraint === 'tenants_max_origins') {
    throw new ProblemException(409, [
      {
        code: 'origin-limit',
        message: 'There are as many origins as this tenant may have.',
        hint: 'Remove one that is no longer used.',
      },
    ]);
  }
  throw error;
}
