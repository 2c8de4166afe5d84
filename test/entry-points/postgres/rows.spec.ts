import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OriginChange, OriginRow } from '../../../lib/options/index.js';
import { parseOriginPattern } from '../../../lib/origin/origin-pattern.js';
import { isPublicSuffix } from '../../../lib/origin/public-suffix.js';
import {
  createOriginsSchema,
  PostgresOriginList,
  PostgresOriginLookup,
} from '../../../lib/entry-points/postgres/index.js';
import { compileOrigins } from '../../support/compile-origins.js';

const ORIGIN = 'https://a.example';
const { signal } = new AbortController();
let database: PGlite;

beforeAll(async () => {
  database = new PGlite();
  await createOriginsSchema(database);
}, 60_000);

afterAll(() => database.close());

beforeEach(() => database.exec('truncate cors_origins restart identity'));

async function insert(origin: string, tenant = '', verified = true): Promise<void> {
  await database.query(
    'insert into cors_origins (origin, tenant, verified_at) values ($1, $2, case when $3 then now() end)',
    [origin, tenant, verified],
  );
}

/** What lists skip: it would allow everybody. */
function coversPublicSuffix(text: string): boolean {
  const pattern = parseOriginPattern(text);
  return pattern !== undefined && pattern.subdomains && isPublicSuffix(pattern.host);
}

