import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { firstValueFrom, Subject, type Subscription } from 'rxjs';
import type { DataSource, EntityManager, Repository } from 'typeorm';
import type { OriginChange } from '../../lib/index.js';
import { PostgresOriginList } from '../../lib/entry-points/postgres/index.js';
import {
  CorsOrigin,
  corsOriginSchema,
  TypeOrmOriginList,
  TypeOrmOriginLookup,
} from '../../lib/entry-points/typeorm/index.js';
import { ENGINES, OrmDatabase } from './typeorm-databases.js';
import { CustomerDomain } from './typeorm-entities.js';
import { until } from './until.js';

const SHOP = 'https://shop.example';
const ANY: OriginChange = {};

describe.each(ENGINES)('changes that TypeORM announces in %s', (engine) => {
  let database: OrmDatabase;
  let dataSource: DataSource;
  let repository: Repository<CorsOrigin>;
  let heard: OriginChange[];
  let listening: Subscription;

  beforeAll(async () => {
    database = await OrmDatabase.create(engine);
    dataSource = await database.connect([corsOriginSchema({ type: engine }), CustomerDomain]);
    await dataSource.synchronize();
    repository = dataSource.getRepository(CorsOrigin);
  });

  beforeEach(async () => {
    await repository.clear();
    heard = [];
    listening = new TypeOrmOriginLookup({ repository }).changes.subscribe((change) => heard.push(change));
  });

  afterEach(() => {
    listening.unsubscribe();
  });

  afterAll(async () => {
    await database.drop();
  });

  /** What a write that the test is not about left behind is forgotten. */
  async function given(row: Partial<CorsOrigin>): Promise<CorsOrigin> {
    const saved = await repository.save(repository.create(row));
    heard.length = 0;
    return saved;
  }

  it('inserted row: is announced when save() resolves', async () => {
    await repository.save({ origin: SHOP, tenant: 'acme' });
    expect(heard).toEqual([{ origin: SHOP, tenant: 'acme' }]);
  });

  it('row for every tenant: announces a change for any tenant', async () => {
    await repository.save({ origin: SHOP });
    expect(heard).toEqual([{ origin: SHOP }]);
  });

  it('updated row: announces its former and its new origin', async () => {
    const row = await given({ origin: SHOP, tenant: 'acme' });
    await repository.save({ id: row.id, origin: 'https://new.example' });
    expect(heard).toEqual([
      { origin: SHOP, tenant: 'acme' },
      { origin: 'https://new.example', tenant: 'acme' },
    ]);
    heard.length = 0;
    await repository.save({ id: row.id, tenant: 'other' });
    expect(heard).toEqual([
      { origin: 'https://new.example', tenant: 'acme' },
      { origin: 'https://new.example', tenant: 'other' },
    ]);
  });

  it('row whose proof is withdrawn: is announced', async () => {
    const row = await given({ origin: SHOP, tenant: 'acme' });
    row.verifiedAt = null;
    await repository.save(row);
    expect(heard).toEqual([{ origin: SHOP, tenant: 'acme' }]);
  });

  it('removed row: is announced as the database had it', async () => {
    const row = await given({ origin: SHOP, tenant: 'acme' });
    await repository.remove(Object.assign(row, { origin: 'https://unsaved.example' }));
    expect(heard).toEqual([{ origin: SHOP, tenant: 'acme' }]);
  });

  it('softly removed and recovered rows: are announced', async () => {
    const domains = dataSource.getRepository(CustomerDomain);
    const row = await domains.save({ url: SHOP, accountId: 5 });
    const { changes } = new TypeOrmOriginList({
      repository: domains,
      columns: { origin: 'url', tenant: 'accountId' },
    });
    const subscription = changes.subscribe((change) => heard.push(change));
    await domains.softRemove(row);
    await domains.recover(row);
    await domains.softDelete(row.uuid);
    await domains.restore(row.uuid);
    subscription.unsubscribe();
    expect(heard).toEqual([{ origin: SHOP, tenant: '5' }, { origin: SHOP, tenant: '5' }, ANY, ANY]);
  });

  it.each<[string, (row: CorsOrigin) => Promise<unknown>]>([
    ['insert()', () => repository.insert({ origin: 'https://new.example' })],
    ['upsert()', ({ id }) => repository.upsert({ id, origin: 'https://new.example' }, ['id'])],
    ['update()', ({ id }) => repository.update(id, { origin: 'https://new.example' })],
    ['delete()', () => repository.delete({ origin: SHOP })],
    ['a query builder', () => repository.createQueryBuilder().delete().where({ origin: SHOP }).execute()],
    ['a query builder in a transaction', () => repository.createQueryBuilder().delete().useTransaction(true).execute()],
  ])('%s, which does not tell the rows: announces a change of everything', async (_, write) => {
    await write(await given({ origin: SHOP, tenant: 'acme' }));
    expect(heard).toEqual([ANY]);
  });

  it('transaction: announces after the commit, so that a reader finds the row', async () => {
    const read: Promise<number>[] = [];
    const subscription = new TypeOrmOriginList({ repository }).changes.subscribe(() => read.push(repository.count()));
    await dataSource.transaction(async (manager) => {
      await manager.save(CorsOrigin, { origin: SHOP });
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual([{ origin: SHOP }]);
    expect(await Promise.all(read)).toEqual([1]);
    subscription.unsubscribe();
  });

  it('rolled back transaction: announces nothing', async () => {
    const failing = dataSource.transaction(async (manager) => {
      await manager.save(CorsOrigin, { origin: SHOP });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await dataSource.transaction((manager) => manager.save(CorsOrigin, { origin: 'https://other.example' }));
    expect(heard).toEqual([{ origin: 'https://other.example' }]);
  });

  it('savepoint: announces with the transaction around it', async () => {
    const nested = (manager: EntityManager) =>
      manager.transaction((inner) => inner.save(CorsOrigin, { origin: SHOP, tenant: 'acme' }));
    await dataSource.transaction(async (manager) => {
      await nested(manager);
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual([{ origin: SHOP, tenant: 'acme' }]);
    heard.length = 0;
    await repository.clear();
    const failing = dataSource.transaction(async (manager) => {
      await nested(manager);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(heard).toEqual([]);
  });

  it('savepoint that was rolled back: announces what is committed around it', async () => {
    await dataSource.transaction(async (manager) => {
      await manager.save(CorsOrigin, { origin: SHOP });
      await manager
        .transaction(async () => {
          throw new Error('changed my mind');
        })
        .catch(() => {});
    });
    expect(heard).toEqual([{ origin: SHOP }]);
  });

  describe('transaction of raw SQL', () => {
    const START = ['START TRANSACTION', 'BEGIN', '/* mine */ begin'];
    const END =
      engine === 'postgres'
        ? ['COMMIT', 'end', 'COMMIT AND NO CHAIN', '-- done\ncommit']
        : ['COMMIT', '/* done */ commit'];

    /** What a subscriber would read at each announcement. */
    async function readings(write: (manager: EntityManager) => Promise<unknown>): Promise<number[]> {
      const read: Promise<number>[] = [];
      const subscription = new TypeOrmOriginList({ repository }).changes.subscribe(() => read.push(repository.count()));
      const runner = dataSource.createQueryRunner();
      try {
        await write(runner.manager);
      } finally {
        await runner.release();
      }
      subscription.unsubscribe();
      return Promise.all(read);
    }

    const cases = START.flatMap((start) => END.map((end) => [start, end] as const));
    const writes: [string, (manager: EntityManager) => Promise<unknown>][] = [
      ['delete()', (manager) => manager.delete(CorsOrigin, { origin: SHOP })],
      ['a query builder', (manager) => manager.createQueryBuilder().delete().from(CorsOrigin).execute()],
      ['update()', (manager) => manager.update(CorsOrigin, { origin: SHOP }, { origin: 'https://new.example' })],
      ['save() without a transaction', (manager) => manager.save(CorsOrigin, { origin: SHOP }, { transaction: false })],
    ];

    it.each(cases.flatMap((each) => writes.map((write) => [...each, ...write] as const)))(
      '%s … %s around %s: announces afterwards',
      async (start, end, _, write) => {
        await given({ origin: SHOP, tenant: 'acme' });
        const read = await readings(async (manager) => {
          await manager.query(start);
          await manager.query('SAVEPOINT one');
          await write(manager);
          await manager.query('RELEASE SAVEPOINT one');
          await manager.query('SELECT 1');
          const before = heard.length;
          await manager.query(end);
          expect(heard.length).toBeGreaterThan(before);
          // Nothing is left to be said.
          const after = heard.length;
          await manager.query('COMMIT');
          expect(heard.length).toBe(after);
        });
        expect(read.at(-1)).toBe(await repository.count());
      },
    );

    it.each(
      engine === 'postgres'
        ? ['DO $$ BEGIN PERFORM 1; END $$; COMMIT', 'SELECT 1; COMMIT']
        : [
            'CREATE TABLE IF NOT EXISTS of_a_migration (id int)',
            'SET DEFAULT ROLE NONE',
            'SET STATEMENT max_statement_time = 5 FOR COMMIT',
            "EXECUTE IMMEDIATE 'COMMIT'",
          ],
    )('%s, which commits as well: announces afterwards', async (end) => {
      await given({ origin: SHOP });
      const read = await readings(async (manager) => {
        await manager.query('START TRANSACTION');
        await manager.delete(CorsOrigin, { origin: SHOP });
        const before = heard.length;
        await manager.query(end);
        expect(heard.length).toBeGreaterThan(before);
      });
      expect(read.at(-1)).toBe(0);
    });

    it('ended on the connection of the driver: announces from time to time', async () => {
      await given({ origin: SHOP });
      const runner = dataSource.createQueryRunner();
      try {
        const client = (await runner.connect()) as { query(sql: string, done: (error: unknown) => void): unknown };
        const raw = (sql: string) =>
          new Promise<void>((resolve, reject) =>
            client.query(sql, (error) => (error ? reject(error as Error) : resolve())),
          );
        await raw('START TRANSACTION');
        await runner.manager.delete(CorsOrigin, { origin: SHOP });
        await raw('COMMIT');
        const before = heard.length;
        await until(() => heard.length > before);
        expect(heard.at(-1)).toEqual(ANY);
      } finally {
        await runner.release();
      }
    });

    it('transaction of TypeORM that raw SQL has committed, then rolled back: announces its changes', async () => {
      await given({ origin: SHOP });
      const failing = dataSource.transaction(async (manager) => {
        await manager.delete(CorsOrigin, { origin: SHOP });
        await manager.query('COMMIT');
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow(/changed my mind|transaction/);
      expect(await repository.count()).toBe(0);
      expect(heard.length).toBeGreaterThan(0);
    });

    it('failed transaction: the subscriber sends no query to it', async () => {
      await given({ origin: SHOP });
      const runner = dataSource.createQueryRunner();
      try {
        await runner.query('START TRANSACTION');
        await runner.manager.delete(CorsOrigin, { origin: SHOP });
        await expect(runner.query('select nothing from nowhere')).rejects.toThrow(/nowhere|nothing/);
        await runner.query('ROLLBACK');
        expect(await runner.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      } finally {
        await runner.release();
      }
      expect(await repository.count()).toBe(1);
    });
  });

  it('no transaction: announces at once', async () => {
    await repository.save({ origin: SHOP }, { transaction: false });
    expect(heard).toEqual([{ origin: SHOP }]);
  });

  it('more than a hundred rows in a transaction: announces a change of everything', async () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, place) => ({ origin: `https://${place}.example` }));
    await repository.save(rows(100));
    expect(heard).toEqual(rows(100));
    heard.length = 0;
    await repository.clear();
    await repository.save(rows(101));
    expect(heard).toEqual([ANY]);
  });

  it('other table: announces nothing', async () => {
    await dataSource.getRepository(CustomerDomain).save({ url: SHOP });
    expect(heard).toEqual([]);
  });

  it('changes option: passes on the changes of others', async () => {
    const others = new Subject<OriginChange>();
    const all: OriginChange[] = [];
    const { changes } = new TypeOrmOriginList({ repository, otherChanges: others });
    const subscription = changes.subscribe((change) => all.push(change));
    others.next({ tenant: 'acme' });
    await repository.save({ origin: SHOP });
    expect(all).toEqual([{ tenant: 'acme' }, { origin: SHOP }]);
    subscription.unsubscribe();
    expect(others.observed).toBe(false);
  });

  it('several subscriptions: one subscriber, from the first to the end of the last', async () => {
    const before = dataSource.subscribers.length;
    const { changes } = new TypeOrmOriginLookup({ repository });
    expect(dataSource.subscribers).toHaveLength(before);
    const first = changes.subscribe();
    const second = changes.subscribe();
    expect(dataSource.subscribers).toHaveLength(before + 1);
    first.unsubscribe();
    expect(dataSource.subscribers).toHaveLength(before + 1);
    second.unsubscribe();
    expect(dataSource.subscribers).toHaveLength(before);
  });

  if (engine === 'postgres') {
    it('triggers of schema.sql: announces writes of other processes', async () => {
      const other = await OrmDatabase.create('postgres');
      const pool = new Pool({ connectionString: other.options.url });
      try {
        const source = await other.connect([corsOriginSchema({ type: 'postgres' })]);
        await pool.query(await readFile('lib/entry-points/postgres/schema.sql', 'utf8'));
        const { changes } = new TypeOrmOriginList({
          repository: source.getRepository(CorsOrigin),
          otherChanges: new PostgresOriginList({ client: pool }).changes,
        });
        const all: OriginChange[] = [];
        const arrived = new Subject<void>();
        const subscription = changes.subscribe((change) => {
          all.push(change);
          arrived.next();
        });
        // Whatever happened before it listens.
        await firstValueFrom(arrived);
        const next = firstValueFrom(arrived);
        await pool.query("insert into cors_origins (origin, tenant) values ($1, 'acme')", [SHOP]);
        await next;
        // Who comes later did not hear that it listens.
        expect(await firstValueFrom(changes)).toEqual(ANY);
        subscription.unsubscribe();
        expect(all).toEqual([ANY, { origin: SHOP, tenant: 'acme' }]);
      } finally {
        await pool.end();
        await other.drop();
      }
    });
  }
});
