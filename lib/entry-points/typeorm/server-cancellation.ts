import type { DataSource, QueryRunner } from 'typeorm';
import { pause } from '../../support/backoff.js';
import { untilAborted } from '../../support/until-aborted.js';
import { cancelInServer } from '../postgres/cancel-request.js';
import type { PgPool, PgPoolConnection } from '../postgres/postgres-clients.js';

/** How long after a request the next one is sent, in milliseconds. */
const REPEAT_INTERVAL = 250;

/** A query whose caller no longer waits for it. */
export interface AbandonedQuery {
  /** The driver's own connection, idle until the request to cancel is over. */
  readonly connection: unknown;
  /** Aborted when it has ended. */
  readonly over: AbortSignal;
  /** Ends the attempts to cancel it. */
  readonly stop: AbortSignal;
}

/** Whether {@link cancelQuery} does anything. */
export function canCancel({ driver, options }: DataSource): boolean {
  const { master, pool, poolCluster } = driver as { master?: unknown; pool?: unknown; poolCluster?: unknown };
  return (
    (options.type === 'postgres' && isPool(master)) ||
    (isMySql(options.type) && (pool !== undefined || poolCluster !== undefined))
  );
}

/**
 * Asks the server to cancel the query until it is over, because a request that overtakes the query cancels nothing. Settles
 * when no request is running. Never rejects.
 */
export async function cancelQuery(dataSource: DataSource, query: AbandonedQuery): Promise<void> {
  const { master } = dataSource.driver as { master?: unknown };
  const request = isMySql(dataSource.options.type)
    ? () => killQuery(dataSource, query)
    : async () =>
        isPool(master) &&
        (await cancelInServer(master, query.connection as PgPoolConnection, query.stop)) !== 'unsupported';
  while (!query.over.aborted && (await request()) && !isAborted(query.over)) {
    await pause(REPEAT_INTERVAL, query.over);
  }
}

/** A hint for the log on how to find locks. */
export function lockHint(type: DataSource['options']['type']): string {
  if (isMySql(type)) {
    return 'To see who has locked the table: show full processlist;';
  }
  return type === 'postgres'
    ? 'To see who has locked the table: select pid, state, query, pg_blocking_pids(pid) from pg_stat_activity;'
    : 'Look in the database for what the query waits for.';
}

function isMySql(type: DataSource['options']['type']): boolean {
  return type === 'mysql' || type === 'mariadb';
}

/**
 * https://mariadb.com/kb/en/kill/
 *
 * @returns whether a repetition makes sense
 */
async function killQuery(dataSource: DataSource, { connection, over }: AbandonedQuery): Promise<boolean> {
  const { threadId } = connection as { threadId?: unknown };
  if (typeof threadId !== 'number') {
    return false;
  }
  const runner = dataSource.createQueryRunner('master');
  const connecting = Promise.resolve(runner.connect());
  try {
    // The query may hold the pool's only connection.
    await untilAborted(connecting, over);
    await runner.query(`kill query ${threadId}`);
    return true;
  } catch {
    return true;
  } finally {
    await untilAborted(release(runner, connecting), over).catch(() => {});
  }
}

/** A query runner that is released before it is connected never returns its connection. */
async function release(runner: QueryRunner, connecting: Promise<unknown>): Promise<void> {
  await connecting.catch(() => {});
  await runner.release();
}

/** A function, because the result changes while something is awaited. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function isPool(master: unknown): master is PgPool {
  return typeof (master as { Client?: unknown } | undefined)?.Client === 'function';
}
