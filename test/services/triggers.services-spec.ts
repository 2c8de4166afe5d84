import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Client, Pool } from 'pg';
import {
  createOriginsSchema,
  PostgresOriginList,
  PostgresOriginLookup,
} from '../../lib/entry-points/postgres/index.js';
import { RecordingLogger } from '../support/application.js';
import { RecordedChanges } from './postgres-changes.js';
import { TemporaryDatabase } from './temporary-database.js';
import { until } from './until.js';

const ORIGIN = 'https://a.example';
const { signal } = new AbortController();
/** What a line tells to run. */
const STATEMENTS = /To mend it: (.*;)$/;

describe('check for missing notifications of PostgreSQL', () => {
  let database: TemporaryDatabase;
  let pool: Pool;
  let logger: RecordingLogger;
  let closing: (() => unknown)[];

  beforeEach(async () => {
    database = await TemporaryDatabase.create();
    pool = new Pool({ connectionString: database.url });
    closing = [];
    logger = new RecordingLogger();
    Logger.overrideLogger(logger);
    await createOriginsSchema(pool);
    await pool.query('insert into cors_origins (origin) select $1 || i from generate_series(1, 3) as i', [ORIGIN]);
  });

  afterEach(async () => {
    for (const close of closing.reverse()) {
      await close();
    }
    Logger.overrideLogger(false);
    await pool.end();
    await database.drop();
  });

  async function read(list: PostgresOriginList): Promise<number> {
    let count = 0;
    for await (const row of list.loadOrigins({ signal })) {
      count += row.origin === '' ? 0 : 1;
    }
    return count;
  }

  async function listen(store: PostgresOriginList | PostgresOriginLookup): Promise<RecordedChanges> {
    const changes = new RecordedChanges(store.changes);
    closing.push(() => changes.stop());
    await changes.listening();
    return changes;
  }

  it('schema as it was created: warns of nothing', async () => {
    const list = new PostgresOriginList({ client: pool });
    await listen(list);
    await read(list);
    await pool.query('insert into cors_origins (origin) values ($1)', [ORIGIN]);
    await read(list);
    await sleep(1500);
    expect(logger.warnings).toEqual([]);
  });

  it.each([
    [
      'a table that a migration has created anew',
      `alter table cors_origins rename to former; create table cors_origins (like former including all);
       insert into cors_origins (origin) select origin from former; drop table former`,
      /no trigger notifies of INSERT, UPDATE, DELETE, TRUNCATE/,
    ],
    [
      'a table that has lost its function too',
      'drop function cors_origins_notify cascade',
      /no trigger notifies of INSERT, UPDATE, DELETE, TRUNCATE/,
    ],
    ['disabled triggers', 'alter table cors_origins disable trigger all', /the trigger "cors_origins_.* is disabled/],
    [
      'one disabled trigger',
      'alter table cors_origins disable trigger cors_origins_deleted',
      /: the trigger "cors_origins_deleted" is disabled\./,
    ],
    [
      'triggers for replicas',
      'alter table cors_origins enable replica trigger cors_origins_inserted',
      /: the trigger "cors_origins_inserted" is disabled\./,
    ],
    [
      'a trigger that is missing',
      'drop trigger cors_origins_truncated on cors_origins',
      /: no trigger notifies of TRUNCATE\./,
    ],
    [
      'a database whose sessions are replicas',
      `do $$ begin execute format('alter database %I set session_replication_role = replica', current_database()); end $$`,
      /session_replication_role is "replica" for database /,
    ],
    [
      'another trigger than ours',
      `drop trigger cors_origins_inserted on cors_origins;
       create function touch() returns trigger language plpgsql as 'begin return new; end';
       create trigger touched before insert on cors_origins for each row execute function touch()`,
      /: no trigger notifies of INSERT\./,
    ],
  ])('%s: warns with the statement that mends it', async (_name, sql, warning) => {
    await pool.query(sql);
    const list = new PostgresOriginList({ client: pool });
    await read(list);
    expect(logger.warnings).toEqual([expect.stringMatching(warning)]);
    const [, mend = ''] = STATEMENTS.exec(logger.warnings[0] ?? '') ?? [];
    await (mend.startsWith('first') ? createOriginsSchema(pool) : pool.query(mend));
    // In a session of now, with what the database sets for it.
    const writer = new Client({ connectionString: database.url });
    await writer.connect();
    closing.push(() => writer.end());
    const changes = await listen(list);
    for (const statement of [
      `insert into cors_origins (origin) values ('https://b.example')`,
      `update cors_origins set tenant = 'acme' where origin = 'https://b.example'`,
      `delete from cors_origins where origin = 'https://b.example'`,
      'truncate cors_origins',
    ]) {
      const heard = changes.all.length;
      await writer.query(statement);
      await until(() => changes.all.length > heard);
    }
    await read(list);
    expect(logger.warnings).toHaveLength(1);
  });

  it('lookup: warns when it listens', async () => {
    await pool.query('alter table cors_origins disable trigger cors_origins_deleted');
    await listen(new PostgresOriginLookup({ client: pool }));
    await until(() => logger.warnings.length > 0);
    expect(logger.warnings[0]).toContain('alter table "cors_origins" enable trigger "cors_origins_deleted";');
  });

  it('trigger lost later: warns at a later reading', async () => {
    const list = new PostgresOriginList({ client: pool });
    await read(list);
    await pool.query('alter table cors_origins disable trigger cors_origins_deleted');
    await read(list);
    expect(logger.warnings).toHaveLength(1);
  });

  it('session that fires no triggers: warns by the difference of two readings', async () => {
    const list = new PostgresOriginList({ client: pool });
    const changes = await listen(list);
    await read(list);
    const replica = new Client({ connectionString: database.url });
    await replica.connect();
    await replica.query('set session_replication_role = replica');
    await replica.query('insert into cors_origins (origin) values ($1)', [ORIGIN]);
    expect(await read(list)).toBe(4);
    await until(() => logger.warnings.length > 0);
    expect(logger.warnings).toEqual([expect.stringMatching(/have changed without a notification\. .* replica/)]);
    const [mend = ''] = /alter table.*;/.exec(logger.warnings[0] ?? '') ?? [];
    await pool.query(mend);
    await replica.query('delete from cors_origins');
    await changes.of(ORIGIN);
    await replica.end();
  });

  it('store that does not listen, or reads a view: warns of nothing', async () => {
    await pool.query('create view current_origins as select * from cors_origins where created_at < now()');
    for (const options of [{ listen: false }, { table: 'current_origins' }]) {
      const list = new PostgresOriginList({ client: pool, ...options });
      const changes = new RecordedChanges(list.changes);
      closing.push(() => changes.stop());
      await until(() => options.listen === false || changes.gaps > 0);
      await pool.query('alter table cors_origins disable trigger user');
      await read(list);
      await pool.query('insert into cors_origins (origin) values ($1)', [`https://${String(options.table)}.example`]);
      await read(list);
    }
    await sleep(1500);
    expect(logger.warnings).toEqual([]);
  });

  it('other channel: warns that no change is announced on it', async () => {
    const list = new PostgresOriginList({ client: pool, channel: 'other_channel' });
    await read(list);
    expect(logger.warnings).toEqual([
      expect.stringContaining('notifies on the channel "cors_origins", not on "other_channel"'),
    ]);
    expect(logger.warnings[0]).toContain('write channel: "cors_origins"');
  });

  it('schema without notifications: has no triggers, allows prepared transactions, and causes no warning', async () => {
    await createOriginsSchema(pool, { notifications: false });
    const list = new PostgresOriginList({ client: pool, listen: false });
    const { rows } = await pool.query(`select from pg_trigger where tgrelid = 'cors_origins'::regclass`);
    expect(rows).toEqual([]);
    const { rows: settings } = await pool.query('show max_prepared_transactions');
    if (settings[0].max_prepared_transactions !== '0') {
      await pool.query(
        `begin; insert into cors_origins (origin) values ('https://b.example'); prepare transaction 'two_phases'`,
      );
      await pool.query(`commit prepared 'two_phases'`);
    }
    expect(await read(list)).toBeGreaterThanOrEqual(3);
    expect(logger.warnings).toEqual([]);
  });
});
