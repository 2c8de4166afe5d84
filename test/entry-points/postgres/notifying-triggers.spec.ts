import { PGlite } from '@electric-sql/pglite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createOriginsSchema, PostgresOriginList } from '../../../lib/entry-points/postgres/index.js';
import { NotificationLog } from '../../../lib/entry-points/postgres/notification-log.js';
import { RecordingLogger } from '../../support/application.js';

const { signal } = new AbortController();

describe('the triggers of a table', () => {
  let database: PGlite;
  let logger: RecordingLogger;

  beforeAll(async () => {
    database = new PGlite();
    await database.waitReady;
  }, 60_000);

  afterAll(() => database.close());

  beforeEach(async () => {
    logger = new RecordingLogger();
    Logger.overrideLogger(logger);
    await database.exec('drop schema public cascade; create schema public');
    await createOriginsSchema(database);
  });

  afterEach(() => Logger.overrideLogger(false));

  async function read(options: { table?: string; channel?: string } = {}): Promise<void> {
    const list = new PostgresOriginList({ client: database, ...options });
    for await (const row of list.loadOrigins({ signal })) {
      expect(row).toBeDefined();
    }
  }

  it('schema.sql, run once or again: are found', async () => {
    await createOriginsSchema(database);
    await read();
    expect(logger.warnings).toEqual([]);
  });

  it('missing triggers: are created one by one by schema.sql', async () => {
    await database.exec('drop trigger cors_origins_truncated on cors_origins');
    await createOriginsSchema(database);
    await read();
    expect(logger.warnings).toEqual([]);
  });

  it('another name and another function: are found', async () => {
    await database.exec(`
      create table other (id int primary key, origin text, tenant text, verified_at timestamptz);
      create function tell() returns trigger language plpgsql as $$ begin notify my_channel; return null; end $$;
      create trigger any_name after insert or update or delete or truncate on other execute function tell()`);
    await read({ table: 'other', channel: 'my_channel' });
    expect(logger.warnings).toEqual([]);
  });

  it('another channel with the same function: are found', async () => {
    await database.exec(`
      create table other (id int primary key, origin text, tenant text, verified_at timestamptz);
      create trigger any_name after truncate on other execute function cors_origins_notify('my_channel')`);
    await read({ table: 'other', channel: 'my_channel' });
    expect(logger.warnings).toEqual([expect.stringContaining(': no trigger notifies of INSERT, UPDATE, DELETE.')]);
    expect(logger.warnings[0]).toContain(`on "other" referencing old table as old_rows for each statement`);
    expect(logger.warnings[0]).toContain(`execute function public.cors_origins_notify('my_channel');`);
  });

  it('names in messages: are quoted', async () => {
    await database.exec(`
      create table "a ""table""" (like cors_origins including all);
      create trigger "a ""trigger""" after insert or update or delete or truncate on "a ""table"""
        execute function cors_origins_notify();
      alter table "a ""table""" disable trigger user`);
    await read({ table: '"a ""table"""' });
    const [, mend = ''] = /To mend it: (.*)$/.exec(logger.warnings[0] ?? '') ?? [];
    expect(mend).toBe(`alter table "a ""table""" enable trigger "a ""trigger""";`);
    await database.exec(mend);
    await read({ table: '"a ""table"""' });
    expect(logger.warnings).toHaveLength(1);
  });

  it('no notifications wanted: are dropped, and not missed by others', async () => {
    await createOriginsSchema(database, { notifications: false });
    const { rows } = await database.query(`select tgname from pg_trigger where tgrelid = 'cors_origins'::regclass`);
    expect(rows).toEqual([]);
    await createOriginsSchema(database);
    await read();
    expect(logger.warnings).toEqual([]);
  });

  it('no table: are not missed', async () => {
    await expect(read({ table: 'nowhere' })).rejects.toThrow('does not exist');
    expect(logger.warnings).toEqual([]);
  });
});

describe('the log of notifications', () => {
  it('repeated problem: is logged now and then, with its end, on one line, and a failing logger does no harm', () => {
    const lines: string[] = [];
    const logger = {
      log: (line: string) => void lines.push(`log ${line}`),
      warn: (line: string) => {
        lines.push(`warn ${line}`);
        throw new Error('disk full');
      },
    };
    const log = new NotificationLog('"t"', logger);
    const finding = { fact: 'a trigger "x\ny" is disabled', mend: 'alter …;' };
    log.found([]);
    log.found([finding]);
    log.found([finding]);
    log.unexplained();
    log.unexplained();
    log.found([]);
    log.found([]);
    expect(lines).toEqual([
      expect.stringMatching(/^warn Changes of the table "t" .* a trigger "x y" is disabled/),
      expect.stringMatching(/^warn Rows of the table "t" in PostgreSQL have changed without a notification/),
      expect.stringMatching(/^log The triggers of the table "t"/),
    ]);
  });
});
