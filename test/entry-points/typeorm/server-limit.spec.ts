import { describe, expect, it } from '@jest/globals';
import { isEndedByServer, ServerLimit } from '../../../lib/entry-points/typeorm/server-limit.js';

/** A query runner that writes down what it is asked for. */
function recordingRunner() {
  const asked: unknown[][] = [];
  return {
    asked,
    query: async (...statement: unknown[]) => {
      asked.push(statement);
      return [];
    },
  };
}

function limitOf(type: string, runner: object): ServerLimit {
  return new ServerLimit({ options: { type } } as never, runner as never, 1500);
}

describe('the limit of a query in the server', () => {
  it('PostgreSQL: is a setting of its own transaction, with two more statements', async () => {
    const runner = recordingRunner();
    const limit = limitOf('postgres', runner);
    await limit.begin();
    await runner.query('SELECT 1', []);
    await limit.end(true);
    await limit.end(false);
    expect(runner.asked).toEqual([
      [expect.stringMatching(/^begin; select pg_catalog\.set_config\('statement_timeout', '1500', true\) where /)],
      ['SELECT 1', []],
      ['commit'],
      ['rollback'],
    ]);
  });

  it.each(['mysql', 'mariadb'])('type %s, for MariaDB and for MySQL: is a part of the query', async (type) => {
    const runner = recordingRunner();
    const limit = limitOf(type, runner);
    await limit.begin();
    await runner.query('SELECT `a` FROM `b` WHERE `c` = ?', ['SELECT '], true);
    await limit.end(true);
    expect(runner.asked).toEqual([
      [
        '/*M!100100 SET STATEMENT max_statement_time=if(@@max_statement_time between 0.000001 and 1.5, @@max_statement_time, 1.5) FOR */ ' +
          'SELECT /*+ MAX_EXECUTION_TIME(1500) */ `a` FROM `b` WHERE `c` = ?',
        ['SELECT '],
        true,
      ],
    ]);
  });

  it.each([
    [{ driverError: { code: '57014' } }, true],
    [{ driverError: { errno: 1969 } }, true],
    [{ driverError: { errno: 3024 } }, true],
    [{ driverError: { code: '42P01', errno: 1146 } }, false],
    [new Error('57014'), false],
    [undefined, false],
  ])('query that fails with %j: was ended by it: %s', (error, isEnded) => {
    expect(isEndedByServer(error)).toBe(isEnded);
  });
});
