import { AbandonedQueriesLog } from '../stores/abandoned-queries-log.js';
import { type QuerySlot, QuerySlots } from '../stores/query-slots.js';
import { untilAborted } from '../stores/until-aborted.js';
import { type LimitedStatement, queryPool } from './pool-query.js';
import { isPGlite, type PGliteDatabase, type PgPool, type PostgresClient } from './postgres-clients.js';
import { textLiteral } from './sql-literal.js';

/** Most queries of a store by default, where the pool has many connections. */
const MOST_QUERIES = 4;
/** How many connections a pool of `pg` has when it does not say it. */
const POOL_SIZE = 10;
/** SQLSTATE of a query that the server has canceled, here at its limit. */
const QUERY_CANCELED = '57014';

/** What the stores over one pool have under way together, so that they do not take all of its connections. */
const slotsOfPools = new WeakMap<PgPool, QuerySlots>();

/** The queries of one store: how many are under way, and what becomes of those that nobody waits for any more. */
export class PostgresQueries {
  private readonly slots: QuerySlots;
  private readonly slotsOfPool: QuerySlots | undefined;
  private readonly log: AbandonedQueriesLog;

  /**
   * @param table quoted
   * @param most how many queries may be under way at once. Default: half of the pool's connections, at most 4.
   */
  constructor(
    private readonly client: PostgresClient,
    table: string,
    most: number | undefined,
  ) {
    const half = isPGlite(client) ? 1 : halfOf(client);
    this.slots = new QuerySlots(most ?? Math.min(MOST_QUERIES, half));
    this.slotsOfPool = isPGlite(client) ? undefined : slotsOf(client, Math.max(half, most ?? 0));
    this.log = new AbandonedQueriesLog(
      `the table ${table} in PostgreSQL`,
      `To see who has locked the table: ${holdersOf(table)}`,
    );
  }

  /**
   * The rows of one statement, without parameters.
   *
   * @throws the signal's reason when it is aborted before the statement starts; what the driver throws once it has
   */
  async rows(statement: LimitedStatement, signal: AbortSignal): Promise<readonly unknown[]> {
    const slot = await this.take(signal);
    try {
      const rows = await (isPGlite(this.client)
        ? queryPGlite(this.client, statement.text, slot, signal)
        : queryPool(this.client, statement, slot, signal));
      if (!this.slots.hasAbandoned) {
        this.log.answered();
      }
      return rows;
    } catch (error) {
      if ((error as { code?: unknown } | undefined)?.code === QUERY_CANCELED) {
        this.log.abandoned();
      }
      throw error;
    }
  }

  private async take(signal: AbortSignal): Promise<QuerySlot> {
    const own = await this.slots.take(signal);
    let shared: QuerySlot | undefined;
    try {
      shared = await this.slotsOfPool?.take(signal);
    } catch (error) {
      own.free();
      throw error;
    }
    return {
      abandon: () => {
        own.abandon();
        this.log.abandoned();
      },
      free: () => {
        own.free();
        shared?.free();
      },
    };
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

function halfOf(pool: PgPool): number {
  const { max } = pool.options as { readonly max?: unknown };
  return Math.max(1, Math.floor((typeof max === 'number' ? max : POOL_SIZE) / 2));
}

function slotsOf(pool: PgPool, most: number): QuerySlots {
  const known = slotsOfPools.get(pool) ?? new QuerySlots(most);
  known.raiseTo(most);
  slotsOfPools.set(pool, known);
  return known;
}

function holdersOf(table: string): string {
  return (
    'select pid, state, query from pg_stat_activity where pid in ' +
    `(select pid from pg_locks where granted and relation = to_regclass(${textLiteral(table).slice(1)}));`
  );
}
