import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOriginsSchema } from '../../../lib/entry-points/postgres/index.js';

const ORIGIN = 'https://a.example';
const OTHER = 'https://b.example';

describe('the schema', () => {
  let database: PGlite;
  let notified: string[] = [];

  beforeAll(async () => {
    database = new PGlite();
    await createOriginsSchema(database);
    await database.listen('cors_origins', (payload) => notified.push(payload));
  }, 60_000);

  afterAll(() => database.close());

  beforeEach(async () => {
    await database.exec('set search_path to public; truncate cors_origins restart identity');
    await drain();
    notified = [];
  });

  /** PGlite calls listeners in microtasks that follow the statement. */
  function drain(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** The notifications of some statements, in any order. */
  async function changesOf(...statements: string[]): Promise<unknown[]> {
    notified = [];
    for (const statement of statements) {
      await database.query(statement);
    }
    await drain();
    return notified.map((payload) => JSON.parse(payload) as unknown).sort(byText);
  }

  function byText(a: unknown, b: unknown): number {
    return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
  }

  it('created again: leaves rows and triggers', async () => {
    await database.query(`insert into cors_origins (origin) values ('${ORIGIN}')`);
    await createOriginsSchema(database);
    await createOriginsSchema(database);
    expect((await database.query('select origin from cors_origins')).rows).toEqual([{ origin: ORIGIN }]);
    expect(await changesOf('delete from cors_origins')).toEqual([{ origin: ORIGIN, tenant: '' }]);
  });

  it('row without other columns: is for every tenant, and allowed at once', async () => {
    const { rows } = await database.query(
      `insert into cors_origins (origin) values ('${ORIGIN}') returning tenant, verified_at is not null as verified`,
    );
    expect(rows).toEqual([{ tenant: '', verified: true }]);
  });

  it('same origin and tenant twice: is refused', async () => {
    const insert = (tenant: string) =>
      database.query('insert into cors_origins (origin, tenant) values ($1, $2)', [ORIGIN, tenant]);
    await insert('');
    await insert('a');
    await expect(insert('a')).rejects.toThrow(/cors_origins_origin_tenant_key/);
  });

  it.each([
    ['origins', 'origin'],
    ['tenants', 'tenant'],
  ])('%s of more than 512 bytes: is refused', async (_name, column) => {
    const row = { origin: ORIGIN, tenant: '', [column]: 'ü'.repeat(256) };
    const insert = ({ origin, tenant }: typeof row) =>
      database.query('insert into cors_origins (origin, tenant) values ($1, $2)', [origin, tenant]);
    await insert(row);
    await expect(insert({ ...row, [column]: `${row[column as 'origin']}a` })).rejects.toThrow(/check constraint/);
  });

  it('insert, update and delete: notify', async () => {
    expect(
      await changesOf(`insert into cors_origins (origin, tenant) values ('${ORIGIN}', 'a'), ('${OTHER}', '')`),
    ).toEqual([
      { origin: ORIGIN, tenant: 'a' },
      { origin: OTHER, tenant: '' },
    ]);
    expect(await changesOf(`update cors_origins set verified_at = null where tenant = 'a'`)).toEqual([
      { origin: ORIGIN, tenant: 'a' },
    ]);
    expect(await changesOf('delete from cors_origins')).toEqual([
      { origin: ORIGIN, tenant: 'a' },
      { origin: OTHER, tenant: '' },
    ]);
  });

  it('update of origin or tenant: notifies of the old and the new one', async () => {
    await database.query(`insert into cors_origins (origin, tenant) values ('${ORIGIN}', 'a')`);
    expect(await changesOf(`update cors_origins set origin = '${OTHER}', tenant = 'b'`)).toEqual([
      { origin: ORIGIN, tenant: 'a' },
      { origin: OTHER, tenant: 'b' },
    ]);
  });

  it('upsert: notifies', async () => {
    const upsert = `insert into cors_origins (origin) values ('${ORIGIN}') on conflict (origin, tenant) do update set verified_at = now()`;
    expect(await changesOf(upsert)).toEqual([{ origin: ORIGIN, tenant: '' }]);
    expect(await changesOf(upsert)).toEqual([{ origin: ORIGIN, tenant: '' }]);
  });

  it('statement without rows: does not notify', async () => {
    expect(await changesOf('delete from cors_origins', 'update cors_origins set tenant = origin')).toEqual([]);
  });

  it('transaction that is rolled back: does not notify', async () => {
    expect(await changesOf('begin', `insert into cors_origins (origin) values ('${ORIGIN}')`, 'rollback')).toEqual([]);
  });

  it('truncate: notifies of everything', async () => {
    expect(await changesOf('truncate cors_origins')).toEqual([{}]);
  });

  it.each([
    [100, 100],
    [101, 1],
    [5000, 1],
  ])('%i rows in one statement: are %i notifications', async (rows, notifications) => {
    const insert = `insert into cors_origins (origin, tenant) select 'https://a' || i || '.example', 'a' from generate_series(1, ${rows}) as i`;
    const isEverything = notifications === 1;
    for (const statement of [insert, `update cors_origins set verified_at = null`, 'delete from cors_origins']) {
      const changes = await changesOf(statement);
      expect(changes).toHaveLength(notifications);
      expect(changes.every((change) => 'origin' in (change as object) !== isEverything)).toBe(true);
    }
  });

  it("any row: stays below PostgreSQL's limit of a payload", async () => {
    const text = '\u0001'.repeat(512);
    await database.query('insert into cors_origins (origin, tenant) values ($1, $1)', [text]);
    await drain();
    expect(notified.map((payload) => JSON.parse(payload) as unknown)).toEqual([{ origin: text, tenant: text }]);
    // A table of another make may have no bounds.
    await database.exec(`
      create table unbounded (origin text, tenant text);
      create trigger unbounded_inserted after insert on unbounded referencing new table as new_rows
        for each statement execute function cors_origins_notify()`);
    notified = [];
    await database.query('insert into unbounded values ($1, null)', ['a'.repeat(9000)]);
    await drain();
    expect(notified).toEqual(['{}']);
  });

  it('triggers with another channel: notify there', async () => {
    const others: string[] = [];
    const unlisten = await database.listen('others', (payload) => others.push(payload));
    await database.exec(`
      create table elsewhere (origin text, tenant text);
      create trigger elsewhere_inserted after insert on elsewhere referencing new table as new_rows
        for each statement execute function cors_origins_notify('others')`);
    notified = [];
    await database.query('insert into elsewhere values ($1, $2)', [ORIGIN, 'a']);
    await drain();
    expect(others.map((payload) => JSON.parse(payload) as unknown)).toEqual([{ origin: ORIGIN, tenant: 'a' }]);
    expect(notified).toEqual([]);
    await unlisten();
  });

  it('another schema, and any search path of the writer: works', async () => {
    await database.exec('create schema tenancy; set search_path to tenancy');
    await createOriginsSchema(database);
    await database.exec(`
      create schema hostile;
      create function hostile.pg_notify(text, text) returns void language sql as 'select 1/0';
      create function hostile.json_build_object(variadic "any") returns json language internal as 'json_build_object';
      set search_path to hostile, pg_catalog`);
    expect(await changesOf(`insert into tenancy.cors_origins (origin) values ('${ORIGIN}')`)).toEqual([
      { origin: ORIGIN, tenant: '' },
    ]);
    expect((await database.query('select 1 from public.cors_origins')).rows).toEqual([]);
  });
});
