import type {
  EntityMetadata,
  EntitySubscriberInterface,
  InsertEvent,
  ObjectLiteral,
  QueryRunner,
  RecoverEvent,
  RemoveEvent,
  SoftRemoveEvent,
  TransactionCommitEvent,
  TransactionRollbackEvent,
  UpdateEvent,
} from 'typeorm';
import type { OriginChange } from '../interfaces/index.js';
import { ANY_CHANGE } from '../stores/origin-change.js';
import { changeOf, changesBetween } from './announced-changes.js';
import type { OriginColumns } from './origin-columns.js';
import { UncommittedChanges } from './uncommitted-changes.js';

/** The table that is listened to, and its columns. */
export interface ListenedTable {
  readonly path: string;
  readonly columns: OriginColumns;
}

/**
 * Hears of writes to one table, through whatever entity, and announces them when they are committed. A savepoint that was
 * rolled back is announced with the transaction around it: reading once too often does no harm.
 *
 * There is no `listenTo()`: writes through the entity that this one inherits its table from would go unheard.
 */
export class OriginSubscriber implements EntitySubscriberInterface<ObjectLiteral> {
  private readonly uncommitted = new WeakMap<QueryRunner, UncommittedChanges>();

  constructor(
    private readonly table: ListenedTable,
    private readonly announce: (change: OriginChange) => void,
  ) {}

  /**
   * Only `save()` tells the entity's id here. An insertion by `insert()`, `upsert()` or a query builder may have updated a
   * row in its place, and nobody knows what that row was before.
   */
  afterInsert(event: InsertEvent<ObjectLiteral>): void {
    this.hear(event, () => [
      event.entityId === undefined
        ? ANY_CHANGE
        : changeOf(this.table.columns, event.entity as ObjectLiteral | undefined),
    ]);
  }

  afterUpdate(event: UpdateEvent<ObjectLiteral>): void {
    this.hear(event, () => changesBetween(this.table.columns, event.databaseEntity, event.entity));
  }

  afterRemove(event: RemoveEvent<ObjectLiteral>): void {
    this.hear(event, () => [changeOf(this.table.columns, event.databaseEntity)]);
  }

  afterSoftRemove(event: SoftRemoveEvent<ObjectLiteral>): void {
    this.hear(event, () => [changeOf(this.table.columns, event.databaseEntity)]);
  }

  afterRecover(event: RecoverEvent<ObjectLiteral>): void {
    this.hear(event, () => [changeOf(this.table.columns, event.databaseEntity)]);
  }

  beforeTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    const changes = this.uncommitted.get(queryRunner);
    if (changes !== undefined) {
      changes.committing = true;
    }
  }

  /** Also called when a savepoint is released; the transaction is active then. */
  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    if (queryRunner.isTransactionActive) {
      const changes = this.uncommitted.get(queryRunner);
      if (changes !== undefined) {
        changes.committing = false;
      }
    } else {
      this.conclude(queryRunner);
    }
  }

  /** A rollback behind a commit that failed: whether it was committed, a lost connection does not tell. */
  beforeTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    if (this.uncommitted.get(queryRunner)?.committing === true) {
      this.conclude(queryRunner);
    }
  }

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    if (!queryRunner.isTransactionActive) {
      this.uncommitted.delete(queryRunner);
    }
  }

  private hear(
    { metadata, queryRunner }: { readonly metadata: EntityMetadata; readonly queryRunner: QueryRunner },
    changes: () => readonly OriginChange[],
  ): void {
    if (metadata.tablePath !== this.table.path) {
      return;
    }
    const heard = this.uncommitted.get(queryRunner) ?? new UncommittedChanges();
    this.uncommitted.set(queryRunner, heard);
    changes().forEach((change) => heard.add(change));
    if (!queryRunner.isTransactionActive) {
      this.conclude(queryRunner);
    }
  }

  private conclude(queryRunner: QueryRunner): void {
    const heard = this.uncommitted.get(queryRunner);
    this.uncommitted.delete(queryRunner);
    heard?.all().forEach((change) => this.announce(change));
  }
}
