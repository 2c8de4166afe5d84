import { AbandonedQueriesLog } from '../stores/abandoned-queries-log.js';
import { PoolSlots } from '../stores/pool-slots.js';
import type { QuerySlot } from '../stores/query-slots.js';
import { untilAborted } from '../../support/until-aborted.js';
import { QUERY_CANCELED } from './local-limit.js';
import { type LimitedStatement, queryPool } from './pool-query.js';
import { isPGlite, type PGliteDatabase, type PgPool, type PostgresClient } from './postgres-clients.js';
import { textLiteral } from './sql-literal.js';

/** The default number of connections of a pool of `pg`. */
const POOL_SIZE = 10;

/** Runs the queries of one store, with a bound on their number, and logs abandoned ones. */
export class BoundedQueries {
  private readonly slots: PoolSlots;
  private readonly log: AbandonedQueriesLog;

  /**
   * @param table quoted
   * @param most how many queries may run at once. Default: half of the pool's connections, at most 4.
   */
  constructor(
    private readonly client: PostgresClient,
    table: string,
    most: number | undefined,
  ) {
    this.slots = new PoolSlots(client, isPGlite(client) ? 1 : sizeOf(client), most);
    this.log = new AbandonedQueriesLog(
      `the table ${table} in PostgreSQL`,
      `To see who has locked the table: ${holdersOf(table)}`,
    );
  }

  /** How many queries may run at once. */
  get most(): number {
    return this.slots.most;
  }

  /**
   * The rows of one statement, without parameters.
   *
   * @param isLogged whether an abandoned statement is logged
   * @throws the signal's reason where it is aborted before the statement starts; afterwards the driver's error
   */
  async rows(statement: LimitedStatement, signal: AbortSignal, isLogged = true): Promise<readonly unknown[]> {
    const slot = await this.slots.take(signal);
    const onAbort = (): void => this.log.abandoned();
    if (isLogged) {
      signal.addEventListener('abort', onAbort);
    }
    try {
      const rows = await (isPGlite(this.client)
        ? queryPGlite(this.client, statement.text, slot, signal)
        : queryPool(this.client, statement, slot, signal));
      if (!this.slots.hasAbandoned) {
        this.log.answered();
      }
      return rows;
    } catch (error) {
      if (isLogged && (error as { code?: unknown } | undefined)?.code === QUERY_CANCELED) {
        this.log.abandoned();
      }
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

/** PGlite runs one query after another in this process, and cannot cancel one. */
async function queryPGlite(
  database: PGliteDatabase,
  text: string,
  slot: QuerySlot,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const answer = database.query(text);
  const abandon = (): void => slot.abandon();
  signal.addEventListener('abort', abandon);
  const over = (): void => {
    signal.removeEventListener('abort', abandon);
    slot.free();
  };
  answer.then(over, over);
  return (await untilAborted(answer, signal)).rows;
}

function sizeOf(pool: PgPool): number {
  const { max } = pool.options as { readonly max?: unknown };
  return typeof max === 'number' ? max : POOL_SIZE;
}

function holdersOf(table: string): string {
  return (
    'select pid, state, query from pg_stat_activity where pid in ' +
    `(select pid from pg_locks where granted and relation = to_regclass(${textLiteral(table).slice(1)}));`
  );
}