describe('a lookup', () => {
  function isAllowed(origin: string, tenant?: string): Promise<boolean> {
    return new PostgresOriginLookup({ client: database }).isOriginAllowed(origin, { tenant, signal });
  }

  it('tenant: allows its rows, and those of every tenant', async () => {
    await insert(ORIGIN, 'a');
    await insert('https://all.example');
    expect(await isAllowed(ORIGIN, 'a')).toBe(true);
    expect(await isAllowed(ORIGIN, 'b')).toBe(false);
    expect(await isAllowed('https://all.example', 'b')).toBe(true);
  });

  it('no tenant: allows only rows of every tenant', async () => {
    await insert(ORIGIN, 'a');
    await insert('https://all.example');
    expect(await isAllowed(ORIGIN)).toBe(false);
    expect(await isAllowed(ORIGIN, '')).toBe(false);
    expect(await isAllowed('https://all.example')).toBe(true);
    expect(await isAllowed('https://all.example', '')).toBe(true);
  });

  it('pending row: does not allow', async () => {
    await insert(ORIGIN, 'a', false);
    await insert('https://*.a.example', 'a', false);
    expect(await isAllowed(ORIGIN, 'a')).toBe(false);
    expect(await isAllowed('https://www.a.example', 'a')).toBe(false);
  });

  it.each([
    ['https://*.shop.example', 'https://x.y.shop.example', true],
    ['https://*.shop.example', 'https://shop.example', false],
    ['https://*.shop.example', 'https://x.shop.example:8443', false],
    ['https://*.shop.example:*', 'https://x.shop.example:8443', true],
    ['https://shop.example:*', 'https://shop.example:8443', true],
    ['https://shop.example:*', 'https://x.shop.example', false],
    ['https://*.0.0.1', 'https://127.0.0.1', false],
    ['https://*.com', 'https://shop.com', false],
    ['*', ORIGIN, false],
    ['https://*', ORIGIN, false],
    ['https://%', ORIGIN, false],
    ['null', 'null', false],
  ])('row %s and origin %s: returns %s', async (row, origin, allowed) => {
    await insert(row, 'a');
    expect(await isAllowed(origin, 'a')).toBe(allowed);
    expect(await isAllowed(origin, 'b')).toBe(false);
  });

  it('any rows: decides as lists in memory do', async () => {
    const labels = fc.constantFrom('a', 'b', 'shop', 'com', '1', '127');
    const hosts = fc.array(labels, { minLength: 1, maxLength: 4 }).map((chosen) => chosen.join('.'));
    const origins = fc
      .tuple(fc.constantFrom('http', 'https'), hosts, fc.constantFrom('', ':80', ':8443'))
      .map(([scheme, host, port]) => `${scheme}://${host}${port}`);
    const rows = fc
      .tuple(fc.constantFrom('http', 'https'), fc.constantFrom('', '*.'), hosts, fc.constantFrom('', ':8443', ':*'))
      .map(([scheme, star, host, port]) => `${scheme}://${star}${host}${port}`);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(rows, { maxLength: 30 }), fc.array(origins), async (stored, asked) => {
        await database.exec('truncate cors_origins');
        await database.query('insert into cors_origins (origin) select unnest($1::text[])', [stored]);
        const matcher = compileOrigins(stored.filter((text) => !coversPublicSuffix(text)));
        for (const origin of asked) {
          expect([origin, await isAllowed(origin)]).toEqual([origin, matcher.allows(origin)]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    "https://a.example' or '1'='1",
    'https://a.example","https://b.example',
    '{https://a.example}',
    'https://a.example\0',
    '%',
    '',
    '\\',
    `https://${'a'.repeat(1000)}.example`,
  ])('%j, which is no origin: is refused', async (origin) => {
    await insert(ORIGIN);
    expect(await isAllowed(origin)).toBe(false);
  });

  it.each(["a' or '1'='1", "') or true --", 'a\0', '\0', '\ud800', '\ufffd', '{a}', '%', 'A', 'a ', 'a'.repeat(1000)])(
    'tenant %j: is not taken for another one',
    async (tenant) => {
      await insert(ORIGIN, 'a');
      await insert('https://all.example');
      expect(await isAllowed(ORIGIN, tenant)).toBe(false);
      expect(await isAllowed('https://all.example', tenant)).toBe(true);
    },
  );

  it('lone surrogate: is not taken for the character that replaces it', async () => {
    await insert(ORIGIN, '\ufffd');
    expect(await isAllowed(ORIGIN, '\ufffd')).toBe(true);
    expect(await isAllowed(ORIGIN, '\ud800')).toBe(false);
  });

  it('failed query, or an aborted signal: rejects', async () => {
    const nowhere = new PostgresOriginLookup({ client: database, table: 'nowhere' });
    await expect(nowhere.isOriginAllowed(ORIGIN, { tenant: undefined, signal })).rejects.toThrow(/nowhere/);
    const late = AbortSignal.abort(new Error('too late'));
    const lookup = new PostgresOriginLookup({ client: database });
    await expect(lookup.isOriginAllowed(ORIGIN, { tenant: undefined, signal: late })).rejects.toThrow('too late');
  });

  it('table that compares regardless of case: compares byte by byte', async () => {
    await database.exec(`
      create collation if not exists regardless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      create table if not exists lax (id int, origin text collate regardless, tenant text collate regardless, verified_at timestamptz default now());
      insert into lax values (1, 'https://A.example', 'a'), (2, 'https://b.example', 'a')`);
    const lookup = new PostgresOriginLookup({ client: database, table: 'lax' });
    const list = new PostgresOriginList({ client: database, table: 'lax' });
    const allowed = (origin: string, tenant: string) => lookup.isOriginAllowed(origin, { tenant, signal });
    expect(await allowed('https://b.example', 'a')).toBe(true);
    expect(await allowed('https://b.example', 'A')).toBe(false);
    expect(await allowed('https://a.example', 'a')).toBe(false);
    expect(await list.loadOrigin('https://a.example', { signal })).toEqual([]);
  });
});

describe('a list', () => {
  async function rowsOf(list = new PostgresOriginList({ client: database })): Promise<OriginRow[]> {
    const rows: OriginRow[] = [];
    for await (const row of list.loadOrigins({ signal })) {
      rows.push(row);
    }
    return rows;
  }

  it('rows: are all but the pending ones, as they are stored', async () => {
    await insert(ORIGIN, 'a');
    await insert('https://pending.example', 'a', false);
    await insert('https://*.example');
    await insert('no origin');
    expect(await rowsOf()).toEqual([
      { id: 1, origin: ORIGIN, tenant: 'a' },
      { id: 3, origin: 'https://*.example', tenant: '' },
      { id: 4, origin: 'no origin', tenant: '' },
    ]);
  });

  it('no rows: is empty', async () => {
    expect(await rowsOf()).toEqual([]);
  });

  it.each([1, 2, 3, 7, 10, 11])('pages of %i rows: is read completely', async (pageSize) => {
    await database.query(
      `insert into cors_origins (origin) select 'https://a' || i || '.example' from generate_series(1, 20) as i`,
    );
    await database.query('delete from cors_origins where id % 2 = 0');
    const rows = await rowsOf(new PostgresOriginList({ client: database, pageSize }));
    expect(rows.map(({ id }) => id)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
  });

  it('key of any type: is read by pages', async () => {
    await database.exec(`
      create table by_name (id text primary key, origin text, tenant text, verified_at timestamptz default now());
      insert into by_name select 'k' || i, 'https://a' || i || '.example', '' from generate_series(1, 20) as i`);
    const rows = await rowsOf(new PostgresOriginList({ client: database, table: 'by_name', pageSize: 3 }));
    expect(new Set(rows.map(({ origin }) => origin)).size).toBe(20);
    expect(rows).toHaveLength(20);
  });

  it('aborted signal: is not read on', async () => {
    await insert(ORIGIN);
    await insert('https://b.example');
    const controller = new AbortController();
    const list = new PostgresOriginList({ client: database, pageSize: 1 });
    const rows = list.loadOrigins({ signal: controller.signal })[Symbol.asyncIterator]();
    expect((await rows.next()).value).toMatchObject({ origin: ORIGIN });
    controller.abort(new Error('too late'));
    await expect(rows.next()).rejects.toThrow('too late');
  });

  it('one origin: reads its rows of every tenant, without pending ones', async () => {
    await insert(ORIGIN, 'b');
    await insert(ORIGIN);
    await insert(ORIGIN, 'c', false);
    await insert('https://*.a.example');
    const list = new PostgresOriginList({ client: database });
    expect(await list.loadOrigin(ORIGIN, { signal })).toEqual([
      { id: 1, origin: ORIGIN, tenant: 'b' },
      { id: 2, origin: ORIGIN, tenant: '' },
    ]);
    expect(await list.loadOrigin('https://*.a.example', { signal })).toHaveLength(1);
    for (const origin of ['https://www.a.example', `${ORIGIN}\0`, '\ud800', "' or true --", '%', '']) {
      expect(await list.loadOrigin(origin, { signal })).toEqual([]);
    }
  });
});

describe('the changes in PGlite', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  async function until(seen: unknown[], length: number): Promise<void> {
    while (seen.length < length) {
      await turn();
    }
  }

  it('subscription: is heard until it is removed, and again afterwards', async () => {
    const store = new PostgresOriginList({ client: database });
    for (let round = 0; round < 2; round++) {
      const seen: OriginChange[] = [];
      const subscription = store.changes.subscribe((change) => seen.push(change));
      await until(seen, 1);
      await insert(ORIGIN, 'a');
      await until(seen, 2);
      await database.query('update cors_origins set verified_at = null');
      await until(seen, 3);
      await database.query('delete from cors_origins');
      await until(seen, 4);
      await database.query('truncate cors_origins');
      await until(seen, 5);
      const change = { origin: ORIGIN, tenant: 'a' };
      expect(seen).toEqual([{}, change, change, change, {}]);
      subscription.unsubscribe();
      await insert(ORIGIN, 'a');
      await database.query('delete from cors_origins');
      await turn();
      expect(seen).toHaveLength(5);
    }
    const channels = await database.query('select pg_listening_channels() as channel');
    expect(channels.rows).toEqual([]);
  });

  it('named channel: are those of that channel', async () => {
    const store = new PostgresOriginLookup({ client: database, channel: 'Others' });
    const seen: OriginChange[] = [];
    const subscription = store.changes.subscribe((change) => seen.push(change));
    await until(seen, 1);
    await insert(ORIGIN);
    await database.query(`select pg_notify('Others', '{"tenant":"b"}')`);
    await until(seen, 2);
    expect(seen).toEqual([{}, { tenant: 'b' }]);
    subscription.unsubscribe();
  });
});
