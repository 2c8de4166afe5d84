import type {
  AfterQueryEvent,
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
import type { OriginChange } from '../../options/index.js';
import { ANY_CHANGE } from '../stores/origin-change.js';
import { hasOpenTransaction, isStatusQuery, mayEndTransaction } from './open-transaction.js';
import type { OriginColumns } from './origin-columns.js';
import { UncommittedChanges, changeOf, changesBetween } from './written-changes.js';

/** The table of the subscriber, and its columns. */
export interface ListenedTable {
  readonly path: string;
  readonly columns: OriginColumns;
  /** Type of the data source, such as `postgres`. */
  readonly dialect: string;
}

/** Pauses between announcements of changes in a transaction of raw SQL, in milliseconds: 17 minutes in all. */
const REMINDERS = [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000];

/** Leaves a transaction that any connection may commit. */
const TWO_PHASES = /^\s*(?:prepare\s+transaction|xa\s+(?:end|prepare))\b/i;

/** Ends a transaction or a part of it without a commit. */
const ROLLBACK = /^\s*rollback\b/i;

/**
 * Receives the writes to one table, through any entity, and announces them when they are committed. Writes of a savepoint that
 * was rolled back are announced with its transaction: an unnecessary reading does no harm.
 *
 * TypeORM does not know a transaction of raw SQL. Its writes are announced at once, and again after every statement that may
 * have ended it.
 *
 * There is no `listenTo()`, because it would miss writes through the entity that this one inherits its table from.
 */
export class OriginSubscriber implements EntitySubscriberInterface<ObjectLiteral> {
  private readonly uncommitted = new WeakMap<QueryRunner, UncommittedChanges>();
  private readonly reminders = new Set<NodeJS.Timeout>();

  constructor(
    private readonly table: ListenedTable,
    private readonly announce: (change: OriginChange) => void,
  ) {}

  /**
   * Only `save()` passes the entity's id. `insert()`, `upsert()` and query builders may have updated a row whose former values
   * are unknown.
   */
  afterInsert(event: InsertEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.hear(event, () => [
      event.entityId === undefined
        ? ANY_CHANGE
        : changeOf(this.table.columns, event.entity as ObjectLiteral | undefined),
    ]);
  }

  afterUpdate(event: UpdateEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.hear(event, () => changesBetween(this.table.columns, event.databaseEntity, event.entity));
  }

  afterRemove(event: RemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.hear(event, () => [changeOf(this.table.columns, event.databaseEntity)]);
  }

  afterSoftRemove(event: SoftRemoveEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.hear(event, () => [changeOf(this.table.columns, event.databaseEntity)]);
  }

  afterRecover(event: RecoverEvent<ObjectLiteral>): Promise<void> | undefined {
    return this.hear(event, () => [changeOf(this.table.columns, event.databaseEntity)]);
  }

  beforeTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    const changes = this.uncommitted.get(queryRunner);
    if (changes !== undefined) {
      changes.committing = true;
    }
  }

  /** Also called when a savepoint is released, in an active transaction. */
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

  /** After a failed commit: with a lost connection, it is unknown whether the transaction was committed. */
  beforeTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    if (this.uncommitted.get(queryRunner)?.committing === true) {
      this.conclude(queryRunner);
    }
  }

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    if (!queryRunner.isTransactionActive) {
      if (this.uncommitted.get(queryRunner)?.uncertain === true) {
        this.conclude(queryRunner);
      }
      this.uncommitted.delete(queryRunner);
    }
  }

  /** Raw SQL may commit by a statement, by a procedure, and in MariaDB by DDL. TypeORM announces its own commits. */
  afterQuery({ query, queryRunner }: AfterQueryEvent): Promise<void> | undefined {
    const heard = this.uncommitted.get(queryRunner);
    if (heard === undefined || heard.committing || isStatusQuery(query) || !mayEndTransaction(query)) {
      return undefined;
    }
    if (!queryRunner.isTransactionActive) {
      return this.announceWhileOpen(queryRunner, heard, TWO_PHASES.test(query));
    }
    if (!ROLLBACK.test(query)) {
      heard.uncertain = true;
      heard.all().forEach((change) => this.announce(change));
    }
    return undefined;
  }

  /** Ends the reminders with the subscription. */
  stop(): void {
    this.reminders.forEach((timer) => clearTimeout(timer));
    this.reminders.clear();
  }

  private hear(
    { metadata, queryRunner }: { readonly metadata: EntityMetadata; readonly queryRunner: QueryRunner },
    changes: () => readonly OriginChange[],
  ): Promise<void> | undefined {
    if (metadata.tablePath !== this.table.path) {
      return undefined;
    }
    const heard = this.uncommitted.get(queryRunner) ?? new UncommittedChanges();
    this.uncommitted.set(queryRunner, heard);
    changes().forEach((change) => heard.add(change));
    return queryRunner.isTransactionActive ? undefined : this.announceWhileOpen(queryRunner, heard);
  }

  /** Announces at once, and keeps the changes while a transaction of raw SQL is open. */
  private async announceWhileOpen(
    queryRunner: QueryRunner,
    heard: UncommittedChanges,
    isPrepared = false,
  ): Promise<void> {
    heard.all().forEach((change) => this.announce(change));
    const isOpen = isPrepared || (await hasOpenTransaction(queryRunner, this.table.dialect));
    if (isOpen === false) {
      this.uncommitted.delete(queryRunner);
    } else if (!heard.isReminded) {
      heard.isReminded = true;
      this.remind(queryRunner, heard, isOpen ? REMINDERS : REMINDERS.slice(0, 3));
    }
  }

  /** Announces stored changes again, because the transaction may be ended by other means than TypeORM. */
  private remind(queryRunner: QueryRunner, heard: UncommittedChanges, [delay, ...later]: readonly number[]): void {
    if (delay === undefined) {
      this.uncommitted.delete(queryRunner);
      return;
    }
    const timer = setTimeout(() => {
      this.reminders.delete(timer);
      if (this.uncommitted.get(queryRunner) === heard) {
        heard.all().forEach((change) => this.announce(change));
        this.remind(queryRunner, heard, later);
      }
    }, delay).unref();
    this.reminders.add(timer);
  }

  private conclude(queryRunner: QueryRunner): void {
    const heard = this.uncommitted.get(queryRunner);
    this.uncommitted.delete(queryRunner);
    heard?.all().forEach((change) => this.announce(change));
  }
}
