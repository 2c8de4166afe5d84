import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable } from '@nestjs/common';
import { Client, Pool } from 'pg';
import type { OriginListContext, OriginRow } from '../../lib/options/index.js';
import { createOriginsSchema, PostgresOriginList } from '../../lib/entry-points/postgres/index.js';
import { type RunningApplication, startApplication } from '../support/application.js';
import { print } from './instances/figures.js';
import { TemporaryDatabase } from './temporary-database.js';
import { until } from './until.js';

/** Few enough that a reading is short on a busy machine, too: the pauses that the test waits for are ten times as long. */
const ROWS = 4_000;
const ROLE = `nestjs_cors_stranger_${process.pid}`;

@Controller()
class Items {
  @Get('items')
  find(): string {
    return 'items';
  }
}

describe('flood of notifications by a role without rights', () => {
  let running: RunningApplication | undefined;
  let pool: Pool;
  let stranger: Client | undefined;
  let database: TemporaryDatabase;

  afterEach(async () => {
    await stranger?.end();
    await running?.close();
    await pool.end();
    await database.query(`drop role if exists ${ROLE}`);
    await database.drop();
  });

  it('twenty a second: readings take a tenth of the time, and real changes arrive', async () => {
    database = await TemporaryDatabase.create();
    pool = new Pool({ connectionString: database.url });
    await createOriginsSchema(pool);
    await pool.query(
      `insert into cors_origins (origin) select 'https://a' || i || '.example' from generate_series(1, $1::int) as i`,
      [ROWS],
    );
    await pool.query(`create role ${ROLE} login`);
    const readings: { readonly from: number; readonly to: number }[] = [];

    @Injectable()
    class Origins extends PostgresOriginList {
      constructor() {
        super({ client: pool });
      }

      override async *loadOrigins(context: OriginListContext): AsyncGenerator<OriginRow, void, undefined> {
        const from = performance.now();
        yield* super.loadOrigins(context);
        readings.push({ from, to: performance.now() });
      }
    }
    running = await startApplication('express', 'NestFactory', {
      controllers: [Items],
      providers: [Origins],
      cors: { originLookup: Origins },
    });
    const url = new URL(database.url);
    url.username = ROLE;
    stranger = new Client({ connectionString: url.href });
    await stranger.connect();

    while (readings.length < 4) {
      await stranger.query('notify cors_origins');
      await sleep(50);
    }
    readings.slice(1).forEach(({ from }, index) => {
      const { from: previous, to } = readings[index] as { from: number; to: number };
      expect(from - to).toBeGreaterThan(10 * (to - previous) - 5);
    });
    const [first, last] = [readings[0], readings.at(-1)] as const;
    const spent = readings.slice(1).reduce((sum, { from, to }) => sum + to - from, 0);
    const elapsed = (last?.to ?? 0) - (first?.to ?? 0);
    print(
      `20 notifications a second by a stranger, ${ROWS} rows: whole readings take ${((spent / elapsed) * 100).toFixed(1)} %`,
    );

    const { from } = running;
    await pool.query(`insert into cors_origins (origin) values ('https://new.example')`);
    await until(
      async () =>
        (await from('https://new.example', '/items')).headers['access-control-allow-origin'] === 'https://new.example',
    );
  });
});
