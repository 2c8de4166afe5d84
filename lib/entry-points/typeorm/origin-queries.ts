import type { DataSourceOptions, FindManyOptions, ObjectLiteral, QueryRunner, Repository } from 'typeorm';
import { AbandonedQueriesLog } from '../stores/abandoned-queries-log.js';
import { PoolSlots } from '../stores/pool-slots.js';
import type { QuerySlot } from '../stores/query-slots.js';
import { untilAborted } from '../../support/until-aborted.js';
import { canCancel, cancelQuery, lockHint } from './server-cancellation.js';

/** How many connections a data source has when it does not say it. */
const POOL_SIZE = 10;
/** How long a connection waits for a request to cancel that is under way, in milliseconds. */
const CANCEL_TIMEOUT = 1000;

/**
 * The queries of one store: how many are under way, and what becomes of those that are abandoned. Reads from the
 * primary, since a replica may not have the change yet whose announcement is the reason to read.
 */
export class OriginQueries<Entity extends ObjectLiteral> {
  private readonly slots: PoolSlots;
  private readonly log: AbandonedQueriesLog;

  /** @param most how many queries may be under way at once. Default: half of the connections, at most 4. */
  constructor(
    private readonly repository: Repository<Entity>,
    most?: number,
  ) {
    const { options } = repository.manager.connection;
    this.slots = new PoolSlots(repository.manager.connection, sizeOf(options), most);
    this.log = new AbandonedQueriesLog(
      `the table ${repository.metadata?.tablePath} in ${options.type}`,
      lockHint(options.type),
    );
  }

  /**
   * @throws what the driver throws; the signal's reason when it is aborted, by which the query is canceled in the server.
   *   A query keeps its slot until it is over.
   */
  async find(options: FindManyOptions<Entity>, signal: AbortSignal): Promise<Entity[]> {
    const slot = await this.slots.take(signal);
    const entities = await untilAborted(this.findIn(slot, options, signal), signal);
    if (!this.slots.hasAbandoned) {
      this.log.answered();
    }
    return entities;
  }

  private async findIn(slot: QuerySlot, options: FindManyOptions<Entity>, signal: AbortSignal): Promise<Entity[]> {
    const { manager, target } = this.repository;
    const stop = new AbortController();
    let cancelling: Promise<void> | undefined;
    let connection: unknown;
    const over = new AbortController();
    const abandon = (): void => {
      slot.abandon();
      this.log.abandoned();
      if (connection !== undefined) {
        cancelling = cancelQuery(manager.connection, { connection, over: over.signal, stop: stop.signal });
      }
    };
    let runner: QueryRunner | undefined;
    try {
      runner = this.runner();
      // Who is aborted while waiting for a connection has no query in the server.
      connection = await runner?.connect();
      signal.throwIfAborted();
      signal.addEventListener('abort', abandon);
      return await (runner === undefined ? this.repository.find(options) : runner.manager.find(target, options));
    } finally {
      signal.removeEventListener('abort', abandon);
      over.abort();
      // Else the request to cancel could meet the next query on this connection.
      const isSafe = await Promise.race([cancelling?.then(() => true) ?? true, delay(CANCEL_TIMEOUT)]);
      stop.abort();
      await (isSafe === true ? runner?.release() : destroy(runner, connection));
      slot.free();
    }
  }

  /** A connection of its own; `undefined` within a transaction, and where nothing is to be said about the connection. */
  private runner(): QueryRunner | undefined {
    const { connection, queryRunner } = this.repository.manager;
    return queryRunner === undefined && (connection.driver.isReplicated || canCancel(connection))
      ? connection.createQueryRunner('master')
      : undefined;
  }
}

function sizeOf(options: DataSourceOptions): number {
  const { poolSize, extra } = options as { poolSize?: unknown; extra?: { max?: unknown; connectionLimit?: unknown } };
  const size = [poolSize, extra?.max, extra?.connectionLimit].find((value) => typeof value === 'number');
  return (size as number | undefined) ?? POOL_SIZE;
}

/** Closes the driver's connection, so that a request to cancel that is late meets no other query. */
async function destroy(runner: QueryRunner | undefined, connection: unknown): Promise<void> {
  const { releasePostgresConnection } = (runner ?? {}) as { releasePostgresConnection?: (error: Error) => unknown };
  if (releasePostgresConnection !== undefined) {
    await releasePostgresConnection.call(runner, new Error('A request to cancel may be under way'));
    return;
  }
  (connection as { destroy?(): void } | undefined)?.destroy?.();
  await runner?.release();
}

/** Keeps no process alive. */
function delay(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time).unref());
}
