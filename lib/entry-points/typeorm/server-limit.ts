import type { DataSource, QueryRunner } from 'typeorm';
import { localLimit, QUERY_CANCELED } from '../postgres/local-limit.js';

/** Error codes of a query that MariaDB or MySQL has ended at its limit. */
const TIMED_OUT = new Set<unknown>([1969, 3024]);

/**
 * A limit of the server for the queries of one query runner. The session's own setting stays unchanged.
 */
export class ServerLimit {
  private readonly isTransaction: boolean;

  /** @param milliseconds how long the server may work on a query */
  constructor(
    dataSource: DataSource,
    private readonly runner: QueryRunner,
    private readonly milliseconds: number,
  ) {
    this.isTransaction = dataSource.options.type === 'postgres';
  }

  /** @throws the driver's error; call `end()` then, too */
  async begin(): Promise<void> {
    const { runner, milliseconds } = this;
    if (this.isTransaction) {
      // Without parameters, both statements are one message, which saves a round trip.
      await runner.query(`begin; ${localLimit(milliseconds)}`);
      return;
    }
    const query = runner.query.bind(runner) as (statement: string, ...more: unknown[]) => Promise<unknown>;
    const limitedQuery = (statement: string, ...more: unknown[]): Promise<unknown> =>
      query(limitedStatement(statement, milliseconds), ...more);
    Object.assign(runner, { query: limitedQuery });
  }

  /** Removes the limit from the connection. */
  async end(isSuccess: boolean): Promise<void> {
    if (this.isTransaction) {
      await this.runner.query(isSuccess ? 'commit' : 'rollback');
    }
  }
}

/** Whether the server has ended a query, at its limit or on request. */
export function isEndedByServer(error: unknown): boolean {
  const { driverError } = (error ?? {}) as {
    readonly driverError?: { readonly code?: unknown; readonly errno?: unknown };
  };
  return driverError?.code === QUERY_CANCELED || TIMED_OUT.has(driverError?.errno);
}

/**
 * One string for both servers, because a data source of the type `mysql` may be connected to either: the limit of one is a
 * comment for the other. A lower limit of MariaDB's session stays in force.
 *
 * https://mariadb.com/kb/en/set-statement/
 * https://dev.mysql.com/doc/refman/8.4/en/optimizer-hints.html#optimizer-hints-execution-time
 */
function limitedStatement(statement: string, limit: number): string {
  const seconds = limit / 1000;
  const lowest = `if(@@max_statement_time between 0.000001 and ${seconds}, @@max_statement_time, ${seconds})`;
  const hinted = statement.replace(/^SELECT /, `SELECT /*+ MAX_EXECUTION_TIME(${limit}) */ `);
  return `/*M!100100 SET STATEMENT max_statement_time=${lowest} FOR */ ${hinted}`;
}
