import type { QueryRunner } from 'typeorm';

/** A connection of `pg`. Older versions of 8 lack the method. */
interface PgClient {
  getTransactionStatus?(): unknown;
}

/**
 * Statements that read whether a transaction is open. None of them fails in PostgreSQL-like databases, because an error would end
 * the transaction. The two timestamps are equal outside of a transaction.
 */
const STATUS_QUERIES: Readonly<Record<string, string>> = {
  postgres: 'SELECT transaction_timestamp() <> statement_timestamp() AS open',
  mariadb: 'SELECT @@in_transaction AS open',
  mysql: 'SELECT @@in_transaction AS open',
};

/**
 * Single statements that end no transaction. `SET` is not among them: in MariaDB, `SET autocommit = 1`, `SET DEFAULT ROLE`,
 * `SET PASSWORD` and `SET STATEMENT … FOR COMMIT` commit.
 */
const HARMLESS = /^\s*(?:select|insert|update|delete|with|savepoint|release|show|explain|values|table)\b[^;]*;?\s*$/i;

/** Whether a statement may end a transaction, directly or by a procedure. */
export function mayEndTransaction(statement: string): boolean {
  return !HARMLESS.test(statement);
}

/** Whether the statement is one of {@link hasOpenTransaction}. */
export function isStatusQuery(statement: string): boolean {
  return Object.values(STATUS_QUERIES).includes(statement);
}

/**
 * Whether any transaction is open on the connection, also one of raw SQL. Returns undefined where the database does not say. Never
 * rejects.
 */
export async function hasOpenTransaction(queryRunner: QueryRunner, dialect: string): Promise<boolean | undefined> {
  const statusQuery = Object.hasOwn(STATUS_QUERIES, dialect) ? STATUS_QUERIES[dialect] : undefined;
  if (statusQuery === undefined || queryRunner.isReleased) {
    return undefined;
  }
  try {
    if (dialect === 'postgres') {
      const client = (await queryRunner.connect()) as PgClient;
      const status = client.getTransactionStatus?.();
      if (typeof status === 'string') {
        return status !== 'I';
      }
    }
    const [row] = (await queryRunner.query(statusQuery)) as { open: unknown }[];
    return row === undefined ? undefined : Number(row.open) !== 0;
  } catch {
    // MySQL has no such variable, or the connection is lost.
    return undefined;
  }
}
