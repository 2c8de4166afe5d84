import { Controller, Inject, Injectable, Put } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource, Repository } from 'typeorm';
import {
  CorsOrigin,
  corsOriginSchema,
  TypeOrmOriginList,
  TypeOrmOriginLookup,
} from '../../lib/entry-points/typeorm/index.js';
import { type Platform, type RunningApplication, startApplication } from '../support/application.js';
import { ENGINES, OrmDatabase } from './typeorm-databases.js';

const SHOP = 'https://shop.example';
/** What `@InjectRepository(CorsOrigin)` stands for. */
const ORIGINS = Symbol('CorsOriginRepository');

@Injectable()
class AskedOrigins extends TypeOrmOriginLookup {
  constructor(@Inject(ORIGINS) private readonly repository: Repository<CorsOrigin>) {
    super({ repository });
  }

  stored(): Promise<number> {
    return this.repository.count();
  }
}

@Injectable()
class ListedOrigins extends TypeOrmOriginList {
  constructor(@Inject(ORIGINS) repository: Repository<CorsOrigin>) {
    super({ repository });
  }
}

@Controller('orders')
class OrdersController {
  @Put(':id')
  replace() {
    return 'replaced';
  }
}

const CASES = ENGINES.flatMap((engine) =>
  (['express', 'fastify'] as Platform[]).flatMap((platform) =>
    [AskedOrigins, ListedOrigins].map((origins) => ({ engine, platform, origins, name: origins.name })),
  ),
);

describe.each(CASES)('application on $platform with $name in $engine', ({ engine, platform, origins }) => {
  let database: OrmDatabase;
  let dataSource: DataSource;
  let application: RunningApplication;

  beforeAll(async () => {
    database = await OrmDatabase.create(engine);
    dataSource = await database.connect([corsOriginSchema({ type: engine })]);
    await dataSource.synchronize();
  });

  beforeEach(async () => {
    const repository = dataSource.getRepository(CorsOrigin);
    await repository.clear();
    await repository.save([
      { origin: SHOP, tenant: 'acme' },
      { origin: 'https://*.everyone.example' },
      { origin: 'https://pending.example', tenant: 'acme', verifiedAt: null },
    ]);
    application = await startApplication(platform, 'NestFactory', {
      controllers: [OrdersController],
      providers: [origins, { provide: ORIGINS, useValue: repository }],
      cors: {
        originLookup: origins,
        tenant: ({ host }) => host.split('.')[0],
        // Neither an expiry nor a reading by the clock is what these tests see.
        cache: { ttl: 3_600_000, refusalTtl: 3_600_000 },
        lists: { refreshInterval: 3_600_000 },
      },
    });
  });

  afterEach(async () => {
    await application.close();
  });

  afterAll(async () => {
    await database.drop();
  });

  async function statusFor(origin: string, tenant = 'acme'): Promise<number | undefined> {
    const { status } = await application.send('/orders/7', {
      method: 'OPTIONS',
      headers: { Host: `${tenant}.api.example`, Origin: origin, 'Access-Control-Request-Method': 'PUT' },
    });
    return status;
  }

  /** A list is read again in the background. */
  async function becomes(status: number, origin: string): Promise<void> {
    while ((await statusFor(origin)) !== status) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('rows: are allowed for their tenants', async () => {
    expect(await statusFor(SHOP)).toBe(204);
    expect(await statusFor(SHOP, 'Acme')).toBe(403);
    expect(await statusFor(SHOP, 'other')).toBe(403);
    expect(await statusFor('https://a.everyone.example', 'other')).toBe(204);
    expect(await statusFor('https://pending.example')).toBe(403);
    expect(await statusFor('https://stranger.example')).toBe(403);
  });

  it('rows added, changed and removed through the data source: are followed', async () => {
    const repository = dataSource.getRepository(CorsOrigin);
    expect(await statusFor(SHOP)).toBe(204);
    expect(await statusFor('https://new.example')).toBe(403);

    const row = await repository.findOneByOrFail({ origin: SHOP });
    await repository.save({ id: row.id, origin: 'https://new.example' });
    await becomes(403, SHOP);
    await becomes(204, 'https://new.example');

    await repository.delete(row.id);
    await becomes(403, 'https://new.example');

    await repository.update({ origin: 'https://pending.example' }, { verifiedAt: new Date() });
    await becomes(204, 'https://pending.example');
  });

  it('removed pattern: is followed', async () => {
    expect(await statusFor('https://a.everyone.example')).toBe(204);
    const repository = dataSource.getRepository(CorsOrigin);
    await repository.remove(await repository.findBy({ origin: 'https://*.everyone.example' }));
    await becomes(403, 'https://a.everyone.example');
  });

  it('closed application: no longer listens', async () => {
    expect(dataSource.subscribers).toHaveLength(1);
    await application.close();
    expect(dataSource.subscribers).toHaveLength(0);
  });
});
