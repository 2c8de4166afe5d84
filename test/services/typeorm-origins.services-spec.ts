import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DataSource, Raw, type Repository } from 'typeorm';
import {
  CorsOrigin,
  corsOriginSchema,
  TypeOrmOriginList,
  TypeOrmOriginLookup,
} from '../../lib/entry-points/typeorm/index.js';
import { ENGINES, OrmDatabase } from './typeorm-databases.js';
import { batches, context, CustomerDomain, listed, TenantOrigin } from './typeorm-entities.js';

const SHOP = 'https://shop.example';

describe.each(ENGINES)('TypeORM origins in %s', (engine) => {
  let database: OrmDatabase;
  let dataSource: DataSource;
  let repository: Repository<CorsOrigin>;
  let lookup: TypeOrmOriginLookup;
  let list: TypeOrmOriginList;

  beforeAll(async () => {
    database = await OrmDatabase.create(engine);
    dataSource = await database.connect([corsOriginSchema({ type: engine }), CustomerDomain, TenantOrigin]);
    await dataSource.synchronize();
    repository = dataSource.getRepository(CorsOrigin);
    lookup = new TypeOrmOriginLookup({ repository });
    list = new TypeOrmOriginList({ repository });
  });

  beforeEach(async () => {
    await repository.clear();
  });

  afterAll(async () => {
    await database.drop();
  });

  describe('entity', () => {
    it('second synchronization: finds the table in order', async () => {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    });

    it('row with an origin alone: has the documented defaults', async () => {
      const { id, tenant, verifiedAt, createdAt } = await repository.save({ origin: SHOP });
      expect({ id: typeof id, tenant }).toEqual({ id: 'string', tenant: '' });
      expect([verifiedAt, createdAt]).toEqual([expect.any(Date), expect.any(Date)]);
    });

    it('origin stored twice: is rejected for the same tenant only', async () => {
      await repository.save({ origin: SHOP, tenant: 'acme' });
      await repository.save({ origin: SHOP, tenant: 'other' });
      await expect(repository.save({ origin: SHOP, tenant: 'acme' })).rejects.toThrow(/duplicate/i);
    });

    it('tenants that differ in case, accents or trailing spaces: are told apart', async () => {
      const tenants = ['acme', 'Acme', 'acmé', 'acme ', 'straße', 'strasse'];
      await repository.save(tenants.map((tenant) => ({ origin: SHOP, tenant })));
      expect((await listed(list.loadOrigins(context()))).map(({ tenant }) => tenant)).toEqual(tenants);
    });

    it('longest origin and tenant: are stored, and no longer ones', async () => {
      await repository.save({ origin: 'o'.repeat(512), tenant: 't'.repeat(255) });
      await expect(repository.save({ origin: 'o'.repeat(513) })).rejects.toThrow(/too long|check/i);
    });
  });

  describe('lookup', () => {
    it('stored origin: is allowed, and no other one', async () => {
      await repository.save({ origin: SHOP });
      expect(await lookup.isOriginAllowed(SHOP, context())).toBe(true);
      expect(await lookup.isOriginAllowed('http://shop.example', context())).toBe(false);
      expect(await lookup.isOriginAllowed('https://shop.example:8443', context())).toBe(false);
    });

    it('tenant: finds its own rows and those for every tenant', async () => {
      await repository.save([
        { origin: SHOP, tenant: 'acme' },
        { origin: 'https://everyone.example', tenant: '' },
      ]);
      expect(await lookup.isOriginAllowed(SHOP, context('acme'))).toBe(true);
      expect(await lookup.isOriginAllowed(SHOP, context('other'))).toBe(false);
      expect(await lookup.isOriginAllowed(SHOP, context(''))).toBe(false);
      expect(await lookup.isOriginAllowed(SHOP, context())).toBe(false);
      expect(await lookup.isOriginAllowed('https://everyone.example', context('acme'))).toBe(true);
      expect(await lookup.isOriginAllowed('https://everyone.example', context())).toBe(true);
    });

    it.each([
      ['https://*.customer.example', 'https://a.b.customer.example', true],
      ['https://*.customer.example', 'https://customer.example', false],
      ['https://*.customer.example', 'https://a.customer.example:8443', false],
      ['https://*.customer.example:*', 'https://a.customer.example:8443', true],
      ['https://app.example:*', 'https://app.example', true],
      ['https://app.example:*', 'https://app.example:1234', true],
      ['http://app.example:*', 'https://app.example:1234', false],
      ['https://*.amazonaws.com', 'https://bucket.s3.amazonaws.com', false],
      ['https://*.nip.io', 'https://10-0-0-1.nip.io', false],
      ['file://', 'file://', true],
      ['file://', 'file:///', false],
      ['app://.', 'app://', false],
      ['app://A', 'app://a', false],
    ])('row %s: the lookup of %s returns %s', async (pattern, origin, allowed) => {
      await repository.save({ origin: pattern, tenant: 'acme' });
      expect(await lookup.isOriginAllowed(origin, context('acme'))).toBe(allowed);
      expect(await lookup.isOriginAllowed(origin, context('other'))).toBe(false);
    });

    it('row without a proof of ownership: does not allow', async () => {
      const row = await repository.save({ origin: SHOP, verifiedAt: null });
      expect(await lookup.isOriginAllowed(SHOP, context())).toBe(false);
      await repository.save({ id: row.id, verifiedAt: new Date() });
      expect(await lookup.isOriginAllowed(SHOP, context())).toBe(true);
    });

    it.each(['Acme', 'ACME', 'acme ', 'acmé', 'acme\0', '', "' or ''='", '\\', '%', 'ac_e', '\ud800'])(
      'tenant %j: is not taken for another',
      async (tenant) => {
        await repository.save([
          { origin: SHOP, tenant: 'acme' },
          { origin: SHOP, tenant: '\ufffd' },
        ]);
        expect(await lookup.isOriginAllowed(SHOP, context(tenant))).toBe(false);
      },
    );

    it('tenant that no column can hold: finds nothing', async () => {
      expect(await lookup.isOriginAllowed(SHOP, context('x'.repeat(70_000)))).toBe(false);
    });

    it.each(["https://x' or '1'='1", 'https://%', 'https://SHOP.example', 'https://shop.example ', 'null', '*', ''])(
      'value %j, which is not an origin: sends no query',
      async (origin) => {
        await repository.save([{ origin: SHOP }, { origin: '*' }, { origin: 'null' }]);
        expect(await lookup.isOriginAllowed(origin, context())).toBe(false);
      },
    );

    it('deadline passed: sends no query, and does not wait', async () => {
      const reason = new Error('too late');
      await expect(lookup.isOriginAllowed(SHOP, context('acme', AbortSignal.abort(reason)))).rejects.toBe(reason);

      const sleep = engine === 'postgres' ? 'pg_sleep(1) is null' : 'sleep(1) = 1';
      await repository.save({ origin: SHOP });
      const slow = new TypeOrmOriginLookup({ repository, where: { createdAt: Raw(() => sleep) } });
      const controller = new AbortController();
      const answer = slow.isOriginAllowed(SHOP, context(undefined, controller.signal));
      setTimeout(() => controller.abort(reason), 50);
      await expect(answer).rejects.toBe(reason);
    });

    it('missing table: rejects, and recovers when it is back', async () => {
      await repository.save({ origin: SHOP });
      await dataSource.query('alter table cors_origins rename to moved');
      await expect(lookup.isOriginAllowed(SHOP, context())).rejects.toThrow(/cors_origins/);
      await dataSource.query('alter table moved rename to cors_origins');
      expect(await lookup.isOriginAllowed(SHOP, context())).toBe(true);
    });

    it('replication: reads the primary', async () => {
      const replica = await OrmDatabase.create(engine);
      let replicated: DataSource | undefined;
      try {
        const schema = corsOriginSchema({ type: engine });
        await (await replica.connect([schema])).synchronize();
        replicated = await database.connect([schema], {
          replication: { master: { url: database.options.url }, slaves: [{ url: replica.options.url }] },
        });
        const rows = replicated.getRepository(CorsOrigin);
        await rows.save({ origin: SHOP });
        expect(await rows.find()).toEqual([]);
        expect(await new TypeOrmOriginLookup({ repository: rows }).isOriginAllowed(SHOP, context())).toBe(true);
        expect(await listed(new TypeOrmOriginList({ repository: rows }).loadOrigins(context()))).toHaveLength(1);
      } finally {
        await replicated?.destroy();
        await replica.drop();
      }
    });
  });

  describe('list', () => {
    it('several pages: reads each row once', async () => {
      for (const batch of batches(5000, (place) => ({ origin: `https://${place}.example`, tenant: `t${place % 7}` }))) {
        await repository.insert(batch);
      }
      const rows = await listed(list.loadOrigins(context()));
      expect(new Set(rows.map(({ origin }) => origin)).size).toBe(5000);
      expect(rows).toHaveLength(5000);
    });

    it('rows that come and go during a reading: hide no other row', async () => {
      for (const batch of batches(2500, (place) => ({ origin: `https://${place}.example` }))) {
        await repository.insert(batch);
      }
      const rows: string[] = [];
      for await (const { origin } of list.loadOrigins(context())) {
        if (rows.push(origin) === 1) {
          await repository.delete({ origin: 'https://7.example' });
          await repository.delete({ origin: 'https://8.example' });
        }
      }
      expect(new Set(rows)).toContain('https://2001.example');
      expect(new Set(rows)).toContain('https://2499.example');
    });

    it('rows: are unchanged, with their primary key, without those that lack a proof', async () => {
      const saved: Partial<CorsOrigin>[] = [
        { origin: SHOP, tenant: 'acme' },
        { origin: 'https://pending.example', verifiedAt: null },
        { origin: 'not an origin' },
      ];
      const [first, , third] = await repository.save(saved);
      expect(await listed(list.loadOrigins(context()))).toEqual([
        { id: first?.id, origin: SHOP, tenant: 'acme' },
        { id: third?.id, origin: 'not an origin', tenant: '' },
      ]);
    });

    it('one origin: reads its rows of all tenants, and no pattern that covers it', async () => {
      await repository.save([
        { origin: SHOP, tenant: 'acme' },
        { origin: SHOP, tenant: 'other' },
        { origin: 'https://shop.example:*' },
      ]);
      const rows = await list.loadOrigin(SHOP, context());
      expect(rows.map(({ origin, tenant }) => [origin, tenant])).toEqual([
        [SHOP, 'acme'],
        [SHOP, 'other'],
      ]);
      expect(await list.loadOrigin('https://gone.example', context())).toEqual([]);
    });

    it('deadline passed between pages: stops', async () => {
      for (const batch of batches(2001, (place) => ({ origin: `https://${place}.example` }))) {
        await repository.insert(batch);
      }
      const controller = new AbortController();
      const reading = async () => {
        for await (const _ of list.loadOrigins(context(undefined, controller.signal))) {
          controller.abort(new Error('too late'));
        }
      };
      await expect(reading()).rejects.toThrow('too late');
    });
  });

  describe('entity of the application', () => {
    let domains: Repository<CustomerDomain>;
    let tenantOrigins: Repository<TenantOrigin>;

    beforeEach(async () => {
      domains = dataSource.getRepository(CustomerDomain);
      tenantOrigins = dataSource.getRepository(TenantOrigin);
      await domains.clear();
      await tenantOrigins.clear();
    });

    it('named properties: are read, with numbers for tenants and null for every tenant', async () => {
      const columns = { origin: 'url', tenant: 'accountId' } as const;
      const accounts = new TypeOrmOriginLookup({ repository: domains, columns, where: { active: true } });
      await domains.save([
        { url: SHOP, accountId: 5 },
        { url: 'https://everyone.example', accountId: null },
        { url: 'https://asleep.example', accountId: 5, active: false },
      ]);
      const allowed = (origin: string, tenant?: string) => accounts.isOriginAllowed(origin, context(tenant));
      expect(await allowed(SHOP, '5')).toBe(true);
      expect(await Promise.all(['6', '05', '5 ', '5x', '5.0', 'x', ''].map((tenant) => allowed(SHOP, tenant)))).toEqual(
        Array.from({ length: 7 }, () => false),
      );
      expect(await allowed(SHOP)).toBe(false);
      expect(await allowed('https://everyone.example', 'x')).toBe(true);
      expect(await allowed('https://everyone.example')).toBe(true);
      expect(await allowed('https://asleep.example', '5')).toBe(false);

      const all = new TypeOrmOriginList({ repository: domains, columns, where: { active: true } });
      expect((await listed(all.loadOrigins(context()))).map(({ origin, tenant }) => [origin, tenant]).sort()).toEqual([
        ['https://everyone.example', null],
        [SHOP, '5'],
      ]);
    });

    it('soft-deleted row: is not read', async () => {
      const lookupOfDomains = new TypeOrmOriginLookup({ repository: domains, columns: { origin: 'url' } });
      const domain = await domains.save({ url: SHOP, accountId: 5 });
      expect(await lookupOfDomains.isOriginAllowed(SHOP, context())).toBe(true);
      await domains.softRemove(domain);
      expect(await lookupOfDomains.isOriginAllowed(SHOP, context())).toBe(false);
    });

    it('any collation: compares byte for byte', async () => {
      const columns = { origin: 'address', tenant: 'name' } as const;
      const byName = new TypeOrmOriginLookup({ repository: tenantOrigins, columns });
      await tenantOrigins.save([
        { name: 'Acme', position: 1, address: SHOP },
        { name: 'acme', position: 2, address: 'HTTPS://OTHER.EXAMPLE' },
        { name: 'acme', position: 3, address: 'https://other.example ' },
      ]);
      expect(await byName.isOriginAllowed(SHOP, context('Acme'))).toBe(true);
      expect(await byName.isOriginAllowed(SHOP, context('acme'))).toBe(false);
      expect(await byName.isOriginAllowed(SHOP, context('Acme '))).toBe(false);
      expect(await byName.isOriginAllowed('https://other.example', context('acme'))).toBe(false);
      const names = new TypeOrmOriginList({ repository: tenantOrigins, columns });
      expect(await names.loadOrigin('https://other.example', context())).toEqual([]);
    });

    it('primary key of two columns: is read in its order', async () => {
      const names = new TypeOrmOriginList({ repository: tenantOrigins, columns: { origin: 'address' } });
      for (const batch of batches(4500, (place) => ({
        name: `n${place % 3}`,
        position: place,
        address: `https://${place}.example`,
      }))) {
        await tenantOrigins.insert(batch);
      }
      const rows = await listed(names.loadOrigins(context()));
      expect(rows).toHaveLength(4500);
      expect(new Set(rows.map(({ origin }) => origin)).size).toBe(4500);
      expect(rows[0]).toEqual({ id: 'n0/0', origin: 'https://0.example', tenant: undefined });
    });

    it('condition that cannot hold, or a property without a column: is refused', () => {
      const options = { repository: domains, columns: { origin: 'url', tenant: 'accountId' } } as const;
      expect(() => new TypeOrmOriginLookup({ ...options, where: { accountId: 5 } })).toThrow(/where\.accountId/);
      expect(() => new TypeOrmOriginLookup({ ...options, where: { active: undefined as never } })).toThrow(
        /IsNull\(\)/,
      );
      expect(() => new TypeOrmOriginLookup({ ...options, where: [] as never })).toThrow(/one object/);
      expect(() => new TypeOrmOriginLookup({ ...options, columns: { origin: 'uri' as never } })).toThrow(
        "columns.origin: 'uri' is not a column of CustomerDomain. Name a property that is one: uuid, url, accountId",
      );
    });

    it('list with a condition on the primary key: is refused', async () => {
      const columns = { origin: 'address' } as const;
      const one = new TypeOrmOriginList({ repository: tenantOrigins, columns, where: { name: 'acme' } });
      await expect(listed(one.loadOrigins(context()))).rejects.toThrow(/where\.name is part of the primary key/);
    });
  });

  if (engine === 'postgres') {
    it('table of schema.sql: fits', async () => {
      const other = await OrmDatabase.create('postgres');
      try {
        const over = await other.connect([corsOriginSchema({ type: 'postgres' })]);
        await over.query(await readFile('lib/entry-points/postgres/schema.sql', 'utf8'));
        const { upQueries } = await over.driver.createSchemaBuilder().log();
        expect(upQueries.map(({ query }) => query)).toEqual([]);
        const rows = over.getRepository(CorsOrigin);
        await rows.save({ origin: SHOP, tenant: 'acme' });
        expect(await new TypeOrmOriginLookup({ repository: rows }).isOriginAllowed(SHOP, context('acme'))).toBe(true);
      } finally {
        await other.drop();
      }
    });
  }
});
