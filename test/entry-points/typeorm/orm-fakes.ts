import { CorsOrigin } from '../../../lib/entry-points/typeorm/index.js';
import type { OriginColumn, OriginColumns } from '../../../lib/entry-points/typeorm/origin-columns.js';
import { OriginSubscriber } from '../../../lib/entry-points/typeorm/origin-subscriber.js';
import type { OriginChange } from '../../../lib/index.js';

/** As much of a column as is read of it. */
export function column(propertyName: string, more: Partial<OriginColumn> = {}): OriginColumn {
  return {
    propertyName,
    propertyPath: propertyName,
    type: 'varchar',
    isNullable: false,
    getEntityValue: (entity: Record<string, unknown>) => entity[propertyName],
    ...more,
  } as OriginColumn;
}

export const COLUMNS: OriginColumns = {
  origin: column('origin'),
  tenant: column('tenant'),
  verifiedAt: column('verifiedAt'),
  key: [column('id')],
};

/** A connection, and what TypeORM tells subscribers when something is done with it. */
export class FakeConnection {
  readonly heard: OriginChange[] = [];
  /** Whether a transaction of raw SQL is open; `undefined` where the database does not tell. */
  isOpen: boolean | undefined;
  readonly queryRunner = {
    isTransactionActive: false,
    isReleased: false,
    connect: async () => ({
      getTransactionStatus: () => (this.isOpen === undefined ? undefined : this.isOpen ? 'T' : 'I'),
    }),
    query: async (): Promise<unknown[]> => [],
  };
  readonly subscriber = new OriginSubscriber(
    { path: 'cors_origins', columns: COLUMNS, dialect: 'postgres' },
    (change) => this.heard.push(change),
  );

  /** What TypeORM tells after a statement of raw SQL. */
  async query(query: string): Promise<void> {
    await this.subscriber.afterQuery({ query, queryRunner: this.queryRunner } as never);
  }

  begin(): void {
    this.queryRunner.isTransactionActive = true;
  }

  save(origin: string, table = 'cors_origins'): Promise<void> | undefined {
    const entity = Object.assign(new CorsOrigin(), { id: '1', origin, tenant: 'acme' });
    const metadata = { tablePath: table };
    return this.subscriber.afterInsert({ entity, entityId: '1', metadata, queryRunner: this.queryRunner } as never);
  }

  /** @param before the row as the database had it; absent with a query builder */
  update(entity: object | undefined, before?: object): void {
    const metadata = { tablePath: 'cors_origins' };
    this.subscriber.afterUpdate({ entity, databaseEntity: before, metadata, queryRunner: this.queryRunner } as never);
  }

  releaseSavepoint(): void {
    this.subscriber.beforeTransactionCommit(this as never);
    this.subscriber.afterTransactionCommit(this as never);
  }

  rollBackToSavepoint(): void {
    this.subscriber.beforeTransactionRollback(this as never);
    this.subscriber.afterTransactionRollback(this as never);
  }

  commit(): void {
    this.sendCommit();
    this.queryRunner.isTransactionActive = false;
    this.subscriber.afterTransactionCommit(this as never);
  }

  /** Nobody knows what becomes of it. */
  sendCommit(): void {
    this.subscriber.beforeTransactionCommit(this as never);
  }

  /** As far as it gets on a connection that is lost. */
  tryToRollBack(): void {
    this.subscriber.beforeTransactionRollback(this as never);
  }

  rollBack(): void {
    this.tryToRollBack();
    this.queryRunner.isTransactionActive = false;
    this.subscriber.afterTransactionRollback(this as never);
  }
}
