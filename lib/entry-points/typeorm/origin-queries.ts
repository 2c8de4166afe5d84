import type { DataSource, DataSourceOptions, FindManyOptions, ObjectLiteral, QueryRunner, Repository } from 'typeorm';
import { AbandonedQueriesLog } from '../stores/abandoned-queries-log.js';
import { PoolSlots } from '../stores/pool-slots.js';
import type { QuerySlot } from '../stores/query-slots.js';
import { untilAborted } from '../../support/until-aborted.js';
import { canCancel, lockHint } from './server-cancellation.js';
import { OriginQuery } from './origin-query.js';
import { isEndedByServer } from './server-limit.js';

/** The default number of connections of a data source. */
const POOL_SIZE = 10;

/** A query of one store. */
export interface LimitedFind<Entity> {
  readonly options: FindManyOptions<Entity>;
  /** How long the server may work on it, in milliseconds. */
  readonly limit: number;
}

/**
 * Runs the queries of one store, with a bound on their number, and logs abandoned ones. It reads from the primary, because a
 * replica may lack the change that caused the query.
 */
export class OriginQueries<Entity extends ObjectLiteral> {
  private readonly log: AbandonedQueriesLog;

  constructor(
    private readonly repository: Repository<Entity>,
    private readonly slots: PoolSlots,
  ) {
    const { type } = repository.manager.connection.options;
    this.log = new AbandonedQueriesLog(`the table ${repository.metadata?.tablePath} in ${type}`, lockHint(type));
  }

  /**
   * An aborted signal cancels the query in the server. The query keeps its slot until it is over.
   *
   * @throws the driver's error; the signal's reason when it is aborted
   */
  async find({ options, limit }: LimitedFind<Entity>, signal: AbortSignal): Promise<Entity[]> {
    const slot = await this.slots.take(signal);
    const runner = this.runner();
    const onAbandoned = (): void => this.log.abandoned();
    try {
      const entities = await untilAborted(
        runner === undefined
          ? this.findShared(options, slot, signal, onAbandoned)
          : this.queryOn(runner, slot, limit).find(options, signal, onAbandoned),
        signal,
      );
      if (!this.slots.hasAbandoned) {
        this.log.answered();
      }
      return entities;
    } catch (error) {
      if (isEndedByServer(error)) {
        this.log.abandoned();
      }
      throw error;
    }
  }

  private queryOn(runner: QueryRunner, slot: QuerySlot, limit: number): OriginQuery<Entity> {
    const isLimited = canCancel(this.repository.manager.connection);
    return new OriginQuery(this.repository, runner, slot, isLimited ? limit : undefined);
  }

  /** Runs the query on any connection of TypeORM. */
  private async findShared(
    options: FindManyOptions<Entity>,
    slot: QuerySlot,
    signal: AbortSignal,
    onAbandoned: () => void,
  ): Promise<Entity[]> {
    const abandon = (): void => {
      slot.abandon();
      onAbandoned();
    };
    signal.addEventListener('abort', abandon);
    try {
      return await this.repository.find(options);
    } finally {
      signal.removeEventListener('abort', abandon);
      slot.free();
    }
  }

  /** A new connection; `undefined` within a transaction, and where queries can neither be limited nor canceled. */
  private runner(): QueryRunner | undefined {
    const { connection, queryRunner } = this.repository.manager;
    return queryRunner === undefined && (connection.driver.isReplicated || canCancel(connection))
      ? connection.createQueryRunner('master')
      : undefined;
  }
}

/** @param most how many queries may run at once. Default: half of the connections, at most 4. */
export function slotsOf(dataSource: DataSource, most: number | undefined): PoolSlots {
  return new PoolSlots(dataSource, sizeOf(dataSource.options), most);
}

function sizeOf(options: DataSourceOptions): number {
  const { poolSize, extra } = options as { poolSize?: unknown; extra?: { max?: unknown; connectionLimit?: unknown } };
  const size = [poolSize, extra?.max, extra?.connectionLimit].find((value) => typeof value === 'number');
  return (size as number | undefined) ?? POOL_SIZE;
}
