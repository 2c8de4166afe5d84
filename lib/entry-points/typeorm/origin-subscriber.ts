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
import { changeOf, changesBetween } from './announced-changes.js';
import { hasOpenTransaction, isQuestion, mayEndTransaction } from './open-transaction.js';
import type { OriginColumns } from './origin-columns.js';
import { UncommittedChanges } from './uncommitted-changes.js';

/** The table that is listened to, and its columns. */
export interface ListenedTable {
  readonly path: string;
  readonly columns: OriginColumns;
  /** Type of the data source, such as `postgres`. */
  readonly dialect: string;
}

/** Pauses between the announcements of changes whose transaction TypeORM does not know, in milliseconds: 17 minutes in all. */
const REMINDERS = [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000];

/** Leaves a transaction to be committed by any connection. */
const TWO_PHASES = /^\s*(?:prepare\s+transaction|xa\s+(?:end|prepare))\b/i;

/** Ends a transaction without committing it, or a part of it. */
const ROLLBACK = /^\s*rollback\b/i;

/**
 * Hears of writes to one table, through whatever entity, and announces them when they are committed. A savepoint that was
 * rolled back is announced with the transaction around it: reading once too often does no harm.
 *
 * A transaction that raw SQL has started is none for TypeORM. What is written in it is announced at once, which is right where there is
 * no transaction, and again after every statement that may have ended it.
 *
 * There is no `listenTo()`: writes through the entity that this one inherits its table from would go unheard.
 */
export class OriginSubscriber implements EntitySubscriberInterface<ObjectLiteral> {
  private readonly uncommitted = new WeakMap<QueryRunner, UncommittedChanges>();
  private readonly reminders = new Set<NodeJS.Timeout>();

  constructor(
    private readonly table: ListenedTable,
    private readonly announce: (change: OriginChange) => void,
  ) {}

  /**
   * Only `save()` tells the entity's id here. An insertion by `insert()`, `upsert()` or a query builder may have updated a
   * row in its place, and nobody knows what that row was before.
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
      if (this.uncommitted.get(queryRunner)?.uncertain === true) {
        this.conclude(queryRunner);
      }
      this.uncommitted.delete(queryRunner);
    }
  }

  /** Raw SQL may commit: by a word, by a procedure, in MariaDB by a definition of data. TypeORM's own commit tells of itself. */
  afterQuery({ query, queryRunner }: AfterQueryEvent): Promise<void> | undefined {
    const heard = this.uncommitted.get(queryRunner);
    if (heard === undefined || heard.committing || isQuestion(query) || !mayEndTransaction(query)) {
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

  /** No reminder outlives the subscription. */
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

  /** Announces at once, and holds on to the changes while a transaction is open that TypeORM does not know of. */
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

  /** Announces changes again while they are held: the transaction may be ended by other means than a statement through TypeORM. */
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
