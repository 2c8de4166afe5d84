import { describe, expect, it } from '@jest/globals';
import { DataSource, EntitySchema, type Repository } from 'typeorm';
import {
  CorsOrigin,
  corsOriginSchema,
  type TypeOrmOriginColumns,
  TypeOrmOriginList,
  TypeOrmOriginLookup,
} from '../../../lib/entry-points/typeorm/index.js';

interface Domain {
  id: number;
  url: string;
  accountId: number | null;
  verified: boolean;
}

const Domains = new EntitySchema<Domain>({
  name: 'Domain',
  columns: {
    id: { type: 'int', primary: true },
    url: { type: 'text' },
    accountId: { type: 'int' },
    verified: { type: 'boolean' },
  },
});

describe('lookups and lists over a repository', () => {
  const dataSource = new DataSource({ type: 'postgres', entities: [corsOriginSchema({ type: 'postgres' }), Domains] });
  const repository = dataSource.getRepository(CorsOrigin);
  const domains: Repository<Domain> = dataSource.getRepository(Domains);
  const context = { tenant: undefined, policy: 'default', signal: new AbortController().signal };

  it('subclasses: see no internal member', () => {
    class Customers extends TypeOrmOriginLookup {
      // @ts-expect-error the table is internal
      readonly table: unknown = this.originTable;
    }
    expect(new Customers({ repository }).table).toBeUndefined();
  });

  it('data source that is not initialized: may be given', () => {
    expect(new TypeOrmOriginLookup({ repository })).toBeInstanceOf(TypeOrmOriginLookup);
  });

  it('lookup before the data source is initialized: rejects', async () => {
    await expect(new TypeOrmOriginLookup({ repository }).isOriginAllowed('https://a.example', context)).rejects.toThrow(
      /CorsOrigin/,
    );
  });

  it('entity that is not CorsOrigin: needs columns', () => {
    // @ts-expect-error columns are missing
    expect(new TypeOrmOriginLookup({ repository: domains })).toBeDefined();
    expect(
      new TypeOrmOriginList({ repository: domains, columns: { origin: 'url', tenant: 'accountId' } }),
    ).toBeDefined();
  });

  it('properties of the wrong type: are refused', () => {
    // @ts-expect-error a number is no origin
    const origin: TypeOrmOriginColumns<Domain> = { origin: 'id' };
    // @ts-expect-error false would be a value like any other; it belongs into `where`
    const verifiedAt: TypeOrmOriginColumns<Domain> = { origin: 'url', verifiedAt: 'verified' };
    expect([origin, verifiedAt]).toHaveLength(2);
  });

  it.each([
    ['maxQueries', 0, '`maxQueries` must be an integer from 1 to 1000; got 0.'],
    ['queryTimeout', 99, '`queryTimeout` must be an integer from 100 to 3600000; got 99.'],
    ['queryTimeout', 1.5e9, '`queryTimeout` must be an integer from 100 to 3600000; got 1500000000.'],
    ['pageTimeout', 0, '`pageTimeout` must be an integer from 100 to 3600000; got 0.'],
    ['pageSize', 0, '`pageSize` must be an integer from 1 to 1000000; got 0.'],
  ])('%s of %d: is refused', (option, value, message) => {
    expect(() => new TypeOrmOriginList({ repository, [option]: value })).toThrow(new RangeError(message));
  });

  it('say how many calls may be under way at once: half of the connections, at most four, or maxQueries', () => {
    const sized = (poolSize: number) =>
      new DataSource({ type: 'postgres', poolSize, entities: [corsOriginSchema({ type: 'postgres' })] }).getRepository(
        CorsOrigin,
      );
    expect(new TypeOrmOriginLookup({ repository }).concurrency).toBe(4);
    expect(new TypeOrmOriginLookup({ repository: sized(6) }).concurrency).toBe(3);
    expect(new TypeOrmOriginLookup({ repository: sized(1) }).concurrency).toBe(1);
    expect(new TypeOrmOriginLookup({ repository, maxQueries: 7 }).concurrency).toBe(7);
  });

  it.each([
    [{ url: undefined as never }, 'where.url is undefined'],
    [{ url: null as never }, 'where.url is null'],
    [{ accountId: 5 }, 'where.accountId is a property that columns name, too'],
  ])('condition that would not hold: is refused: %j', (where, message) => {
    const columns = { origin: 'url', tenant: 'accountId' } as const;
    expect(() => new TypeOrmOriginLookup({ repository: domains, columns, where })).toThrow(message);
  });
});

describe('the entity', () => {
  it('MariaDB and MySQL: has a binary collation, or the given one', () => {
    const collations = (options: Parameters<typeof corsOriginSchema>[0]) => {
      const { origin, tenant } = corsOriginSchema(options).options.columns;
      return [origin?.collation, tenant?.collation];
    };
    expect(collations({ type: 'mariadb' })).toEqual(['utf8mb4_nopad_bin', 'utf8mb4_nopad_bin']);
    expect(collations({ type: 'mysql' })).toEqual(['utf8mb4_bin', 'utf8mb4_bin']);
    expect(collations({ type: 'mysql', collation: 'utf8mb4_0900_bin' })).toEqual([
      'utf8mb4_0900_bin',
      'utf8mb4_0900_bin',
    ]);
    expect(collations({ type: 'postgres' })).toEqual(['C', 'C']);
  });

  it('given table: has it, and a constraint of its name', () => {
    const { tableName, schema, uniques } = corsOriginSchema({
      type: 'postgres',
      table: 'partners',
      schema: 'web',
    }).options;
    expect({ tableName, schema, unique: uniques?.[0]?.name }).toEqual({
      tableName: 'partners',
      schema: 'web',
      unique: 'partners_origin_tenant_key',
    });
  });
});
